import type { Address, Hex } from "viem";
import { type DealAction, type DealStatus, nextDeadline } from "../core/deals.ts";
import { ProtocolError } from "../core/errors.ts";
import { type Terms, type TermsJson, termsSchema, termsToJson } from "../core/terms.ts";
import { unpackTerms } from "../core/termsCodec.ts";
import type { StoredEvent } from "../store/events.ts";

/** How a deal's money left, in minor units of its token. */
export type DealOutcome = Readonly<{
  by: "release" | "refund" | "expire" | "lapse" | "settle" | "award";
  toBuyer: string;
  /** Before the marketplace's fee. */
  toSeller: string;
  compensation: string;
  shortfall: string;
  /** Digest of the tribunal's reasons, when one awarded. */
  reasons: Hex | null;
  at: number;
  txHash: Hex;
}>;

/** A deal as the chain's events tell it. Amounts are decimal strings, times Unix seconds. */
export type DealProjection = Readonly<{
  dealId: Hex;
  terms: TermsJson;
  status: DealStatus;
  held: string;
  /** End of the running inspection, tail or backstop; 0 where the terms state the clock. */
  until: number;
  fundedAt: number;
  fundingTx: Hex;
  tracking: Hex | null;
  proof: Hex | null;
  statement: Hex | null;
  disputedBy: Address | null;
  refunded: string;
  outcome: DealOutcome | null;
  /** What anyone may do once time allows it, and from when; null when nothing is left to do. */
  next: Readonly<{ action: DealAction; at: number }> | null;
}>;

export type BondProjection = Readonly<{
  seller: Address;
  token: Address;
  balance: string;
  reserved: string;
  unlockAt: number;
}>;

export type CreditProjection = Readonly<{ owner: Address; token: Address; amount: string }>;

export type AnchorProjection = Readonly<{
  sender: Address;
  root: Hex;
  count: number;
  anchoredAt: number;
  batch: number;
  blockNumber: number;
  blockHash: Hex;
  txHash: Hex;
}>;

export type DeterminationProjection = Readonly<{
  dealId: Hex;
  evidence: Hex;
  signers: string;
  at: number;
  txHash: Hex;
}>;

export type ProjectionKinds = {
  deal: DealProjection;
  bond: BondProjection;
  credit: CreditProjection;
  anchor: AnchorProjection;
  determination: DeterminationProjection;
};

export type ProjectionKind = keyof ProjectionKinds;

export type Projection = {
  [K in ProjectionKind]: Readonly<{
    kind: K;
    key: string;
    state: ProjectionKinds[K];
    parties: readonly string[];
    status: string | null;
    dueAt: number | null;
    blockNumber: number;
  }>;
}[ProjectionKind];

/** Names one projection: `kind:key`. */
export type Subject = `${ProjectionKind}:${string}`;

export const bondKey = (seller: string, token: string) => `${seller}/${token}`.toLowerCase();
export const creditKey = (owner: string, token: string) => `${owner}/${token}`.toLowerCase();
export const anchorKey = (sender: string, root: string) => `${sender}/${root}`.toLowerCase();

// Bits that the contract does not read may be anything in the event, but not in the terms (`contracts/types/Terms.sol`).
const readMasks: Readonly<Record<number, bigint>> = { 3: 56n, 4: 16n, 5: 56n, 6: 96n };

const termsOfEvent = (words: readonly Hex[]): Terms => {
  const canonical = words.map((word, i) => {
    const unread = readMasks[i] ?? 0n;
    let value = (BigInt(word) >> unread) << unread;
    if (i === 3 && (value >> 56n) % 256n > 1n) value = ((value >> 64n) << 64n) | (1n << 56n);
    return `0x${value.toString(16).padStart(64, "0")}` as Hex;
  });
  return unpackTerms({ words: canonical });
};

type Args = Readonly<Record<string, string>>;
const argsOf = (event: StoredEvent) => event.args as Args;

/** The terms that a funding event carries. */
export const fundedTerms = (event: Pick<StoredEvent, "args">): Terms =>
  termsOfEvent((event.args as { terms: { words: readonly Hex[] } }).terms.words);

type BondChange = Readonly<{ balance: bigint; reserved: bigint; unlockAt?: number }>;

