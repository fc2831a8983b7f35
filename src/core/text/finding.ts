import { bundleSuffix } from "../evidence/bundle.ts";
import type { Check } from "../evidence/verify/check.ts";
import { escapeInvisible } from "./escapeInvisible.ts";
import type { Language } from "./language.ts";
import { meaningOf, reportText } from "./report.ts";
import { formatTime } from "./units.ts";
import { type FileVerdict, type VerdictSentence, verdictText } from "./verdict.ts";

/** Paths of a file and its bundle, either of which may not be there. */
export type EvidencePair = Readonly<{ file: string; bundle: string }>;

/** Something in a directory that nothing is checked about, and why. */
export type Unpaired = Readonly<{ path: string; why: "without-bundle" | "bundle-without-file" | "directory" }>;

/** What was found out about one file and its bundle. */
export type Finding = EvidencePair &
  Readonly<{ verdict: FileVerdict; sentences: readonly VerdictSentence[]; checks: readonly Check[] }>;

const marks = { pass: "+", fail: "X", "not-checked": " " } as const satisfies Record<Check["result"], string>;

/** Verdict, sentences and checks, what differs first. */
export function findingText(finding: Finding, language: Language): string {
  const text = reportText[language];
  const { verdict, checks, sentences } = finding;
  const conclusion = verdict.status === "verified" ? [meaningOf(verdict, text), ...timesOf(verdict, language)] : [];
  const made = checks.filter((check) => check.result !== "not-checked");
  const rest = checks.filter((check) => check.result === "not-checked");
  return [
    `${text.verdict[verdict.status]}  ${pairText(finding, language)}`,
    ...[...conclusion, ...sentences.map(({ label, text: sentence }) => `${label} ${sentence}`)].map(
      (line) => `  ${line}`,
    ),
    ...[...made]
      .sort((one, other) => Number(other.result === "fail") - Number(one.result === "fail"))
      .flatMap((check) => [
        `  [${marks[check.result]}] ${text.check[check.id]}: ${text.result[check.result]}`,
        ...(check.result === "fail" ? differenceOf(check, language) : []),
      ]),
    ...(rest.length === 0 ? [] : [`  ${text.result["not-checked"]}:`]),
    ...rest.map((check) => `  [ ] ${text.check[check.id]}: ${"why" in check ? text.why[check.why] : ""}`),
  ].join("\n");
}

/** A pair that could not be checked. */
export function failureText(
  pair: EvidencePair & { readonly error: { readonly code: string; readonly message: string } },
  language: Language,
): string {
  return `${verdictText[language].failed}  ${pairText(pair, language)}\n  ${pair.error.code}: ${pair.error.message}`;
}

/** What a directory holds beside the pairs. */
export function unpairedText(unpaired: readonly Unpaired[], language: Language): string[] {
  if (unpaired.length === 0) return [];
  const words = verdictText[language];
  return [
    [words.unpaired, ...unpaired.map(({ path, why }) => `  ${escapeInvisible(path)}: ${words.why[why]}`)].join("\n"),
  ];
}

/** The file, and its bundle where that is not the one beside it. */
const pairText = ({ file, bundle }: EvidencePair, language: Language) =>
  bundle === file + bundleSuffix
    ? escapeInvisible(file)
    : `${escapeInvisible(file)}\n  ${verdictText[language].bundle}: ${escapeInvisible(bundle)}`;

const timesOf = (
  { signedAfter, isBeaconCanonical, anchoredAt, blockNumber, blockHash }: Extract<FileVerdict, { status: "verified" }>,
  language: Language,
) => {
  const { label } = reportText[language];
  const after = isBeaconCanonical ? label.signedAfter : label.signedAfterUnconfirmed;
  return [
    ...(signedAfter === null ? [] : [`${after}: ${formatTime(signedAfter)}`]),
    `${label.anchoredAt}: ${formatTime(anchoredAt)}`,
    `${label.block}: ${blockNumber} ${blockHash}`,
  ];
};

const differenceOf = ({ expected, actual }: Extract<Check, { result: "fail" }>, language: Language) => {
  const { label } = reportText[language];
  return [
    ...(expected === undefined ? [] : [`        ${label.expected}: ${escapeInvisible(expected)}`]),
    ...(actual === undefined ? [] : [`        ${label.actual}: ${escapeInvisible(actual)}`]),
  ];
};
