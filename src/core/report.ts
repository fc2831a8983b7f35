import { sha256, stringToBytes } from "viem";
import type { EvidenceBundle } from "./bundle.ts";
import { digestFile } from "./digest.ts";
import { type MetaField, metaFields } from "./evidence.ts";
import { type ReportLabel, type ReportLanguage, type ReportText, reportText } from "./reportText.ts";
import type { Check, Verification } from "./verify.ts";

/** What the report says about its own making. */
export type ReportContext = {
  readonly language: ReportLanguage;
  /** Text of the bundle as it was verified. */
  readonly bundleText: string;
  /** Seconds. */
  readonly generatedAt: number;
  /** Name, version and, if known, digest of the program. */
  readonly tool: string;
};

/**
 * The report for a court as plain text: what was checked, what it proves and what it does not (`domain.md` 5).
 * Equal input gives an equal report number; only the line with the time of making differs.
 */
export async function evidenceReport(verification: Verification, context: ReportContext): Promise<string> {
  const text = reportText[context.language];
  const bundle = await digestFile(once(stringToBytes(context.bundleText)));
  const line = (label: ReportLabel, value: string | number) => `  ${text.label[label]}: ${value}`;
  const body = [
    section(text.section.report, [
      line("tool", context.tool),
      line("bundle", plain(bundle.sha256)),
      line("bundleSm3", plain(bundle.sm3)),
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
    `${text.verdict[verdict.status]}`,
    text.meaning[verdict.status],
    ...relativeTo(verification, text),
  ];
  const statement = conclusion.map(indented).join("\n");
  const number = plain(sha256(stringToBytes(`${statement}\n${body}`))).slice(0, 16);
  const head = [line("number", number), line("generated", timeOf(context.generatedAt))].join("\n");
  return `${text.title}\n\n${head}\n\n${statement}\n\n${body}\n`;
}

function aboutBundle(
  bundle: EvidenceBundle,
  { verdict, file }: Verification,
  text: ReportText,
  line: (label: ReportLabel, value: string | number) => string,
): string[] {
  const { anchor, custody, openings, path, record, submitter } = bundle;
  const stated = (field: MetaField) => {
    const opening = openings.meta[field];
    return "value" in opening ? visible(opening.value) || text.unknown : text.undisclosed;
  };
  const content = metaFields.filter((field) => field !== "size" && field !== "sm3");
  const isVerified = verdict.status === "verified";
  const times =
    isVerified && verdict.signedAfter !== null ? ([verdict.signedAfter, verdict.anchoredAt] as const) : null;
  return [
    section(text.section.file, [
      ...(isVerified ? [line("evidence", verdict.digest)] : []),
      line("kind", record.kind),
      line("name", stated("name")),
      ...(file === null
        ? []
        : [line("size", file.size), line("sha256", plain(file.sha256)), line("sm3", plain(file.sm3))]),
      line("cid", record.cid || text.unknown),
      line("encoding", record.encoding),
      line("case", openings.case?.dealId ?? text.undisclosed),
    ]),
    section(text.section.carrier, [
      line("chain", anchor.chainId),
      line("registry", anchor.registry),
      line("anchoredBy", anchor.sender),
      ...text.keeper.map(indented),
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
      ...(times === null ? [] : [line("signedAfter", timeOf(times[0]))]),
      ...(isVerified ? [line("anchoredAt", timeOf(verdict.anchoredAt))] : []),
      ...(times === null ? [] : [indented(text.interval(times[1] - times[0]))]),
      line("deadline", timeOf(record.deadline)),
    ]),
    section(
      text.section.custody,
      custody.map(({ at, action, note, actor }) =>
        indented([timeOf(at), action, actor, visible(note)].join("  ").trimEnd()),
      ),
    ),
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
  return [head, ...details.flatMap(([label, value]) => (value === undefined ? [] : [`      ${label}: ${value}`]))];
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

/** What a party wrote, unable to begin a line of its own or to turn the reading direction and so to pass for the report. */
function visible(text: string) {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

/** Without the prefix that only programmers know. */
function plain(hex: string) {
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