/** What an event of a deal does to the seller's bond: nothing, a reservation, or its end with what was paid out of it. */
const bondChangeOf = (event: StoredEvent, coverage: bigint): BondChange | undefined => {
  const args = argsOf(event);
  const ended = (compensation = "0") => ({ balance: -BigInt(compensation), reserved: -coverage });
  switch (event.name) {
    case "BondPosted":
      return { balance: BigInt(args.amount!), reserved: 0n };
    case "BondWithdrawn":
      return { balance: -BigInt(args.amount!), reserved: 0n };
    case "BondWithdrawalRequested":
      return { balance: 0n, reserved: 0n, unlockAt: Number(args.unlockAt) };
    case "DealFunded":
      return { balance: 0n, reserved: coverage };
    case "DealReleased":
      return args.tailUntil === "0" ? ended() : undefined;
    case "DealRefunded":
      return args.remaining === "0" ? ended(args.compensation) : undefined;
    case "DealExpired":
    case "DealSettled":
    case "DealAwarded":
      return ended(args.compensation);
    case "DealLapsed":
    case "DealClosed":
      return ended();
    default:
      return undefined;
  }
};

/** Everything that an event changes. `terms` are those of the deal that it names, if it names one. */
export const subjectsOf = (event: StoredEvent, terms: Terms | undefined): Subject[] => {
  const args = argsOf(event);
  switch (event.name) {
    case "BondPosted":
    case "BondWithdrawn":
    case "BondWithdrawalRequested":
      return [`bond:${bondKey(args.seller!, args.token!)}`];
    case "CreditAdded":
    case "CreditWithdrawn":
      return [`credit:${creditKey(args.owner!, args.token!)}`];
    case "Anchored":
      return [`anchor:${anchorKey(args.sender!, args.root!)}`];
    case "Determined":
      return [`determination:${args.deal!}`];
    default: {
      if (event.dealId === null || terms === undefined) return [];
      const touchesBond = terms.coverage > 0n && bondChangeOf(event, terms.coverage) !== undefined;
      const bond = `bond:${bondKey(terms.seller, terms.token)}` as const;
      return [`deal:${event.dealId}`, ...(touchesBond ? [bond] : [])];
    }
  }
};

type Context = Readonly<{ terms: Terms | undefined }>;

/** The projection after an event; pure, and the only place where projections come from. */
export const fold = (
  subject: Subject,
  state: Projection | undefined,
  event: StoredEvent & Context,
): Projection | undefined => {
  const colon = subject.indexOf(":");
  const kind = subject.slice(0, colon) as ProjectionKind;
  const key = subject.slice(colon + 1);
  switch (kind) {
    case "deal":
      return foldDeal(key as Hex, state?.state as DealProjection | undefined, event);
    case "bond":
      return foldBond(key, state?.state as BondProjection | undefined, event);
    case "credit":
      return foldCredit(key, state?.state as CreditProjection | undefined, event);
    case "anchor":
      return foldAnchor(key, event);
    case "determination":
      return foldDetermination(key as Hex, event);
  }
};

const foldDeal = (dealId: Hex, before: DealProjection | undefined, event: StoredEvent & Context): Projection => {
  const terms = event.terms;
  if (terms === undefined || (before === undefined && event.name !== "DealFunded")) {
    throw new ProtocolError("index-incomplete", { dealId, event: event.name });
  }
  const changed = { ...(before ?? fundedDeal(dealId, terms, event)), ...dealChange(event, before) };
  const state = { status: changed.status, held: BigInt(changed.held), until: changed.until };
  const deal: DealProjection = { ...changed, next: nextDeadline(state, terms) ?? null };
  const parties = [terms.buyer, terms.seller, terms.marketplace, terms.attestor].map((party) => party.toLowerCase());
  return {
    kind: "deal",
    key: dealId,
    state: deal,
    parties: [...new Set(parties)],
    status: deal.status,
    dueAt: deal.next?.at ?? null,
    blockNumber: event.blockNumber,
  };
};

const fundedDeal = (dealId: Hex, terms: Terms, event: StoredEvent): DealProjection => ({
  dealId,
  terms: termsToJson(terms),
  status: terms.deposit === terms.price ? "funded" : "deposited",
  held: terms.deposit.toString(),
  until: 0,
  fundedAt: event.timestamp,
  fundingTx: event.txHash,
  tracking: null,
  proof: null,
  statement: null,
  disputedBy: null,
  refunded: "0",
  outcome: null,
  next: null,
});

