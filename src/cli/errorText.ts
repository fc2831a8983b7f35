import { type ErrorCode, type ErrorDetails, ProtocolError } from "../core/errors.ts";
import { messageOf, readableValues } from "../core/text/errors.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import { fillIn, isComplete, type Values } from "../core/text/fillIn.ts";
import type { Language } from "../core/text/language.ts";
import { problemText } from "../core/text/problems.ts";
import { type Texts, textsIn } from "../core/text/texts.ts";

export type ErrorText = {
  readonly code: ErrorCode;
  /** How the public catalogue calls it, where it knows it. */
  readonly label?: string;
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
    return shown(new ProtocolError("interrupted"), language);
  }
  if (!(error instanceof ProtocolError)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...shown(new ProtocolError("internal"), language), trace: linesOf(trace) };
  }
  const trace =
    error.code === "internal" && error.cause instanceof Error ? linesOf(error.cause.stack ?? "") : undefined;
  return { ...shown(error, language), trace };
}

const shown = ({ code, label, details }: ProtocolError, language: Language): ErrorText => ({
  code,
  ...(label === undefined ? {} : { label }),
  message: sentenceOf(code, details, language),
  details,
});

const linesOf = (trace: string) => trace.split("\n").map(escapeInvisible).join("\n");

/**
 * The text with its details filled in, and what the command line adds to it. Details may come from
 * a file or a relayer.
 */
const sentenceOf = (code: ErrorCode, stated: ErrorDetails, language: Language): string => {
  const safe = Object.fromEntries(
    Object.entries(stated).map(([name, value]) => [name, typeof value === "string" ? escapeInvisible(value) : value]),
  );
  const { problem } = safe;
  const details = typeof problem === "string" ? { ...safe, problem: problemText(problem, safe, language) } : safe;
  const texts = textsIn(language);
  if (code === "usage-invalid") return fillIn(texts.usage, details);
  const listener = named(texts.listeners, details.listener);
  const values = readableValues(listener === undefined ? details : { ...details, listener });
  const hint = hintOf(code, values, texts);
  const message = messageOf(code, details, language);
  return hint === undefined ? message : `${message}${language === "en" ? " " : ""}${hint}`;
};

/**
 * The option or the command that helps, or what a contract's refusal means; `undefined` where
 * nothing is known.
 */
const hintOf = (code: ErrorCode, values: Values, texts: Texts): string | undefined => {
  const hint =
    code === "call-reverted"
      ? named(texts.contractErrors, values.error)
      : code === "terms-unsafe"
        ? named(texts.unsafeTerms, values.fact)
        : named(texts.hints, code);
  return hint !== undefined && isComplete(hint, values) ? fillIn(hint, values) : undefined;
};

const named = (texts: Readonly<Record<string, string>>, name: unknown): string | undefined =>
  typeof name === "string" && Object.hasOwn(texts, name) ? texts[name] : undefined;
