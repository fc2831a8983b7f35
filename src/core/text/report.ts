import { sha256, stringToBytes } from "viem";
import type { EvidenceBundle } from "../evidence/bundle.ts";
import { digestFile } from "../evidence/digest.ts";
import { carriesFile, type MetaField, metaFields } from "../evidence/record.ts";
import type { Check } from "../evidence/verify/check.ts";
import { isFileAltered, type Verdict } from "../evidence/verify/conclude.ts";
import type { Verification } from "../evidence/verify/verifyBundle.ts";
import { report as en } from "./en/report.ts";
import { escapeInvisible } from "./escapeInvisible.ts";
import type { Language, Translated } from "./language.ts";
import { report as zh } from "./zh/report.ts";

/** Every word of the report in one language. */
export type ReportText = Translated<typeof en>;
/** Names of single facts in the report. */
type ReportLabel = keyof ReportText["label"];

/** The words of the report by language. */
export const reportText = { en, zh } as const;

/** What the report says about its own making. */
export type ReportContext = {
  readonly language: Language;
  /** Text of the bundle as it was verified. */
  readonly bundleText: string;
  /** Seconds. */
  readonly generatedAt: number;
  /** Name, version and, if known, digest of the program. */
  readonly tool: string;
};

/**
 * The report for a court as plain text: what was checked, what it proves and what it does not
 * (`domain.md` 5). Equal input gives an equal report number; only the line with the time of making
 * differs.
 */
export async function evidenceReport(verification: Verification, context: ReportContext): Promise<string> {
  const text = reportText[context.language];
  const bundle = await digestFile(once(stringToBytes(context.bundleText)));
  const line = (label: ReportLabel, value: string | number) => `  ${text.label[label]}: ${value}`;
  const body = [
    section(text.section.report, [
      line("tool", context.tool),
      line("bundle", withoutPrefix(bundle.sha256)),
      line("bundleSm3", withoutPrefix(bundle.sm3)),
    ]),
    ...(verification.bundle === null
      ? [`  ${text.notRead}`]
      : aboutBundle(verification.bundle, verification, text, line)),
    section(
      text.section.checks,
      verification.checks.flatMap((check) => aboutCheck(check, text)),
    ),
    section(text.section.limits, text.limits.map(indented)),
    section(text.section.repeat, text.repeat.map(indented)),
    section(text.section.signature, [
      line("signedBy", "____________________"),
      line("signedOn", "____________________"),
    ]),
  ].join("\n\n");
  const { verdict } = verification;
  const conclusion = [
    text.verdict[verdict.status],
    meaningOf(verdict, text),
    ...relativeTo(verification, text),
    ...(verdict.status === "refuted" && !isFileAltered(verification) ? [text.fileNotBlamed] : []),
  ];
  const statement = conclusion.map(indented).join("\n");
  const number = withoutPrefix(sha256(stringToBytes(`${statement}\n${body}`))).slice(0, 16);
  const head = [line("number", number), line("generated", timeOf(context.generatedAt))].join("\n");
  return `${text.title}\n\n${head}\n\n${statement}\n\n${body}\n`;
}

/** What a verdict says, in one or two sentences: nothing about a file where the record has none. */
export function meaningOf(verdict: Verdict, text: ReportText): string {
  if (verdict.status === "verified" && !carriesFile(verdict.kind)) return text.meaningWithoutFile;
  if (verdict.status === "unverifiable" && verdict.why === "record-without-file") return text.recordWithoutFile;
  return text.meaning[verdict.status];
}

