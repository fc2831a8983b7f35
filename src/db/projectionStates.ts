import * as z from "zod";
import { deadlineActions, dealStatuses } from "../core/deal/dealTable.ts";
import { address, bytes32 } from "../core/fields.ts";
import { outcomeActions } from "../wire/schemas.ts";

/** Minor units of a token; below zero only in an index that misses events. */
const units = z
  .string()
  .regex(/^-?[0-9]+$/)
  .transform(BigInt);
const whole = z.int();
const dealStatus = z.enum(dealStatuses);

const dealOutcome = z.object({
  by: z.enum(outcomeActions),
  toBuyer: units,
  /** Before the marketplace's fee. */
  toSeller: units,
  compensation: units,
  shortfall: units,
  /** Digest of the tribunal's reasons and root of the evidence that it judged, when one awarded. */
  reasons: bytes32.nullable(),
  evidence: bytes32.nullable(),
  at: whole,
  txHash: bytes32,
});

const deal = z.object({
  dealId: bytes32,
  status: dealStatus,
  held: units,
  /**
   * The stage of a disputed deal, which moves on while the parties perform; `none` without a
   * dispute.
   */
  disputedFrom: dealStatus,
  /** End of the running inspection, tail or backstop; 0 where the terms state the clock. */
  until: whole,
  disputedAt: whole,
  fundedAt: whole,
  fundingTx: bytes32,
  tracking: bytes32.nullable(),
  proof: bytes32.nullable(),
  statement: bytes32.nullable(),
  disputedBy: address.nullable(),
  refunded: units,
  outcome: dealOutcome.nullable(),
  /** What anyone may do once time allows it, and from when; null when nothing is left to do. */
  next: z.object({ action: z.enum(deadlineActions), at: whole }).nullable(),
});

const bond = z.object({ seller: address, token: address, balance: units, reserved: units, unlockAt: whole });

const credit = z.object({ owner: address, token: address, amount: units });

const anchor = z.object({
  sender: address,
  root: bytes32,
  /** Leaves, up to 2^64 - 1; older rows have a JSON number. */
  count: z.coerce.bigint(),
  anchoredAt: whole,
  batch: whole,
  blockNumber: whole,
  blockHash: bytes32,
  txHash: bytes32,
});

/** How a deal's money left, in minor units of its token. */
export type DealOutcome = Readonly<z.output<typeof dealOutcome>>;

/**
 * A deal as the chain's events tell it, without its terms. Amounts in minor units of its token,
 * times in Unix seconds.
 */
export type DealProjection = Readonly<z.output<typeof deal>>;

/** A seller's bond in one token. Amounts in minor units, `unlockAt` in Unix seconds. */
export type BondProjection = Readonly<z.output<typeof bond>>;

/** What the escrow owes an account in one token, in minor units. */
export type CreditProjection = Readonly<z.output<typeof credit>>;

/** A root in the registry, with the block that holds it. `anchoredAt` is in Unix seconds. */
export type AnchorProjection = Readonly<z.output<typeof anchor>>;

/** What each kind of projection says. */
export type ProjectionStates = {
  deal: DealProjection;
  bond: BondProjection;
  credit: CreditProjection;
  anchor: AnchorProjection;
};

/** The kinds of projections. */
export type ProjectionKind = keyof ProjectionStates;

const schemas: { readonly [K in ProjectionKind]: z.ZodType<ProjectionStates[K]> } = { deal, bond, credit, anchor };

/** The state of a projection out of its JSON column. */
export function parseState<K extends ProjectionKind>(kind: K, json: unknown): ProjectionStates[K] {
  return schemas[kind].parse(json);
}
