import type * as z from "zod";
import type { ErrorDetails } from "../errors.ts";
import { fieldProblems as en } from "./en/fieldProblems.ts";
import { fillIn, type Values } from "./fillIn.ts";
import type { Language } from "./language.ts";
import { fieldProblems as zh } from "./zh/fieldProblems.ts";

/**
 * What can be wrong with one field; the schemas of core and wire have it as the message of an
 * issue.
 */
export type FieldProblem = keyof typeof en;

const texts = { en, zh } as const;

const isFieldProblem = (text: string): text is FieldProblem => Object.hasOwn(en, text);

/**
 * What a schema found wrong with one field, as details of an error: a problem, and the values that
 * its text needs.
 */
export function fieldProblemOf(issue: z.core.$ZodIssue | undefined): ErrorDetails & { readonly problem: FieldProblem } {
  if (issue?.code === "unrecognized_keys") return { problem: "field-unknown" };
  const message = issue?.message ?? "";
  if (!isFieldProblem(message)) return { problem: "value-unexpected", reason: message.slice(0, 200) };
  const params = issue?.code === "custom" ? (issue.params as ErrorDetails | undefined) : undefined;
  return { problem: message, ...params };
}

/** Where in the input that field stands, like `panel.arbitrators.2`; empty for the input itself. */
export function fieldPathOf(issue: z.core.$ZodIssue | undefined): string {
  const extra = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  return [...(issue?.path ?? []), ...extra].join(".");
}

/**
 * What a problem says of a field, with its values filled in. A text that is no code of these stays
 * as it is.
 */
export function fieldProblemText(problem: string, values: Values, language: Language): string {
  return isFieldProblem(problem) ? fillIn(texts[language][problem], values) : problem;
}
