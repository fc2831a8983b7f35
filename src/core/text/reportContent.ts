import { zeroHash } from "viem";
import type { EvidenceBundle } from "../evidence/bundle.ts";
import { carriesFile, type MetaField, metaFields } from "../evidence/record.ts";
import type { BlockSource, Check } from "../evidence/verify/check.ts";
import { isAboutTimeOnly, isFileAltered, type Verdict } from "../evidence/verify/conclude.ts";
import type { RecordStatus } from "../evidence/verify/recordStatus.ts";
import type { Subject } from "../evidence/verify/subject.ts";
import type { EvidenceTime } from "../evidence/verify/time.ts";
import type { Verification } from "../evidence/verify/verifyBundle.ts";
import type { report as en } from "./en/report.ts";
import { escapeInvisible } from "./escapeInvisible.ts";
import type { Translated } from "./language.ts";
import { quoted } from "./quoted.ts";
import { statusLines } from "./statusLines.ts";
import { formatTime } from "./units.ts";
import { witnessLines } from "./witnesses.ts";

/** Every word of the report in one language. */
export type ReportText = Translated<typeof en>;
/** Names of single facts in the report. */
type ReportLabel = keyof ReportText["label"];

/** A named fact of the report. */
export type ReportFact = Readonly<{ label: string; value: string }>;

/**
 * A line of the report: a named fact, a sentence, or a check with what it found. What a party wrote
 * is `isQuoted`, and is shown so that nobody takes it for the report's own words.
 */
export type ReportRow =
  | (ReportFact & Readonly<{ isQuoted?: boolean }>)
  | Readonly<{ sentence: string; isQuoted?: boolean }>
  | Readonly<{ result: Check["result"]; check: string; details: readonly ReportFact[] }>;

/** A part of the report under its title. */
export type ReportSection = Readonly<{ id: keyof ReportText["section"]; title: string; rows: readonly ReportRow[] }>;

/** How a report is written: its words, a time in Unix seconds, the digests of the bundle. */
export type ReportWriter = Readonly<{
  text: ReportText;
  at: (seconds: number) => string;
  tool: string;
  bundle: Readonly<{ sha256: string; sm3: string }>;
  status: RecordStatus | undefined;
}>;

/** Both answers with their meaning; a file is blamed only where it is to blame. */
export function statementOf(verification: Verification, text: ReportText): readonly string[] {
  const { verdict, time } = verification;
  const isBlameOpen = verdict.status === "refuted" && !isAboutTimeOnly(verdict) && !isFileAltered(verification);
  return [
    text.verdict[verdict.status],
    meaningOf(verdict, text),
    ...(isBlameOpen ? [text.fileNotBlamed] : []),
    `${text.label.time}: ${text.time[time.status]}`,
    text.timeMeaning[time.status],
  ];
}

/** What a verdict says, in one or two sentences: nothing about a file where the record has none. */
export function meaningOf(verdict: Verdict, text: ReportText): string {
  if (verdict.status === "verified" && !carriesFile(verdict.kind)) return text.meaningWithoutFile;
  if (verdict.status === "unverifiable" && verdict.why === "record-without-file") return text.recordWithoutFile;
  if (isAboutTimeOnly(verdict)) return text.anchorContradicted;
  return text.meaning[verdict.status];
}

/** The sections of the report from the tool to the signature, in their order. */
export function sectionsOf(verification: Verification, writer: ReportWriter): readonly ReportSection[] {
  const { text, tool, bundle } = writer;
  const fact = factIn(text);
  return [
    {
      id: "report",
      title: text.section.report,
      rows: [
        fact("tool", tool),
        fact("bundle", withoutPrefix(bundle.sha256)),
        fact("bundleSm3", withoutPrefix(bundle.sm3)),
        ...(verification.bundle === null ? [{ sentence: text.notRead }] : []),
      ],
    },
    ...(verification.bundle === null ? [] : aboutBundle(verification.bundle, verification, writer)),
    { id: "checks", title: text.section.checks, rows: aboutChecks(verification, text) },
    { id: "limits", title: text.section.limits, rows: sentences(text.limits) },
    { id: "repeat", title: text.section.repeat, rows: sentences(text.repeat) },
    { id: "law", title: text.section.law, rows: sentences(text.law) },
    ...certificateOf(verification, text),
    {
      id: "signature",
      title: text.section.signature,
      rows: [fact("signedBy", "____________________"), fact("signedOn", "____________________")],
    },
  ];
}

/** A draft to be signed by whoever computed the digest: only where it was computed and agrees. */
function certificateOf({ verdict, file }: Verification, text: ReportText): ReportSection[] {
  if (verdict.status !== "verified" || file === null) return [];
  const result = text.verdict[verdict.status];
  return [
    {
      id: "certificate",
      title: text.section.certificate,
      rows: sentences(text.certificate(withoutPrefix(file.sha256), result)),
    },
  ];
}

