import { sha256, stringToBytes, zeroHash } from "viem";
import type { EvidenceBundle } from "../evidence/bundle.ts";
import { digestFile } from "../evidence/digest.ts";
import { carriesFile, type MetaField, metaFields } from "../evidence/record.ts";
import type { BlockSource, Check } from "../evidence/verify/check.ts";
import { isAboutTimeOnly, isFileAltered, type Verdict } from "../evidence/verify/conclude.ts";
import type { RecordStatus } from "../evidence/verify/recordStatus.ts";
import type { Subject } from "../evidence/verify/subject.ts";
import type { EvidenceTime } from "../evidence/verify/time.ts";
import type { Verification } from "../evidence/verify/verifyBundle.ts";
import { report as en } from "./en/report.ts";
import { escapeInvisible } from "./escapeInvisible.ts";
import type { Language, Translated } from "./language.ts";
import { quoted } from "./quoted.ts";
import { statusLines } from "./statusLines.ts";
import { formatTime, formatTimes } from "./units.ts";
import { witnessLines } from "./witnesses.ts";
import { report as zh } from "./zh/report.ts";

/** Every word of the report in one language. */
export type ReportText = Translated<typeof en>;
/** Names of single facts in the report. */
type ReportLabel = keyof ReportText["label"];

/** How a report is written: its words, one fact with its name, and a time in Unix seconds. */
type Writer = Readonly<{
  text: ReportText;
  line: (label: ReportLabel, value: string | number) => string;
  at: (seconds: number) => string;
  status: RecordStatus | undefined;
}>;

/** The words of the report by language. */
export const reportText = { en, zh } as const;

/** What the report says about its own making. */
export type ReportContext = {
  readonly language: Language;
  /** Text of the bundle as it was verified. */
  readonly bundleText: string;
  /** Seconds. */
  readonly generatedAt: number;
  /** Times are shown there too, beside UTC: an IANA name like `Asia/Shanghai`. */
  readonly timeZone?: string | undefined;
  /** What other records say of this one, where they were looked at (`recordStatuses`). */
  readonly status?: RecordStatus | undefined;
  /** Name, version and, if known, digest of the program. */
  readonly tool: string;
};

/**
 * The report for a court as plain text: what was checked, what it proves and what it does not
 * (`domain.md` 5). Equal input gives an equal report number wherever and whenever it is made: the
 * number is taken over the report with times in UTC, without the time of making.
 */
export async function evidenceReport(verification: Verification, context: ReportContext): Promise<string> {
  const text = reportText[context.language];
  const bundle = await digestFile(once(stringToBytes(context.bundleText)));
  const line: Writer["line"] = (label, value) => `  ${text.label[label]}: ${value}`;
  const contentIn = (timeZone: string | undefined) => {
    const at = (seconds: number) => formatTimes(seconds, timeZone);
    const writer: Writer = { text, line, at, status: context.status };
    const sections = [
      section(text.section.report, [
        line("tool", context.tool),
        line("bundle", withoutPrefix(bundle.sha256)),
        line("bundleSm3", withoutPrefix(bundle.sm3)),
      ]),
      ...(verification.bundle === null
        ? [`  ${text.notRead}`]
        : aboutBundle(verification.bundle, verification, writer)),
      section(text.section.checks, aboutChecks(verification, text)),
      section(text.section.limits, text.limits.map(indented)),
      section(text.section.repeat, text.repeat.map(indented)),
      section(text.section.signature, [
        line("signedBy", "____________________"),
        line("signedOn", "____________________"),
      ]),
    ];
    return [statementOf(verification, text), ...sections].join("\n\n");
  };
  const number = withoutPrefix(sha256(stringToBytes(contentIn(undefined)))).slice(0, 16);
  const generated = formatTimes(context.generatedAt, context.timeZone);
  const head = [line("number", number), line("generated", generated)].join("\n");
  return `${text.title}\n\n${head}\n\n${contentIn(context.timeZone)}\n`;
}

