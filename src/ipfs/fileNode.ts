import * as dagPb from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import type { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { ProtocolError } from "../core/errors.ts";
import { requireSupported } from "./cid.ts";
import { maxDepth, maxLinks } from "./limits.ts";

/**
 * One node of a file's DAG: bytes, or children in order with the file bytes that each declares to
 * hold.
 */
export type FileNode =
  | { readonly kind: "leaf"; readonly size: number; readonly data: Uint8Array }
  | { readonly kind: "branch"; readonly size: number; readonly children: readonly Child[] };

/** A link of a file node: the CID of the child and how many bytes of the file it holds. */
export type Child = { readonly cid: CID; readonly size: number };

const empty = new Uint8Array(0);

/**
 * Reads a block, already hash-checked, as part of a UnixFS file. Directories, symlinks, shards,
 * nodes with both bytes and links, and children that declare no bytes are `dag-invalid`; too many
 * links are `dag-too-large`.
 */
export function decodeFileNode(cid: CID, bytes: Uint8Array): FileNode {
  if (cid.code === raw.code) return { kind: "leaf", size: bytes.length, data: bytes };

  const { links, file } = parse(cid, bytes);
  if (links.length === 0) {
    const data = file.data ?? empty;
    if (file.blockSizes.length > 0) throw invalid(cid, "sizes-without-links");
    return { kind: "leaf", size: data.length, data };
  }
  if (file.data !== undefined && file.data.length > 0) throw invalid(cid, "bytes-and-links");
  if (file.blockSizes.length !== links.length) throw invalid(cid, "sizes-unlike-links");

  const children = links.map((link, index) => {
    const size = file.blockSizes[index]!;
    if (size === 0n) throw invalid(cid, "child-empty");
    if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw tooLarge(cid, "bytes");
    return { cid: requireSupported(link.Hash), size: Number(size) };
  });
  const size = children.reduce((sum, child) => sum + child.size, 0);
  if (!Number.isSafeInteger(size)) throw tooLarge(cid, "bytes");
  return { kind: "branch", size, children };
}

/**
 * Refuses a node that holds another number of bytes than its parent declared, or that lies too
 * deep.
 */
export function requirePlace(cid: CID, node: FileNode, declared: number | undefined, depth: number): void {
  if (declared !== undefined && declared !== node.size) throw invalid(cid, "size-unlike-declared");
  if (node.kind === "branch") requireDepth(cid, depth);
}

/** Refuses a node with children that lies too deep. */
export function requireDepth(cid: CID, depth: number): void {
  if (depth >= maxDepth) throw tooLarge(cid, "depth");
}

function parse(cid: CID, bytes: Uint8Array) {
  try {
    const { Data, Links } = dagPb.decode(bytes);
    if (Links.length > maxLinks) throw tooLarge(cid, "links");
    if (Data === undefined) throw invalid(cid, "not-a-file");
    const file = UnixFS.unmarshal(Data);
    if (file.type !== "file" && file.type !== "raw") throw invalid(cid, "not-a-file");
    return { links: Links, file };
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw new ProtocolError("dag-invalid", { cid: cid.toString(), reason: "malformed" }, { cause });
  }
}

function invalid(cid: CID, reason: string): ProtocolError {
  return new ProtocolError("dag-invalid", { cid: cid.toString(), reason });
}

function tooLarge(cid: CID, limit: string): ProtocolError {
  return new ProtocolError("dag-too-large", { cid: cid.toString(), limit });
}
