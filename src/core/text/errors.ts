import type { ErrorCode, ErrorDetails } from "../errors.ts";
import { errors as en } from "./en/errors.ts";
import { fieldProblemText } from "./fieldProblems.ts";
import { fillInKnown, type Values } from "./fillIn.ts";
import type { Language } from "./language.ts";
import { formatTime } from "./units.ts";

import { errors as zh } from "./zh/errors.ts";

/** The text of every code, by language. */
export const errorMessages = { en, zh } as const satisfies Record<Language, Record<ErrorCode, string>>;

/**
 * The first sentence: what happened, the same for every occurrence.
 *
 * @example
 * titleOf("deal-unknown", "en"); // "No deal with this id is known here"
 */
export function titleOf(code: ErrorCode, language: Language): string {
  const text = errorMessages[language][code];
  return text.slice(0, text.search(language === "en" ? /\.(?= )/ : /。/));
}

/**
 * The whole text with its details filled in, without the clauses whose details are not known.
 *
 * @example
 * messageOf("answer-window-open", { until: 1_800_000_000 }, "en"); // "... from 2027-01-15 08:00:00 UTC on ..."
 */
export function messageOf(code: ErrorCode, details: ErrorDetails, language: Language): string {
  const { problem } = details;
  const values =
    typeof problem === "string" ? { ...details, problem: fieldProblemText(problem, details, language) } : details;
  return fillInKnown(errorMessages[language][code], readableValues(values));
}

/** Details that are Unix seconds. */
const timeNames = new Set(["until", "deadline", "current", "latest", "unlockAt"]);

/** Details as sentences hold them: seconds as times, the field of a document in parentheses. */
export function readableValues({ at = "", ...details }: Values): Values {
  const values = Object.entries(details).map(([name, value]) => [
    name,
    timeNames.has(name) && /^\d+$/.test(String(value)) ? formatTime(Number(value)) : value,
  ]);
  return { ...Object.fromEntries(values), at: at === "" ? "" : ` (${at})` };
}
