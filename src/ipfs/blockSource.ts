import type { CID } from "multiformats/cid";
import { ProtocolError } from "../core/errors.ts";
import { isIntact } from "./cid.ts";

/**
 * Where blocks come from: a disk, a node, a gateway. Hands out anything; nothing is believed before
 * `readBlock` has hashed it.
 */
export type BlockSource = (cid: CID, signal?: AbortSignal) => Promise<Uint8Array | undefined>;

/** One block that is what its CID says, or `block-missing`, `block-damaged`. */
export async function readBlock(source: BlockSource, cid: CID, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const bytes = await source(cid, signal);
  if (bytes === undefined) throw new ProtocolError("block-missing", { cid: cid.toString() });
  if (!(await isIntact(cid, bytes))) throw new ProtocolError("block-damaged", { cid: cid.toString() });
  return bytes;
}
