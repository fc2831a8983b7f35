import type { Hex } from "viem";
import type { Determination, Extension, PanelDomain } from "../deal/intents.ts";
import type { Panel } from "../deal/panel.ts";
import type { Row, Section } from "./sections.ts";
import type { Texts } from "./texts.ts";
import { formatAmount, formatTime, readableUnit, type Unit } from "./units.ts";

type Signable = Readonly<{ digest: Hex; domain: PanelDomain; panel: Panel | null }>;

/**
 * A determination with what is known about it: `unit` and `panel` are null where nothing says them.
 */
export type DescribedDetermination = Signable & Readonly<{ determination: Determination; unit: Unit | null }>;

/** An extension of a dispute, the same way. */
export type DescribedExtension = Signable & Readonly<{ extension: Extension }>;

type Words = Pick<Texts, "deal" | "decision" | "units">;

/** What the arbitrators sign, in words, and what follows when enough of them have signed. */
export function decisionSummary(decided: DescribedDetermination | DescribedExtension, texts: Words): Section {
  const { decision: say } = texts;
  return "extension" in decided
    ? { title: say.extension(decided.digest), rows: extensionRows(decided, texts), closing: say.noMoneyMoves }
    : { title: say.determination(decided.digest), rows: determinationRows(decided, texts), closing: say.moneyMoves };
}

function determinationRows({ domain, determination, panel, unit }: DescribedDetermination, texts: Words): Row[] {
  const { decision: say } = texts;
  const money = (amount: bigint) => formatAmount(amount, readableUnit(unit, texts.units));
  const { deal, disputedAt, toBuyer, toSeller, compensation, reasons, evidence, deadline } = determination;
  return [
    [say.deal, deal],
    [say.dispute, say.decidesDispute(formatTime(disputedAt))],
    [say.toBuyer, money(toBuyer)],
    [say.toSeller, say.beforeFee(money(toSeller))],
    [say.compensation, say.fromCoverage(money(compensation))],
    [say.reasons, say.document(reasons)],
    [say.evidence, say.judged(evidence)],
    ...(panel === null
      ? []
      : [[say.executedFrom, say.otherSideAnswers(formatTime(disputedAt + panel.answerWindow))] as const]),
    [say.executedBefore, formatTime(deadline)],
    ...signerRows({ domain, panel }, texts),
  ];
}

function extensionRows({ domain, extension, panel }: DescribedExtension, texts: Words): Row[] {
  const { decision: say } = texts;
  return [
    [say.deal, extension.deal],
    [say.dispute, say.extendsDispute(formatTime(extension.disputedAt))],
    [say.newBackstop, say.arbitratorsDecide(formatTime(extension.until))],
    [say.reasons, say.document(extension.reasons)],
    [say.executedBefore, formatTime(extension.deadline)],
    ...signerRows({ domain, panel }, texts),
  ];
}

function signerRows({ domain, panel }: Pick<Signable, "domain" | "panel">, { decision: say, deal }: Words): Row[] {
  return [
    [say.tribunal, deal.onChain(domain.tribunal, domain.chainId)],
    [
      say.signers,
      panel === null
        ? say.signersOfTerms
        : say.sign(panel.threshold, panel.arbitrators.length, panel.arbitrators.join(", ")),
    ],
  ];
}
