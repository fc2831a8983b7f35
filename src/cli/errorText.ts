import { type ErrorCode, type ErrorDetails, ProtocolError } from "../core/errors.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import type { Language } from "../core/text/language.ts";
import { messageOf } from "../core/text/messages.ts";
import { problemText } from "../core/text/problems.ts";
import { contractSentence } from "./contractSentences.ts";
import { errorSentences } from "./errorSentences.ts";
import { formatTime } from "./units.ts";
import { remedyOf } from "./unsafeTerms.ts";

export type ErrorText = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  /** For a defect of ours: where it happened. */
  readonly trace?: string | undefined;
};

type Showing = Readonly<{
  language: Language;
  /** Somebody pressed Ctrl-C, and what fails now fails because of it. */
  isStopped?: boolean;
}>;

/** An error as the command line shows it. */
export function errorText(error: unknown, { language, isStopped = false }: Showing): ErrorText {
  if (isStopped || (error instanceof Error && error.name === "AbortError")) {
    return { code: "interrupted", message: sentenceOf("interrupted", {}, language), details: {} };
  }
  if (!(error instanceof ProtocolError)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { code: "internal", message: sentenceOf("internal", {}, language), details: {}, trace: linesOf(trace) };
  }
  const { code, details } = error;
  const trace = code === "internal" && error.cause instanceof Error ? linesOf(error.cause.stack ?? "") : undefined;
  return { code, message: sentenceOf(code, details, language), details, trace };
}

const linesOf = (trace: string) => trace.split("\n").map(escapeInvisible).join("\n");

/** The sentence with its details filled in. They may come from a file, a file's name or a relayer. */
const sentenceOf = (code: ErrorCode, stated: ErrorDetails, language: Language): string => {
  const shown = Object.fromEntries(
    Object.entries(stated).map(([name, value]) => [name, typeof value === "string" ? escapeInvisible(value) : value]),
  );
  const { problem } = shown;
  const details = typeof problem === "string" ? { ...shown, problem: problemText(problem, shown, language) } : shown;
  const own = (code === "call-reverted" ? contractSentence(details) : undefined) ?? errorSentences[code];
  if (own === undefined) return messageOf(code, details, language);
  const at = details.at;
  return own
    .replace("{remedy}", remedyOf(details.fact))
    .replace("{at}", typeof at === "string" && at !== "" ? ` (at ${at})` : "")
    .replace("{until}", typeof details.until === "number" ? formatTime(details.until) : "?")
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? "?"))
    .trimEnd();
};