function aboutBundle(
  bundle: EvidenceBundle,
  { verdict, file, checks }: Verification,
  text: ReportText,
  line: (label: ReportLabel, value: string | number) => string,
): string[] {
  const { anchor, custody, openings, path, record, submitter } = bundle;
  const stated = (field: MetaField) => {
    const opening = openings.meta[field];
    return "value" in opening ? escapeInvisible(opening.value) || text.unknown : text.undisclosed;
  };
  const content = metaFields.filter((field) => field !== "size" && field !== "sm3");
  const isVerified = verdict.status === "verified";
  const isRegistryTrusted = checks.some(({ id, result }) => id === "deployment" && result === "pass");
  const signed = isVerified && verdict.signedAfter !== null ? { ...verdict, after: verdict.signedAfter } : null;
  return [
    section(text.section.file, [
      ...(isVerified ? [line("evidence", verdict.digest)] : []),
      line("kind", record.kind),
      line("name", stated("name")),
      ...(file === null
        ? []
        : [line("size", file.size), line("sha256", withoutPrefix(file.sha256)), line("sm3", withoutPrefix(file.sm3))]),
      line("cid", escapeInvisible(record.cid) || text.unknown),
      line("encoding", record.encoding),
      line("case", openings.case?.dealId ?? text.undisclosed),
    ]),
    section(text.section.carrier, [
      line("chain", anchor.chainId),
      line("registry", anchor.registry),
      line("anchoredBy", anchor.sender),
      indented(isRegistryTrusted ? text.medium.registry : text.medium.unknownRegistry),
      ...(carriesFile(record.kind) ? [indented(text.medium.file)] : []),
    ]),
    section(text.section.data, [
      line("submitter", submitter.address),
      line("account", submitter.account),
      line("signature", bundle.signature),
      line("position", `${path.index + 1} / ${path.size}`),
      ...(isVerified ? [line("root", verdict.root)] : []),
      line("transactionIndex", anchor.transactionIndex),
      line("block", anchor.blockNumber),
      line("blockHash", anchor.blockHash),
    ]),
    section(
      text.section.content,
      content.map((field) => line(field, stated(field))),
    ),
    section(text.section.times, [
      ...(signed === null
        ? []
        : [line(signed.isBeaconCanonical ? "signedAfter" : "signedAfterUnconfirmed", timeOf(signed.after))]),
      ...(isVerified ? [line("anchoredAt", timeOf(verdict.anchoredAt))] : []),
      ...(signed === null ? [] : [indented(text.interval(signed.anchoredAt - signed.after))]),
      line("deadline", timeOf(record.deadline)),
    ]),
    section(text.section.custody, [
      ...custody.map(({ at, action, note, actor }) =>
        indented([timeOf(at), action, actor, escapeInvisible(note)].join("  ").trimEnd()),
      ),
      ...(custody.length === 0 ? [] : [indented(text.custody)]),
    ]),
  ];
}

function aboutCheck(check: Check, text: ReportText): string[] {
  const head = `  [${text.result[check.result]}] ${text.check[check.id]}`;
  if (check.result === "not-checked") return [`${head}: ${text.why[check.why]}`];
  if (check.result === "pass") return [head];
  const details = [
    [text.label.expected, check.expected],
    [text.label.actual, check.actual],
  ] as const;
  return [
    head,
    ...details.flatMap(([label, value]) => (value === undefined ? [] : [`      ${label}: ${escapeInvisible(value)}`])),
  ];
}

function relativeTo({ verdict }: Verification, text: ReportText) {
  if (verdict.status !== "verified") return [];
  return [verdict.isCanonical ? text.canonical(verdict.blockHash) : text.relativeTo(verdict.blockHash)];
}

function section(title: string, lines: readonly string[]) {
  return [title, ...(lines.length > 0 ? lines : ["  -"])].join("\n");
}

function indented(line: string) {
  return `  ${line}`;
}

/** Without the prefix that only programmers know. */
function withoutPrefix(hex: string) {
  return hex.replace(/^0x/, "");
}

/** ISO 8601 in UTC; a time that no calendar holds is given in seconds. */
function timeOf(seconds: number) {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? `${seconds} s` : time.toISOString().replace(".000Z", "Z");
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}