/** Both answers with their meaning; a file is blamed only where it is to blame. */
function statementOf(verification: Verification, text: ReportText): string {
  const { verdict, time } = verification;
  const isBlameOpen = verdict.status === "refuted" && !isAboutTimeOnly(verdict) && !isFileAltered(verification);
  return [
    text.verdict[verdict.status],
    meaningOf(verdict, text),
    ...(isBlameOpen ? [text.fileNotBlamed] : []),
    `${text.label.time}: ${text.time[time.status]}`,
    text.timeMeaning[time.status],
  ]
    .map(indented)
    .join("\n");
}

/** What a verdict says, in one or two sentences: nothing about a file where the record has none. */
export function meaningOf(verdict: Verdict, text: ReportText): string {
  if (verdict.status === "verified" && !carriesFile(verdict.kind)) return text.meaningWithoutFile;
  if (verdict.status === "unverifiable" && verdict.why === "record-without-file") return text.recordWithoutFile;
  if (isAboutTimeOnly(verdict)) return text.anchorContradicted;
  return text.meaning[verdict.status];
}

function aboutBundle(bundle: EvidenceBundle, verification: Verification, writer: Writer): string[] {
  const { text, line, at } = writer;
  const { verdict, file, checks } = verification;
  const { anchor, custody, path, record } = bundle;
  const isVerified = verdict.status === "verified";
  const isRegistryTrusted = checks.some(({ id, result }) => id === "deployment" && result === "pass");
  return [
    section(text.section.subject, aboutSubject(bundle, verification, writer)),
    section(text.section.times, [
      line("time", text.time[verification.time.status]),
      ...(verdict.status === "refuted" ? [] : aboutTime(verification.time, writer)),
      ...witnessLines(verification, text, at).map(indented),
      line("deadline", at(record.deadline)),
    ]),
    section(text.section.file, [
      line("kind", record.kind),
      line("name", factOf(bundle, "name", text)),
      ...(file === null
        ? []
        : [line("size", file.size), line("sha256", withoutPrefix(file.sha256)), line("sm3", withoutPrefix(file.sm3))]),
      line("cid", escapeInvisible(record.cid) || text.unknown),
      line("encoding", record.encoding),
    ]),
    section(text.section.carrier, [
      line("anchoredBy", anchor.sender),
      indented(isRegistryTrusted ? text.medium.registry : text.medium.unknownRegistry),
      ...(carriesFile(record.kind) ? [indented(text.medium.file)] : []),
    ]),
    section(text.section.data, [
      line("signature", bundle.signature),
      line("position", `${path.index + 1} / ${path.size}`),
      ...(isVerified ? [line("root", verdict.root)] : []),
      line("transactionIndex", anchor.transactionIndex),
    ]),
    section(text.section.content, aboutContent(bundle, writer)),
    section(text.section.custody, [
      ...custody.flatMap(({ at: when, action, note, actor }) => [
        indented([at(when), action, actor].join("  ")),
        ...(note === "" ? [] : [`  > ${quoted(note)}`]),
      ]),
      ...(custody.length === 0 ? [] : [indented(text.custody)]),
    ]),
  ];
}

/** Who signed, where and about what: the first thing that a reader must know. */
function aboutSubject(bundle: EvidenceBundle, { subject, verdict }: Verification, { text, line, at, status }: Writer) {
  if (subject === null) return [];
  const { signer, chainId, registry, dealId, sha256: digest, anchorBlock, beaconBlock } = subject;
  const { supersedes } = bundle.record;
  return [
    line("submitter", signer.address),
    line("role", roleText(subject, text)),
    line("account", signer.account),
    line("chain", chainId),
    line("registry", registry),
    line("case", dealId ?? text.undisclosed),
    ...(digest === null ? [] : [line("signedSha256", withoutPrefix(digest))]),
    ...(verdict.status === "verified" ? [line("evidence", verdict.digest)] : []),
    ...(supersedes === zeroHash ? [] : [line("about", supersedes)]),
    ...statusLines(status, text, at).map((one) => line("status", one)),
    line("block", `${anchorBlock.number} ${anchorBlock.hash}`),
    line("beacon", `${beaconBlock.number} ${beaconBlock.hash}`),
  ];
}

/** What the account that signed is in the deal. */
export function roleText({ signer, dealId, terms }: Subject, text: ReportText): string {
  if (signer.role !== null) {
    const role = text.role[signer.role];
    return terms?.source === "bundle" ? text.roleByBundle(role, terms.escrow) : role;
  }
  return dealId === null ? text.roleWithoutDeal : text.roleUnknown;
}

