import type { Hex } from "viem";
import type { MetaField } from "../../core/evidence/record.ts";
import { type DescribedDeal, dealSummary } from "../../core/text/dealSummary.ts";
import type { Language } from "../../core/text/language.ts";
import { quoted } from "../../core/text/quoted.ts";
import { roleText } from "../../core/text/reportContent.ts";
import type { Texts } from "../../core/text/texts.ts";
import { formatAmount, formatTime, formatTimes, readableUnit } from "../../core/text/units.ts";
import type { DealView, EvidenceView } from "../../sdk/client.ts";
import type { Exhibit } from "./exhibits.ts";
import { facts, paragraph, part, steps, table, wholePage } from "./markup.ts";

/** What a dossier is made of. */
export type Dossier = Readonly<{
  deal: DescribedDeal;
  view: DealView;
  exhibits: readonly Exhibit[];
  /** Filed under the deal, but not among the exhibits. */
  missing: readonly EvidenceView[];
  /** Unix seconds. */
  madeAt: number;
  timeZone: string;
  /** Name and version of the program. */
  tool: string;
  /** The relayer that told the state of the deal: host and port. */
  source: string;
}>;

/** The summary as a page to read and print: no program in it, nothing loaded. */
export function dossierPage(dossier: Dossier, { language, texts }: { language: Language; texts: Texts }): string {
  const { deal, view, exhibits, missing, madeAt, timeZone, tool, source } = dossier;
  const { dossier: say } = texts;
  const { parts, column } = say;
  return wholePage(
    { title: say.title(deal.id), lang: language === "zh" ? "zh-CN" : "en" },
    facts([
      [say.madeAt, formatTimes(madeAt, timeZone)],
      [say.madeBy, tool],
      [say.source, source],
    ]),
    paragraph(say.notice, "notice"),
    part(
      2,
      parts.deal,
      ...dealSummary(deal, texts).map(({ title, rows, closing }) =>
        part(3, title, facts(rows), ...(closing === undefined ? [] : [paragraph(closing)])),
      ),
    ),
    part(2, parts.money, facts(moneyRows(view, deal, texts))),
    part(
      2,
      parts.catalogue,
      exhibits.length === 0
        ? paragraph(say.nothingInside)
        : table(
            [
              column.number,
              column.name,
              column.purpose,
              column.source,
              column.captured,
              column.anchored,
              column.result,
              column.file,
            ],
            exhibits.map((exhibit) => catalogueRow(exhibit, texts)),
          ),
    ),
    part(
      2,
      parts.chronology,
      table(
        [column.time, column.event, column.basis],
        eventsOf(dossier, texts).map(({ at, event, basis }) => [formatTimes(at, timeZone), event, basis]),
      ),
    ),
    part(
      2,
      parts.missing,
      missing.length === 0
        ? paragraph(say.nothingMissing)
        : facts(
            missing.map(({ digest, kind, submitter, role, receipt }) => [
              digest,
              [
                texts.command.evidenceList.kind[kind],
                role === null ? submitter : texts.command.evidenceList.withRole(submitter, texts.report.role[role]),
                formatTime(receipt.receivedAt),
              ].join(texts.report.listSeparator),
            ]),
          ),
    ),
    part(2, parts.check, steps(say.steps)),
  );
}

function moneyRows(view: DealView, { unit, domain }: DescribedDeal, texts: Texts) {
  const { dossier: say, deal: words } = texts;
  const { outcome, amounts, asOf } = view;
  const readable = readableUnit(unit, texts.units);
  const money = (amount: bigint) => formatAmount(amount, readable);
  const rows: [string, string][] = [
    [words.escrow, words.onChain(domain.escrow, domain.chainId)],
    [say.state, `${words.status[view.status]} (${say.asOf} ${formatTime(asOf)})`],
    [say.held, money(amounts.held)],
  ];
  if (outcome === null) return [...rows, [say.endedBy, say.notEnded]] as const;
  return [
    ...rows,
    [say.endedBy, `${words.endedBy[outcome.by]}, ${formatTime(outcome.at)}`],
    [say.toBuyer, money(outcome.toBuyer)],
    [say.toSeller, money(outcome.toSeller)],
    [say.compensation, money(outcome.compensation)],
    [say.owed, outcome.shortfall === 0n ? say.nothingOwed : money(outcome.shortfall)],
    [say.transaction, outcome.txHash],
    ...digestRow(say.reasons, outcome.reasons),
    ...digestRow(say.judged, outcome.evidence),
  ] as const;
}

function digestRow(label: string, digest: Hex | null): [string, string][] {
  return digest === null ? [] : [[label, digest]];
}

function catalogueRow({ number, name, paths, verification }: Exhibit, texts: Texts): string[] {
  const { dossier: say, report } = texts;
  const { subject, time, verdict } = verification;
  const stated = (field: MetaField) => {
    const opening = verification.bundle?.openings.meta[field];
    if (opening === undefined) return report.unknown;
    if (!("value" in opening)) return report.undisclosed;
    return opening.value === "" ? report.unknown : quoted(opening.value);
  };
  return [
    String(number),
    stated("name"),
    stated("purpose"),
    subject === null ? report.unknown : `${subject.signer.address}: ${roleText(subject, report)}`,
    stated("capturedAt"),
    "existedBy" in time ? `${formatTime(time.existedBy)} (${report.time[time.status]})` : report.time[time.status],
    report.verdict[verdict.status],
    paths.file === undefined ? say.noFile : `evidence/${name}`,
  ];
}

type Event = Readonly<{ at: number; event: string; basis: string }>;

/** What happened, in the order of the times, each with what it rests on. */
function eventsOf({ view, exhibits, missing }: Dossier, texts: Texts): readonly Event[] {
  const { dossier: say, deal: words } = texts;
  const { event, basis } = say;
  const { fundedAt, disputedAt, outcome } = view;
  return [
    ...(fundedAt === null ? [] : [{ at: fundedAt, event: event.funded, basis: basis.block }]),
    ...(disputedAt === 0 ? [] : [{ at: disputedAt, event: event.disputed, basis: basis.block }]),
    ...(outcome === null
      ? []
      : [{ at: outcome.at, event: event.ended(words.endedBy[outcome.by]), basis: basis.block }]),
    ...missing.map(({ digest, receipt }) => ({
      at: receipt.receivedAt,
      event: event.received(digest),
      basis: basis.relayer,
    })),
    ...exhibits.flatMap(({ number, verification: { time } }) => {
      if (!("existedBy" in time)) return [];
      const basisOf = (isConfirmed: boolean) => (isConfirmed ? basis.bundleConfirmed : basis.bundleStated);
      const { signedAfter, anchoredAt } = time;
      return [
        ...(signedAfter === null
          ? []
          : [{ at: signedAfter.at, event: event.signed(number), basis: basisOf(signedAfter.isConfirmed) }]),
        { at: anchoredAt.at, event: event.anchored(number), basis: basisOf(anchoredAt.isConfirmed) },
      ];
    }),
  ].sort((one, other) => one.at - other.at);
}
