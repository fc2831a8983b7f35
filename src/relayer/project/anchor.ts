import type { Address, Hex } from "viem";
import type { AnchorProjection } from "../../db/projectionStates.ts";
import type { Projection } from "../../db/projections.ts";
import { argsOf, type ProjectedEvent, withoutStatus } from "./projector.ts";

/** The key of a root that a sender anchored. */
export function anchorKey(sender: string, root: string): string {
  return `${sender}/${root}`.toLowerCase();
}

/** The anchor that an event tells of. */
export function projectAnchor(
  key: string,
  _before: AnchorProjection | undefined,
  event: ProjectedEvent,
): Projection<"anchor"> {
  const args = argsOf(event);
  const anchor: AnchorProjection = {
    sender: args.sender as Address,
    root: args.root as Hex,
    count: BigInt(args.count!),
    anchoredAt: Number(args.anchoredAt),
    batch: Number(args.batch),
    blockNumber: event.blockNumber,
    blockHash: event.blockHash,
    txHash: event.txHash,
  };
  return { kind: "anchor", key, state: anchor, parties: [anchor.sender], ...withoutStatus(event) };
}
