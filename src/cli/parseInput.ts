import type * as z from "zod";
import { ProtocolError } from "../core/errors.ts";
import { fieldPathOf, fieldProblemOf } from "../core/text/fieldProblems.ts";

/**
 * Data from a file as its schema wants it. Throws `input-malformed` with the first field that is
 * wrong.
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, path: string): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ProtocolError("input-malformed", { path, at: fieldPathOf(issue), ...fieldProblemOf(issue) });
}
