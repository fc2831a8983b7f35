import type { fieldProblems } from "./en/fieldProblems.ts";
import { fileProblems as enFile, inputProblems as enInput, usageProblems as enUsage } from "./en/problems.ts";
import { type FieldProblem, fieldProblemText } from "./fieldProblems.ts";
import { fillIn, type NamesIn, type Values } from "./fillIn.ts";
import type { Language } from "./language.ts";
import { fileProblems as zhFile, inputProblems as zhInput, usageProblems as zhUsage } from "./zh/problems.ts";

type English = typeof fieldProblems & typeof enInput & typeof enUsage;

/** A problem with a file or a value. */
export type InputProblem = FieldProblem | keyof typeof enInput;
/** Why a file cannot be read or written. */
export type FileProblem = keyof typeof enFile;
/** A problem with a command line. */
export type UsageProblem = keyof typeof enUsage;

/**
 * The values that the text of a problem needs, as the last argument of a function; none for most.
 */
export type ProblemValues<P extends keyof English> = [NamesIn<English[P]>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<English[P]>, string | number>>];

const en = { ...enFile, ...enInput, ...enUsage } as const;
const texts = { en, zh: { ...zhFile, ...zhInput, ...zhUsage } } as const;

const isOurs = (text: string): text is keyof typeof en => Object.hasOwn(en, text);

/**
 * What a problem says, with its values filled in. A text that is no code of ours stays as it is.
 */
export function problemText(problem: string, values: Values, language: Language): string {
  return isOurs(problem) ? fillIn(texts[language][problem], values) : fieldProblemText(problem, values, language);
}
