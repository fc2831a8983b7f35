import * as dagPb from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import { base58btc } from "multiformats/bases/base58";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { sha256 } from "multiformats/hashes/sha2";
import type { BlockSource } from "../../src/ipfs/blockSource.ts";

export type Block = { readonly cid: CID; readonly bytes: Uint8Array };

export async function leaf(bytes: Uint8Array): Promise<Block> {
  return { cid: CID.createV1(raw.code, await sha256.digest(bytes)), bytes };
}

/** A file node with these links, honest or not about the sizes. */
export async function branch(links: readonly { cid: CID; size: number | bigint }[], data?: Uint8Array): Promise<Block> {
  const file = new UnixFS({ type: "file", ...(data === undefined ? {} : { data }) });
  for (const { size } of links) file.addBlockSize(BigInt(size));
  return node(
    file.marshal(),
    links.map(({ cid }) => ({ Name: "", Tsize: 0, Hash: cid })),
  );
}

export async function node(data: Uint8Array, links: dagPb.PBLink[]): Promise<Block> {
  const bytes = dagPb.encode({ Data: data, Links: links });
  return { cid: CID.createV1(dagPb.code, await sha256.digest(bytes)), bytes };
}

/** The name that the same dag-pb block had in the old version. */
export const cidV0 = ({ cid }: Block) => CID.parse(base58btc.encode(cid.multihash.bytes).slice(1));

/** Blocks in memory, and which of them were asked for. */
export function blocksInMemory(...blocks: readonly Block[]): { source: BlockSource; asked: string[] } {
  const stored = new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes]));
  const asked: string[] = [];
  const source: BlockSource = async (cid) => {
    asked.push(cid.toString());
    return stored.get(cid.toString());
  };
  return { source, asked };
}
