import type { Address, Hex } from "viem";
import { argsOf, type ProjectedEvent, type ProjectionOf, withoutStatus } from "./projector.ts";

/** A root in the registry, with the block that holds it. `anchoredAt` is in Unix seconds. */
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

/** The key of a root that a sender anchored. */
export function anchorKey(sender: string, root: string): string {
  return `${sender}/${root}`.toLowerCase();
}

/** The anchor that an event tells of. */
export function projectAnchor(
  key: string,
  _before: AnchorProjection | undefined,
  event: ProjectedEvent,
): ProjectionOf<"anchor", AnchorProjection> {
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
  return { kind: "anchor", key, state: anchor, parties: [anchor.sender], ...withoutStatus(event) };
}
