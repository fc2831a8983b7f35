import type { Address, Hex } from "viem";
import { type DealRole, dealRoleOf } from "../../deal/dealRole.ts";
import type { Panel } from "../../deal/panel.ts";
import { dealIdOf, type EscrowDomain, type Terms } from "../../deal/terms.ts";
import type { EvidenceBundle } from "../bundle.ts";
import { type Check, compare, notChecked } from "./check.ts";
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
    /** Null where the terms of the deal were not given. */
    role: DealRole | null;
  }>;
  chainId: number;
  registry: Address;
  /** Null where the deal is not disclosed. */
  dealId: Hex | null;
  /** SHA-256 of the file that the record is about; null for a kind without a file. */
  sha256: Hex | null;
  /** The block of the anchor and the earlier one that was signed: both are to be compared. */
  anchorBlock: Readonly<{ number: number; hash: Hex }>;
  beaconBlock: Readonly<{ number: number; hash: Hex }>;
}>;

/** Whether the terms that were given are those of the deal that the bundle names. */
export function checkDeal({ anchor, openings }: EvidenceBundle, { deal }: VerifyOptions): Check {
  if (deal === undefined) return notChecked("deal", "not-given");
  if (openings.case === null) return notChecked("deal", "not-disclosed");
  const domain: EscrowDomain = { chainId: anchor.chainId, escrow: deal.escrow };
  return compare("deal", openings.case.dealId, dealIdOf(deal.terms, domain));
}

/** The role is only told where the case opens to the deal of the terms. */
export function subjectOf(bundle: EvidenceBundle, checks: readonly Check[], { deal }: VerifyOptions): Subject {
  const { anchor, openings, record, submitter } = bundle;
  const hasPassed = (id: Check["id"]) => checks.some((check) => check.id === id && check.result === "pass");
  const isOfDeal = deal !== undefined && hasPassed("case") && hasPassed("deal");
  return {
    signer: { ...submitter, role: isOfDeal ? dealRoleOf(submitter.address, deal.terms, deal.panel) : null },
    chainId: anchor.chainId,
    registry: anchor.registry,
    dealId: openings.case?.dealId ?? null,
    sha256: openings.file?.sha256 ?? null,
    anchorBlock: { number: anchor.blockNumber, hash: anchor.blockHash },
    beaconBlock: { number: record.beaconBlock, hash: record.beaconHash },
  };
}
