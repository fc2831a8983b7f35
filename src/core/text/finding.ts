import { bundleSuffix } from "../evidence/bundle.ts";
import type { Check } from "../evidence/verify/check.ts";
import type { RecordStatus } from "../evidence/verify/recordStatus.ts";
import type { Verification } from "../evidence/verify/verifyBundle.ts";
import { escapeInvisible } from "./escapeInvisible.ts";
import type { Language } from "./language.ts";
import { reportText } from "./report.ts";
import { checksToShow, meaningOf, type ReportText, roleText, sourcesText, timesIn } from "./reportContent.ts";
import { statusLines } from "./statusLines.ts";
import { formatTimes } from "./units.ts";
import { type FileVerdict, type VerdictSentence, verdictText } from "./verdict.ts";
import { witnessLines } from "./witnesses.ts";

/** Paths of a file and its bundle, either of which may not be there. */
export type EvidencePair = Readonly<{ file: string; bundle: string }>;

/** Something in a directory that nothing is checked about, and why. */
export type Unpaired = Readonly<{ path: string; why: "without-bundle" | "bundle-without-file" | "directory" }>;

/** What was found out about one file and its bundle. */
export type Finding = EvidencePair &
  Readonly<{
    verdict: FileVerdict;
    sentences: readonly VerdictSentence[];
    /** Absent where no bundle was read. */
    verification?: Verification | undefined;
    /** What other records say of this one, where they were looked at. */
    status?: RecordStatus | undefined;
  }>;

const marks = { pass: "+", fail: "X", "not-checked": " " } as const satisfies Record<Check["result"], string>;

/**
 * Verdict, who signed what where, time, sentences and checks, what differs first. Times also as
 * clocks of `timeZone` show them.
 */
export function findingText(finding: Finding, language: Language, timeZone?: string): string {
  const text = reportText[language];
  const { verdict, verification, sentences } = finding;
  const { facts, others } = checksToShow(verification?.bundle ?? null, verification?.checks ?? []);
  const made = others.filter((check) => check.result !== "not-checked");
  const rest = others.filter((check) => check.result === "not-checked");
  const names = facts.map(({ id }) => text.check[id]).join(text.listSeparator);
  return [
    `${text.verdict[verdict.status]}  ${pairText(finding, language)}`,
    ...[
      ...(verdict.status === "verified" ? [meaningOf(verdict, text)] : []),
      ...(verification === undefined ? [] : subjectLines(finding, verification, { language, timeZone })),
      ...sentences.map(({ label, text: sentence }) => `${label} ${sentence}`),
    ].map((line) => `  ${line}`),
    ...[...made]
      .sort((one, other) => Number(other.result === "fail") - Number(one.result === "fail"))
      .flatMap((check) => [
        `  [${marks[check.result]}] ${text.check[check.id]}: ${resultText(check, text)}`,
        ...(check.result === "fail" ? differenceOf(check, language) : []),
      ]),
    ...(facts.length === 0 ? [] : [`  [${marks.pass}] ${text.factsAsSigned}: ${names}`]),
    ...(rest.length === 0 ? [] : [`  ${text.result["not-checked"]}:`]),
    ...rest.map((check) => `  [ ] ${text.check[check.id]}: ${"why" in check ? text.why[check.why] : ""}`),
  ].join("\n");
}

/** One row for each file, before the findings: what became of it, when, and who signed. */
export function findingTable(
  findings: readonly (Finding | (EvidencePair & { readonly verdict: null }))[],
  language: Language,
): string {
  const text = reportText[language];
  const rows = findings.map((finding) => {
    if (finding.verdict === null) return [verdictText[language].failed, escapeInvisible(finding.file)];
    const { verdict, verification, status } = finding;
    const subject = verification?.subject ?? null;
    return [
      text.verdict[verdict.status],
      ...(verification === undefined ? [] : [`${text.label.time}: ${text.time[verification.time.status]}`]),
      ...(subject === null ? [] : [roleText(subject, text)]),
      ...(status === undefined || status.state === "not-checked" ? [] : [text.state[status.state]]),
      escapeInvisible(finding.file),
    ];
  });
  return rows.map((row) => row.join("  |  ")).join("\n");
}

function subjectLines(
  { status }: Finding,
  verification: Verification,
  { language, timeZone }: Readonly<{ language: Language; timeZone: string | undefined }>,
): string[] {
  const { subject, time, verdict } = verification;
  const at = (seconds: number) => formatTimes(seconds, timeZone);
  const text = reportText[language];
  const { label } = text;
  if (subject === null) return [];
  const { signer, chainId, registry, dealId, sha256, anchorBlock, beaconBlock } = subject;
  return [
    `${label.submitter}: ${signer.address} (${signer.account})`,
    `${label.role}: ${roleText(subject, text)}`,
    `${label.chain}: ${chainId}, ${label.registry}: ${registry}`,
    `${label.case}: ${dealId ?? text.undisclosed}`,
    ...(sha256 === null ? [] : [`${label.signedSha256}: ${sha256.slice(2)}`]),
    `${label.time}: ${text.time[time.status]}. ${text.timeMeaning[time.status]}`,
    ...(verdict.status === "refuted" ? [] : timesIn(time)).map(([name, seconds]) => `${label[name]}: ${at(seconds)}`),
    ...witnessLines(verification, text, at),
    ...statusLines(status, text, at).map((line) => `${label.status}: ${line}`),
    `${label.block}: ${anchorBlock.number} ${anchorBlock.hash}`,
    `${label.beacon}: ${beaconBlock.number} ${beaconBlock.hash}`,
  ];
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

/** The outcome of a check, and by whose word where it passed by that. */
const resultText = (check: Check, text: ReportText) => {
  const result = text.result[check.result];
  return check.result === "pass" && check.sources !== undefined
    ? text.bySources(result, sourcesText(check.sources, text))
    : result;
};

const differenceOf = ({ expected, actual, sources }: Extract<Check, { result: "fail" }>, language: Language) => {
  const text = reportText[language];
  const { label } = text;
  return [
    ...(expected === undefined ? [] : [`        ${label.expected}: ${escapeInvisible(expected)}`]),
    ...(sources === undefined ? [] : [`        ${label.source}: ${sourcesText(sources, text)}`]),
    ...(actual === undefined ? [] : [`        ${label.actual}: ${escapeInvisible(actual)}`]),
  ];
};
