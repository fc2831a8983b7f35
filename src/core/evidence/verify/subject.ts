import type { Address, Hex } from "viem";
import { type DealRole, dealRoleOf } from "../../deal/dealRole.ts";
import { type Panel, panelRules } from "../../deal/panel.ts";
import { dealIdOf, type Terms, termsSchema } from "../../deal/terms.ts";
import type { EvidenceBundle } from "../bundle.ts";
import { all, type Check, notChecked } from "./check.ts";
import type { VerifyOptions } from "./options.ts";

/**
 * The terms of a deal, the escrow that holds it and, where it is known, its panel: the id of the
 * deal is computed from them.
 */
export type KnownDeal = Readonly<{ terms: Terms; escrow: Address; panel?: Panel | null | undefined }>;

/** Who says what where: what a reader must know before any result. As the bundle states it. */
export type Subject = Readonly<{
  signer: Readonly<{
    address: Address;
    account: "key" | "contract";
    /** Null where neither the bundle nor the reader has the terms of the deal. */
    role: DealRole | null;
  }>;
  chainId: number;
  registry: Address;
  /** Null where the deal is not disclosed. */
  dealId: Hex | null;
  /** SHA-256 of the file that the record is about; null for a kind without a file. */
  sha256: Hex | null;
  /**
   * Whose terms tell the role, and the escrow that they are of; null where no role is told. Terms
   * of the `bundle` are those of the deal that was signed, but nothing shows that the deal exists,
   * or that the escrow is the reader's.
   */
  terms: Readonly<{ source: "bundle" | "reader"; escrow: Address }> | null;
  /** The block of the anchor and the earlier one that was signed: both are to be compared. */
  anchorBlock: Readonly<{ number: number; hash: Hex }>;
  beaconBlock: Readonly<{ number: number; hash: Hex }>;
}>;

/**
 * Whether the terms that the bundle holds, and those that the reader has, are those of the deal
 * that the record opens to, and the bundle's panel is the one that the terms name.
 */
export function checkDeal(bundle: EvidenceBundle, { deal }: VerifyOptions): Check {
  const stated = dealIn(bundle);
  const known = [stated, deal].filter((one) => one !== undefined);
  if (known.length === 0) return notChecked("deal", "not-given");
  const { dealId } = bundle.openings.case ?? {};
  if (dealId === undefined) return notChecked("deal", "not-disclosed");
  const { chainId } = bundle.anchor;
  return all("deal", [
    ...known.map(({ terms, escrow }) => [dealId, dealIdOf(terms, { chainId, escrow })] as const),
    ...(stated?.panel == null ? [] : [[stated.terms.rules, panelRules(stated.panel)] as const]),
  ]);
}

/** The deal that the bundle holds, as terms in code. */
function dealIn({ deal }: EvidenceBundle): KnownDeal | undefined {
  return deal === null ? undefined : { ...deal, terms: termsSchema.parse(deal.terms) };
}

/** The role is only told where the case opens to the deal of the terms. */
export function subjectOf(bundle: EvidenceBundle, checks: readonly Check[], options: VerifyOptions): Subject {
  const stated = dealIn(bundle);
  const deal = options.deal ?? stated;
  const panel = options.deal?.panel ?? stated?.panel;
  const { anchor, openings, record, submitter } = bundle;
  const hasPassed = (id: Check["id"]) => checks.some((check) => check.id === id && check.result === "pass");
  const isOfDeal = deal !== undefined && hasPassed("case") && hasPassed("deal");
  return {
    signer: { ...submitter, role: isOfDeal ? dealRoleOf(submitter.address, deal.terms, panel) : null },
    chainId: anchor.chainId,
    registry: anchor.registry,
    dealId: openings.case?.dealId ?? null,
    terms: isOfDeal ? { source: options.deal === undefined ? "bundle" : "reader", escrow: deal.escrow } : null,
    sha256: openings.file?.sha256 ?? null,
    anchorBlock: { number: anchor.blockNumber, hash: anchor.blockHash },
    beaconBlock: { number: record.beaconBlock, hash: record.beaconHash },
  };
}
