import type { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { ProtocolError } from "../core/errors.ts";
import { orAborted } from "./abortable.ts";
import { type BlockSource, readBlock } from "./blockSource.ts";
import { type Child, decodeFileNode, requireDepth, requirePlace } from "./fileNode.ts";
import { maxFileBytes, maxNodes } from "./limits.ts";
import type { BlockFault, Waiting } from "./port.ts";

/** One block of a file; without bytes when it is a raw leaf that the walk was told not to read. */
export type WalkedBlock = { readonly cid: CID; readonly bytes: Uint8Array | undefined };

/** How far a walk over the blocks of a file goes. */
export type WalkOptions = Waiting & {
  /** Largest file that is walked, in bytes. */
  readonly maxBytes?: number | undefined;
  /** False: name raw leaves without reading them. */
  readonly leaves?: boolean;
  /**
   * Takes what is wrong with a block instead of an error that ends the walk; the blocks below it
   * stay unknown.
   */
  readonly onFault?: (fault: Pick<BlockFault, "cid" | "fault">) => void;
};

type Visit = { readonly cid: CID; readonly declared: number | undefined; readonly depth: number };
type Known = { depth: number; readonly size: number | undefined; children: readonly Child[] };

/**
 * Every distinct block of a file, parents before children and in the order of the file,
 * hash-checked, read and yielded once. Remembers the links of the file, a few dozen bytes for each
 * MiB of it.
 */
export async function* walkBlocks(
  source: BlockSource,
  root: CID,
  { maxBytes = maxFileBytes, leaves = true, onFault, signal }: WalkOptions = {},
): AsyncGenerator<WalkedBlock, void, undefined> {
  const known = new Map<string, Known>();
  const stack: Visit[] = [{ cid: root, declared: undefined, depth: 0 }];
  let links = 0;
  let allowed = 0;

  const descend = (children: readonly Child[], depth: number) => {
    for (const child of children.toReversed()) stack.push({ cid: child.cid, declared: child.size, depth: depth + 1 });
  };

  async function visit({ cid, declared, depth }: Visit): Promise<WalkedBlock | undefined> {
    const key = cid.toString();
    const before = known.get(key);
    if (before !== undefined) {
      if (before.size !== declared)
        throw new ProtocolError("dag-invalid", { cid: key, reason: "size-unlike-declared" });
      // A node met again deeper down is followed again, at most once a level, so that the limit on
      // depth holds on every path.
      if (before.depth >= depth || before.children.length === 0) return undefined;
      requireDepth(cid, depth);
      before.depth = depth;
      descend(before.children, depth);
      return undefined;
    }
    const entry: Known = { depth, size: declared, children: [] };
    known.set(key, entry);
    if (!leaves && cid.code === raw.code) return { cid, bytes: undefined };

    const bytes = await orAborted(readBlock(source, cid, signal), signal);
    const node = decodeFileNode(cid, bytes);
    requirePlace(cid, node, declared, depth);
    if (depth === 0) {
      if (node.size > maxBytes) throw new ProtocolError("dag-too-large", { cid: key, limit: "bytes", size: node.size });
      allowed = maxNodes(node.size);
    }
    if (node.kind === "branch") {
      links += node.children.length;
      if (links > allowed) throw new ProtocolError("dag-too-large", { cid: key, limit: "nodes" });
      entry.children = node.children;
      descend(node.children, depth);
    }
    return { cid, bytes };
  }

  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    let block: WalkedBlock | undefined;
    try {
      block = await visit(next);
    } catch (error) {
      const fault = faultOf(error);
      if (onFault === undefined || fault === undefined) throw error;
      onFault({ cid: next.cid.toString(), fault });
    }
    if (block !== undefined) yield block;
  }
}

function faultOf(error: unknown): BlockFault["fault"] | undefined {
  if (!(error instanceof ProtocolError)) return undefined;
  if (error.code === "block-damaged") return "damaged";
  if (error.code === "block-missing") return "missing";
  if (error.code === "dag-invalid" || error.code === "dag-too-large" || error.code === "cid-unsupported")
    return "malformed";
  return undefined;
}
