import { parseHeader } from "../core/evidence/receiptProof.ts";
import type { Check } from "../core/evidence/verify/check.ts";
import type { Verification } from "../core/evidence/verify/verifyBundle.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import { meaningOf } from "../core/text/report.ts";
import { type ReportLanguage, reportText } from "../core/text/reportText.ts";
import { BUNDLE_SUFFIX, type EvidencePair, type Unpaired } from "./evidencePairs.ts";
import { formatTime } from "./units.ts";
import { type FileVerdict, type VerdictSentence, verdictSentences } from "./verdictText.ts";

/** What was found out about one file and its bundle. */
export type Finding = EvidencePair & {
  readonly verdict: FileVerdict;
  readonly sentences: readonly VerdictSentence[];
  readonly checks: readonly Check[];
};

const words = {
  en: {
    bundle: "Bundle",
    failed: "not checked",
    unpaired: "Not checked, without effect on the result:",
    why: {
      "without-bundle": "without a bundle",
      "bundle-without-file": "a bundle; which file it belongs to is not known: name both together",
      directory: "a directory; name it to have it checked",
    },
  },
  zh: {
    bundle: "证据包",
    failed: "未核验",
    unpaired: "未核验，不影响结论：",
    why: {
      "without-bundle": "没有证据包",
      "bundle-without-file": "为证据包，但不知属于哪个文件：请一并指定文件与证据包",
      directory: "目录；如需核验请另行指定",
    },
  },
} as const satisfies Record<ReportLanguage, object>;

/** The sentences about a verification. `text` is the bundle's. */
export const sentencesAbout = (
  verification: Verification,
  { file, text }: { readonly file: string; readonly text: string },
  language: ReportLanguage,
): readonly VerdictSentence[] =>
  verdictSentences(verification.verdict, { file, verification, ...statedIn(verification, text) }, language);

const statedIn = ({ bundle, checks }: Verification, text: string) => {
  if (bundle !== null) {
    const isHeaderGood = checks.some(({ id, result }) => id === "header" && result === "pass");
    return isHeaderGood ? { anchoredAt: parseHeader(bundle.anchor.header).timestamp } : {};
  }
  const version = /"format"\s*:\s*"holdfast-evidence-bundle\/([^"]{1,32})"/.exec(text)?.[1];
  return version === undefined ? {} : { version };
};

const marks = { pass: "+", fail: "X", "not-checked": " " } as const satisfies Record<Check["result"], string>;

/** Verdict, sentences and checks, what differs first. */
export const findingText = (finding: Finding, language: ReportLanguage): string => {
  const text = reportText[language];
  const { verdict, checks, sentences } = finding;
  const conclusion = verdict.status === "verified" ? [meaningOf(verdict, text), ...timesOf(verdict, language)] : [];
  const made = checks.filter((check) => check.result !== "not-checked");
  const rest = checks.filter((check) => check.result === "not-checked");
  return [
    `${text.verdict[verdict.status]}  ${pairText(finding, language)}`,
    ...[...conclusion, ...sentences.map(({ code, text: sentence }) => `${code} ${sentence}`)].map(
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
};

/** A pair that could not be checked. */
export const failureText = (
  pair: EvidencePair & { readonly error: { readonly code: string; readonly message: string } },
  language: ReportLanguage,
): string => `${words[language].failed}  ${pairText(pair, language)}\n  ${pair.error.code}: ${pair.error.message}`;

/** What a directory holds beside the pairs. */
export const unpairedText = (unpaired: readonly Unpaired[], language: ReportLanguage): string[] => {
  if (unpaired.length === 0) return [];
  const say = words[language];
  return [[say.unpaired, ...unpaired.map(({ path, why }) => `  ${escapeInvisible(path)}: ${say.why[why]}`)].join("\n")];
};

/** The file, and its bundle where that is not the one beside it. */
const pairText = ({ file, bundle }: EvidencePair, language: ReportLanguage) =>
  bundle === file + BUNDLE_SUFFIX
    ? escapeInvisible(file)
    : `${escapeInvisible(file)}\n  ${words[language].bundle}: ${escapeInvisible(bundle)}`;

const timesOf = (
  { signedAfter, isBeaconCanonical, anchoredAt, blockNumber, blockHash }: Extract<FileVerdict, { status: "verified" }>,
  language: ReportLanguage,
) => {
  const { label } = reportText[language];
  const after = isBeaconCanonical ? label.signedAfter : label.signedAfterUnconfirmed;
  return [
    ...(signedAfter === null ? [] : [`${after}: ${formatTime(signedAfter)}`]),
    `${label.anchoredAt}: ${formatTime(anchoredAt)}`,
    `${label.block}: ${blockNumber} ${blockHash}`,
  ];
};

const differenceOf = ({ expected, actual }: Extract<Check, { result: "fail" }>, language: ReportLanguage) => {
  const { label } = reportText[language];
  return [
    ...(expected === undefined ? [] : [`        ${label.expected}: ${escapeInvisible(expected)}`]),
    ...(actual === undefined ? [] : [`        ${label.actual}: ${escapeInvisible(actual)}`]),
  ];
};