function aboutTime(time: EvidenceTime, { text, line, at }: Writer): string[] {
  const lines = timesIn(time).map(([label, seconds]) => line(label, at(seconds)));
  const isBetween = "existedBy" in time && time.signedAfter !== null;
  return isBetween ? [...lines, indented(text.interval(time.anchoredAt.at - time.signedAfter.at))] : lines;
}

/** The times that a bundle states, in Unix seconds, each named as not confirmed where it is not. */
export function timesIn(time: EvidenceTime): [label: ReportLabel, seconds: number][] {
  if (!("existedBy" in time)) return [];
  const { anchoredAt, signedAfter } = time;
  const times: [ReportLabel, number][] = [
    [anchoredAt.isConfirmed ? "anchoredAt" : "anchoredAtUnconfirmed", anchoredAt.at],
  ];
  if (signedAfter !== null) {
    times.push([signedAfter.isConfirmed ? "signedAfter" : "signedAfterUnconfirmed", signedAfter.at]);
  }
  return times;
}

/** What the submitter states, quoted behind a mark in the gutter, without what is not stated. */
function aboutContent(bundle: EvidenceBundle, { text, line }: Writer): string[] {
  return metaFields
    .filter((field) => field !== "size" && field !== "sm3" && field !== "name")
    .filter((field) => {
      const opening = bundle.openings.meta[field];
      return !("value" in opening) || opening.value !== "";
    })
    .map((field) => line(field, factOf(bundle, field, text)).replace(/^ {2}/, "> "));
}

function factOf({ openings }: EvidenceBundle, field: MetaField, text: ReportText): string {
  const opening = openings.meta[field];
  if (!("value" in opening)) return text.undisclosed;
  return opening.value === "" ? text.unknown : quoted(opening.value);
}

/**
 * Checks as a reader goes through them: the stated facts that agree are one line, and say nothing
 * about facts that were left empty.
 */
export function checksToShow(bundle: EvidenceBundle | null, checks: readonly Check[]) {
  const isFact = ({ id }: Check) => id.startsWith("meta-") && id !== "meta-root";
  const isStated = ({ id }: Check) => {
    const opening = bundle?.openings.meta[id.slice("meta-".length) as MetaField];
    return opening !== undefined && (!("value" in opening) || opening.value !== "");
  };
  const facts = checks.filter((check) => isFact(check) && check.result === "pass" && isStated(check));
  return { facts, others: checks.filter((check) => !isFact(check) || check.result !== "pass") };
}

function aboutChecks({ bundle, checks }: Verification, text: ReportText): string[] {
  const { facts, others } = checksToShow(bundle, checks);
  const names = facts.map(({ id }) => text.check[id]).join(text.listSeparator);
  return [
    ...others.flatMap((check) => aboutCheck(check, text)),
    ...(facts.length === 0 ? [] : [`  [${text.result.pass}] ${text.factsAsSigned}: ${names}`]),
  ];
}

function aboutCheck(check: Check, text: ReportText): string[] {
  const head = `  [${text.result[check.result]}] ${text.check[check.id]}`;
  if (check.result === "not-checked") return [`${head}: ${text.why[check.why]}`];
  const sources = check.sources && sourcesText(check.sources, text);
  if (check.result === "pass") return [sources === undefined ? head : text.bySources(head, sources)];
  const details = [
    [text.label.expected, check.expected],
    [text.label.source, sources],
    [text.label.actual, check.actual],
  ] as const;
  return [
    head,
    ...details.flatMap(([label, value]) => (value === undefined ? [] : [`      ${label}: ${escapeInvisible(value)}`])),
  ];
}

/** Who says which block is on the chain, on one line. */
export function sourcesText(sources: readonly BlockSource[], text: ReportText): string {
  const { blockSource, listSeparator, sourceSeparator } = text;
  return sources
    .map((source) =>
      source.kind === "reader"
        ? blockSource.reader
        : blockSource.headers(
            escapeInvisible(source.name),
            source.nodes.join(listSeparator),
            formatTime(source.collectedAt),
          ),
    )
    .join(sourceSeparator);
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

async function* once(bytes: Uint8Array) {
  yield bytes;
}