const dealChange = (event: StoredEvent, before: DealProjection | undefined): Partial<DealProjection> => {
  const args = argsOf(event);
  const outcome = (by: DealOutcome["by"], amounts: Partial<DealOutcome>): DealOutcome => ({
    by,
    toBuyer: "0",
    toSeller: "0",
    compensation: "0",
    shortfall: "0",
    reasons: null,
    at: event.timestamp,
    txHash: event.txHash,
    ...amounts,
  });
  const ended = (by: DealOutcome["by"], amounts: Partial<DealOutcome>): Partial<DealProjection> => ({
    status: "closed",
    held: "0",
    until: 0,
    outcome: { ...outcome(by, amounts), toSeller: amounts.toSeller ?? before?.outcome?.toSeller ?? "0" },
  });
  switch (event.name) {
    case "BalancePaid":
      return { status: "funded", held: (BigInt(before!.held) + BigInt(args.amount!)).toString() };
    case "DealShipped":
      return { status: "shipped", tracking: args.tracking as Hex };
    case "DealDelivered":
      return { status: "delivered", proof: args.proof as Hex, until: Number(args.inspectionUntil) };
    case "DealReleased": {
      const tail = Number(args.tailUntil);
      const released = outcome("release", { toSeller: args.amount! });
      return { status: tail === 0 ? "closed" : "released", held: "0", until: tail, outcome: released };
    }
    case "DealRefunded": {
      const refunded = (BigInt(before!.refunded) + BigInt(args.amount!)).toString();
      if (args.remaining !== "0") return { held: args.remaining!, refunded };
      const { compensation, shortfall } = args;
      return {
        ...ended("refund", { toBuyer: args.amount!, compensation: compensation!, shortfall: shortfall! }),
        refunded,
      };
    }
    case "DealDisputed":
      return {
        status: "disputed",
        statement: args.statement as Hex,
        disputedBy: args.by as Address,
        until: Number(args.backstopAt),
      };
    case "BackstopExtended":
      return { until: Number(args.backstopAt) };
    case "DealExpired":
      return ended("expire", {
        toBuyer: args.refunded!,
        compensation: args.compensation!,
        shortfall: args.shortfall!,
      });
    case "DealLapsed":
      return ended("lapse", withPayout(args, before));
    case "DealSettled":
      return ended("settle", { ...withPayout(args, before), compensation: args.compensation! });
    case "DealAwarded":
      return ended("award", {
        ...withPayout(args, before),
        compensation: args.compensation!,
        shortfall: args.shortfall!,
        reasons: args.reasons as Hex,
      });
    case "DealClosed":
      return { status: "closed", until: 0 };
    default:
      return {};
  }
};

// A deal disputed after its release holds nothing any more: what the seller got then stays what the seller got.
const withPayout = (args: Args, before: DealProjection | undefined) => ({
  toBuyer: args.toBuyer!,
  toSeller: (BigInt(before?.outcome?.toSeller ?? 0) + BigInt(args.toSeller!)).toString(),
});

const foldBond = (key: string, before: BondProjection | undefined, event: StoredEvent & Context): Projection => {
  const [seller, token] = key.split("/") as [Address, Address];
  const change = bondChangeOf(event, event.terms?.coverage ?? 0n);
  const bond: BondProjection = {
    seller,
    token,
    balance: (BigInt(before?.balance ?? 0) + (change?.balance ?? 0n)).toString(),
    reserved: (BigInt(before?.reserved ?? 0) + (change?.reserved ?? 0n)).toString(),
    unlockAt: change?.unlockAt ?? before?.unlockAt ?? 0,
  };
  return { kind: "bond", key, state: bond, parties: [seller], ...plain(event) };
};

const foldCredit = (key: string, before: CreditProjection | undefined, event: StoredEvent): Projection => {
  const [owner, token] = key.split("/") as [Address, Address];
  const added = BigInt(argsOf(event).amount!) * (event.name === "CreditAdded" ? 1n : -1n);
  const amount = (BigInt(before?.amount ?? 0) + added).toString();
  return { kind: "credit", key, state: { owner, token, amount }, parties: [owner], ...plain(event) };
};

const foldAnchor = (key: string, event: StoredEvent): Projection => {
  const args = argsOf(event);
  const anchor: AnchorProjection = {
    sender: args.sender as Address,
    root: args.root as Hex,
    count: Number(args.count),
    anchoredAt: Number(args.anchoredAt),
    batch: Number(args.batch),
    blockNumber: event.blockNumber,
    blockHash: event.blockHash,
    txHash: event.txHash,
  };
  return { kind: "anchor", key, state: anchor, parties: [anchor.sender], ...plain(event) };
};

const foldDetermination = (dealId: Hex, event: StoredEvent): Projection => {
  const args = argsOf(event);
  const determination: DeterminationProjection = {
    dealId,
    evidence: args.evidence as Hex,
    signers: args.signers!,
    at: event.timestamp,
    txHash: event.txHash,
  };
  return { kind: "determination", key: dealId, state: determination, parties: [], ...plain(event) };
};

const plain = (event: StoredEvent) => ({ status: null, dueAt: null, blockNumber: event.blockNumber });

/** The terms of a projected deal in code. */
export const termsOfDeal = (deal: DealProjection): Terms => termsSchema.parse(deal.terms);
