import * as z from "zod";
import type { FieldProblem } from "../core/text/fieldProblems.ts";

const DEEPEST = 64;

/**
 * A JSON object that any database can keep and give back as it was: no NUL, no half of a surrogate
 * pair, in keys or values, and at most 64 levels.
 */
export const storableJson = z
  .record(z.string(), z.unknown())
  .refine((document) => isStorable(document, DEEPEST), "document-unstorable" satisfies FieldProblem);

const isStorable = (value: unknown, levels: number): boolean => {
  if (typeof value === "string") return !/[\p{Surrogate}\0]/u.test(value);
  if (typeof value !== "object" || value === null) return true;
  return (
    levels > 0 && Object.entries(value).every(([key, inner]) => isStorable(key, 1) && isStorable(inner, levels - 1))
  );
};