function aboutBundle(bundle: EvidenceBundle, verification: Verification, writer: ReportWriter): ReportSection[] {
  const { text, at } = writer;
  const fact = factIn(text);
  const { verdict, file, checks } = verification;
  const { anchor, custody, path, record } = bundle;
  const isVerified = verdict.status === "verified";
  const isRegistryTrusted = checks.some(({ id, result }) => id === "deployment" && result === "pass");
  return [
    { id: "subject", title: text.section.subject, rows: aboutSubject(bundle, verification, writer) },
    {
      id: "times",
      title: text.section.times,
      rows: [
        fact("time", text.time[verification.time.status]),
        ...(verdict.status === "refuted" ? [] : aboutTime(verification.time, writer)),
        ...sentences(witnessLines(verification, text, at)),
        fact("deadline", at(record.deadline)),
      ],
    },
    {
      id: "file",
      title: text.section.file,
      rows: [
        fact("kind", record.kind),
        fact("name", statedValue(bundle, "name", text)),
        ...(file === null
          ? []
          : [
              fact("size", file.size),
              fact("sha256", withoutPrefix(file.sha256)),
              fact("sm3", withoutPrefix(file.sm3)),
            ]),
        fact("cid", escapeInvisible(record.cid) || text.unknown),
        fact("encoding", record.encoding),
      ],
    },
    {
      id: "carrier",
      title: text.section.carrier,
      rows: [
        fact("anchoredBy", anchor.sender),
        { sentence: isRegistryTrusted ? text.medium.registry : text.medium.unknownRegistry },
        ...(carriesFile(record.kind) ? [{ sentence: text.medium.file }] : []),
      ],
    },
    {
      id: "data",
      title: text.section.data,
      rows: [
        fact("signature", bundle.signature),
        fact("position", `${path.index + 1} / ${path.size}`),
        ...(isVerified ? [fact("root", verdict.root)] : []),
        fact("transactionIndex", anchor.transactionIndex),
      ],
    },
    { id: "content", title: text.section.content, rows: aboutContent(bundle, text) },
    {
      id: "custody",
      title: text.section.custody,
      rows: [
        ...custody.flatMap(({ at: when, action, note, actor }) => [
          { sentence: [at(when), action, actor].join("  ") },
          ...(note === "" ? [] : [{ sentence: quoted(note), isQuoted: true }]),
        ]),
        ...(custody.length === 0 ? [] : [{ sentence: text.custody }]),
      ],
    },
  ];
}

/** Who signed, where and about what: the first thing that a reader must know. */
function aboutSubject(
  bundle: EvidenceBundle,
  { subject, verdict }: Verification,
  { text, at, status }: ReportWriter,
): ReportFact[] {
  if (subject === null) return [];
  const fact = factIn(text);
  const { signer, chainId, registry, dealId, sha256: digest, anchorBlock, beaconBlock } = subject;
  const { supersedes } = bundle.record;
  return [
    fact("submitter", signer.address),
    fact("role", roleText(subject, text)),
    fact("account", signer.account),
    fact("chain", chainId),
    fact("registry", registry),
    fact("case", dealId ?? text.undisclosed),
    ...(digest === null ? [] : [fact("signedSha256", withoutPrefix(digest))]),
    ...(verdict.status === "verified" ? [fact("evidence", verdict.digest)] : []),
    ...(supersedes === zeroHash ? [] : [fact("about", supersedes)]),
    ...statusLines(status, text, at).map((line) => fact("status", line)),
    fact("block", `${anchorBlock.number} ${anchorBlock.hash}`),
    fact("beacon", `${beaconBlock.number} ${beaconBlock.hash}`),
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

function aboutTime(time: EvidenceTime, { text, at }: ReportWriter): ReportRow[] {
  const facts = timesIn(time).map(([label, seconds]) => factIn(text)(label, at(seconds)));
  const isBetween = "existedBy" in time && time.signedAfter !== null;
  return isBetween ? [...facts, { sentence: text.interval(time.anchoredAt.at - time.signedAfter.at) }] : facts;
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

/** What the submitter states, without what is not stated. */
function aboutContent(bundle: EvidenceBundle, text: ReportText): ReportRow[] {
  return metaFields
    .filter((field) => field !== "size" && field !== "sm3" && field !== "name")
    .filter((field) => {
      const opening = bundle.openings.meta[field];
      return !("value" in opening) || opening.value !== "";
    })
    .map((field) => ({ ...factIn(text)(field, statedValue(bundle, field, text)), isQuoted: true }));
}

function statedValue({ openings }: EvidenceBundle, field: MetaField, text: ReportText): string {
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

function aboutChecks({ bundle, checks }: Verification, text: ReportText): ReportRow[] {
  const { facts, others } = checksToShow(bundle, checks);
  const names = facts.map(({ id }) => text.check[id]).join(text.listSeparator);
  return [
    ...others.map((check) => aboutCheck(check, text)),
    ...(facts.length === 0 ? [] : [{ result: "pass" as const, check: `${text.factsAsSigned}: ${names}`, details: [] }]),
  ];
}

function aboutCheck(check: Check, text: ReportText): ReportRow {
  const { result } = check;
  const name = text.check[check.id];
  if (check.result === "not-checked") return { result, check: `${name}: ${text.why[check.why]}`, details: [] };
  const sources = check.sources && sourcesText(check.sources, text);
  if (check.result === "pass") {
    return { result, check: sources === undefined ? name : text.bySources(name, sources), details: [] };
  }
  const details = [
    [text.label.expected, check.expected],
    [text.label.source, sources],
    [text.label.actual, check.actual],
  ] as const;
  return {
    result,
    check: name,
    details: details.flatMap(([label, value]) =>
      value === undefined ? [] : [{ label, value: escapeInvisible(value) }],
    ),
  };
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

function factIn(text: ReportText) {
  return (label: ReportLabel, value: string | number): ReportFact => ({
    label: text.label[label],
    value: String(value),
  });
}

function sentences(texts: readonly string[]): ReportRow[] {
  return texts.map((sentence) => ({ sentence }));
}

/** Without the prefix that only programmers know. */
function withoutPrefix(hex: string) {
  return hex.replace(/^0x/, "");
}
