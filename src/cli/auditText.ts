import type { ShownAnchor } from "../core/evidence/verify/promiseStatus.ts";
import { escapeInvisible } from "../core/text/escapeInvisible.ts";
import type { Texts } from "../core/text/texts.ts";
import { formatTime } from "../core/text/units.ts";
import type { AuditedPromise } from "./auditPromises.ts";
import { filingSuffix } from "./pendingFiling.ts";

/** What a party can do next about a promise, as codes that programs match on. */
type NextStep =
  | "confirm-block"
  | "hold-relayer"
  | "anchor-again"
  | "file-again"
  | "wait"
  | "ask-relayer"
  | "ask-other-relayer"
  | "ask-again"
  | "add-again"
  | "look-at-file"
  | "verify";

const nextOfOpen = {
  "not-due": "wait",
  "not-asked": "ask-relayer",
  "other-relayer-asked": "ask-other-relayer",
  "no-answer": "ask-again",
  "not-settled": "ask-again",
  "promise-not-signed": "look-at-file",
  "anchor-not-proven": "verify",
  "chain-unknown": "ask-relayer",
  unreadable: "look-at-file",
} as const;

/** What to do next, in order; nothing where a promise was kept and confirmed. */
function nextSteps({ file, outcome, record }: AuditedPromise, now: number): NextStep[] {
  switch (outcome.status) {
    case "kept":
      return outcome.anchor.isConfirmed ? [] : ["confirm-block"];
    case "broken":
      if (outcome.why === "anchored-late") {
        return outcome.anchor.isConfirmed ? ["hold-relayer"] : ["confirm-block", "hold-relayer"];
      }
      return ["hold-relayer", record !== null && now < record.deadline ? "anchor-again" : "file-again"];
    case "unknown":
      return [nextOfOpen[outcome.why]];
    case "none":
      return file.endsWith(filingSuffix) ? ["add-again"] : [];
  }
}

type Status = AuditedPromise["outcome"]["status"];

function countsOf(audited: readonly AuditedPromise[]): Readonly<Record<Status, number>> {
  const count = (status: Status) => audited.filter(({ outcome }) => outcome.status === status).length;
  return { kept: count("kept"), broken: count("broken"), unknown: count("unknown"), none: count("none") };
}

/** What programs read of an audit. Times in Unix seconds. */
export function auditJson(audited: readonly AuditedPromise[], now: number): object {
  const promises = audited.map((one) => ({
    file: one.file,
    ...one.outcome,
    promise: one.promise,
    record: one.record,
    next: nextSteps(one, now),
    update: one.update,
  }));
  return { now, counts: countsOf(audited), promises };
}

type Showing = Readonly<{ now: number; texts: Texts; isAsked: boolean }>;

/** A table of all, then each with what it rests on and what to do next. */
export function auditText(audited: readonly AuditedPromise[], { now, texts, isAsked }: Showing): string {
  const words = texts.command.evidenceAudit;
  const { kept, broken, unknown, none } = countsOf(audited);
  const table = audited.map((one) =>
    [words.status[one.outcome.status], ...timeOf(one, texts), escapeInvisible(one.file)].join("  |  "),
  );
  return [
    table.join("\n"),
    words.counts(kept, broken, unknown, none),
    ...audited.map((one) =>
      [`${words.status[one.outcome.status]}  ${escapeInvisible(one.file)}`, ...lines(one)].join("\n"),
    ),
    ...(isAsked ? [] : [words.offline]),
  ].join("\n\n");

  function lines(one: AuditedPromise): string[] {
    const { outcome, promise, record, update } = one;
    return [
      ...(promise === null
        ? []
        : [words.promised(promise.relayer, formatTime(promise.receivedAt), formatTime(promise.anchorBy))]),
      ...("anchor" in outcome ? [anchorLine(outcome.anchor, texts)] : []),
      ...("why" in outcome ? [words.why[outcome.why]] : []),
      ...(outcome.status === "none" ? [words.noPromise] : []),
      ...(update.isSaved ? [words.saved(escapeInvisible(one.file))] : []),
      ...(update.timestampsAdded === 0 ? [] : [words.timestampsAdded(update.timestampsAdded)]),
      ...(update.timestampsRefused === 0 ? [] : [words.timestampsRefused(update.timestampsRefused)]),
      ...(update.problem === null ? [] : [problemLine(update.problem, texts)]),
      ...nextSteps(one, now).map((step) => {
        const relayer = promise?.relayer ?? "";
        const place = { leaf: record?.leaf ?? "", deadline: formatTime(record?.deadline ?? 0) };
        const { chainId = 0, registry = "" } = record?.domain ?? {};
        return words.next[step]({ relayer, file: escapeInvisible(one.file), ...place, chainId, registry });
      }),
      ...(outcome.status === "broken" ? [words.moneyUntouched] : []),
    ].map((line) => `  ${line}`);
  }
}

/** When it was anchored, else by when it was to be. */
function timeOf({ outcome, promise }: AuditedPromise, texts: Texts): string[] {
  const words = texts.command.evidenceAudit;
  if ("anchor" in outcome) {
    const { at, isConfirmed } = outcome.anchor;
    return [words.anchored(formatTime(at)), texts.report.time[isConfirmed ? "confirmed" : "stated"]];
  }
  return promise === null ? [] : [words.due(formatTime(promise.anchorBy))];
}

function anchorLine({ at, block, isConfirmed }: ShownAnchor, { command: { evidenceAudit }, report }: Texts): string {
  return evidenceAudit.anchoredIn(
    formatTime(at),
    block.number,
    block.hash,
    report.time[isConfirmed ? "confirmed" : "stated"],
  );
}

function problemLine(
  problem: NonNullable<AuditedPromise["update"]["problem"]>,
  { command: { evidenceAudit } }: Texts,
): string {
  if (problem === "bundle-changed" || problem === "bundle-unproven") return evidenceAudit.problem[problem];
  return evidenceAudit.notAsked(problem);
}
