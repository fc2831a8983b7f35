import type { Address } from "viem";
import type { StoredEvent } from "../../db/events.ts";
import type { BondProjection } from "../../db/projectionStates.ts";
import type { Projection } from "../../db/projections.ts";
import { argsOf, type ProjectedEvent, withoutStatus } from "./projector.ts";

/** The key of a seller's bond in a token. */
export function bondKey(seller: string, token: string): string {
  return `${seller}/${token}`.toLowerCase();
}

/** The bond after an event. */
export function projectBond(
  key: string,
  before: BondProjection | undefined,
  event: ProjectedEvent,
): Projection<"bond"> {
  const [seller, token] = key.split("/") as [Address, Address];
  const change = bondChangeOf(event, event.terms?.coverage ?? 0n);
  const bond: BondProjection = {
    seller,
    token,
    balance: (before?.balance ?? 0n) + (change?.balance ?? 0n),
    reserved: (before?.reserved ?? 0n) + (change?.reserved ?? 0n),
    unlockAt: change?.unlockAt ?? before?.unlockAt ?? 0,
  };
  return { kind: "bond", key, state: bond, parties: [seller], ...withoutStatus(event) };
}

type BondChange = Readonly<{ balance: bigint; reserved: bigint; unlockAt?: number }>;

/**
 * What an event of a deal does to the seller's bond: nothing, a reservation, or its end with what
 * was paid out of it.
 */
export function bondChangeOf(event: StoredEvent, coverage: bigint): BondChange | undefined {
  const args = argsOf(event);
  const ended = { balance: 0n, reserved: -coverage };
  switch (event.name) {
    case "BondPosted":
      return { balance: BigInt(args.amount!), reserved: 0n };
    case "BondWithdrawn":
      return { balance: -BigInt(args.amount!), reserved: 0n };
    case "BondWithdrawalRequested":
      return { balance: 0n, reserved: 0n, unlockAt: Number(args.unlockAt) };
    case "DealFunded":
      return { balance: 0n, reserved: coverage };
    case "DealCompensated":
      return { balance: -BigInt(args.compensation!), reserved: 0n };
    case "DealReleased":
    case "DealExpired":
    case "DealLapsed":
      return args.tailUntil === "0" ? ended : undefined;
    case "DealRefunded":
      return args.remaining === "0" && args.tailUntil === "0" ? ended : undefined;
    case "DealSettled":
    case "DealAwarded":
    case "DealClosed":
      return ended;
    default:
      return undefined;
  }
}
