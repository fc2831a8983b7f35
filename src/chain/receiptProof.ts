import { createMerkleProof, createMPT } from "@ethereumjs/mpt";
import {
  type Address,
  bytesToHex,
  concatHex,
  type Hex,
  hexToBytes,
  hexToNumber,
  keccak256,
  type RpcTransactionReceipt,
  toRlp,
} from "viem";
import { ProtocolError } from "../core/errors.ts";
import { type AnchorProof, logsOfReceipt, readAnchored } from "../core/evidence/receiptProof.ts";
import { ask } from "./ask.ts";
import type { Chain } from "./client.ts";
import { encodeHeader, type RawHeader, trimmed } from "./headerRlp.ts";

/** Which anchor is to be proven: the transaction that made it, the registry and the root. */
export type AnchorQuestion = Readonly<{ transactionHash: Hex; registry: Address; root: Hex }>;

const RECEIPT_TYPES: Readonly<Record<string, Hex>> = {
  "0x0": "0x",
  "0x1": "0x01",
  "0x2": "0x02",
  "0x3": "0x03",
  "0x4": "0x04",
};

/**
 * Collects the proof of one anchor from a node. Nothing the node says is believed: header and
 * receipts must hash to what they claim. One proof serves all records of a batch.
 *
 * Throws `anchor-not-found` while the transaction is not mined, if it failed, or if it anchored
 * something else, `block-unprovable` if the node's data does not hash to the block (a chain with
 * headers or receipts of its own), `rpc-unreachable`.
 */
export async function proveAnchor(chain: Chain, question: AnchorQuestion): Promise<AnchorProof> {
  const { transactionHash, registry, root } = question;
  const mined = await chain.request({ method: "eth_getTransactionReceipt", params: [transactionHash] });
  if (mined?.status !== "0x1") throw new ProtocolError("anchor-not-found", { transactionHash });
  const transactionIndex = hexToNumber(mined.transactionIndex);
  const [header, receipts] = await Promise.all([
    readHeader(chain, mined.blockHash),
    readReceipts(chain, mined.blockHash, transactionHash),
  ]);
  const encoded = receipts.map(encodeReceipt);
  const logs = logsOfReceipt(encoded[transactionIndex] ?? "0x").map(readAnchored);
  const logIndex = logs.findIndex((log) => log?.registry === registry.toLowerCase() && log.root === root);
  const log = logs[logIndex];
  if (log === undefined) throw new ProtocolError("anchor-not-found", { transactionHash, root });
  const { root: receiptsRoot, proof } = await proveReceipt(encoded, transactionIndex);
  if (receiptsRoot !== header.receiptsRoot) throw new ProtocolError("block-unprovable", { blockHash: mined.blockHash });
  return {
    chainId: chain.chainId,
    registry: log.registry,
    sender: log.sender,
    root,
    count: log.count,
    blockNumber: hexToNumber(mined.blockNumber),
    blockHash: mined.blockHash,
    header: encodeHeader(header),
    transactionIndex,
    logIndex,
    receiptProof: proof,
  };
}

/**
 * The header of a block in the bytes that its hash is made of, as bundles carry it for anchors and
 * beacons.
 *
 * Throws `block-unprovable` if the node does not know the block or its data does not hash to it,
 * `rpc-unreachable`.
 */
export async function readHeaderRlp(chain: Chain, blockHash: Hex): Promise<Hex> {
  return encodeHeader(await readHeader(chain, blockHash));
}

/**
 * A receipt in the bytes that the receipts trie holds (EIP-2718, EIP-658). Throws
 * `block-unprovable` on unknown types.
 */
export function encodeReceipt(receipt: RpcTransactionReceipt): Hex {
  const type = RECEIPT_TYPES[receipt.type];
  if (type === undefined) throw new ProtocolError("block-unprovable", { receiptType: receipt.type });
  const logs = receipt.logs.map(({ address, topics, data }) => [address, [...topics], data] as const);
  const status = trimmed(receipt.status);
  return concatHex([type, toRlp([status, trimmed(receipt.cumulativeGasUsed), receipt.logsBloom, logs])]);
}

/** Root of the trie of all receipts of a block, and the nodes that lead from it to one of them. */
export async function proveReceipt(
  receipts: readonly Hex[],
  index: number,
): Promise<Readonly<{ root: Hex; proof: readonly Hex[] }>> {
  const trie = await createMPT();
  for (const [i, receipt] of receipts.entries()) await trie.put(keyOf(i), hexToBytes(receipt));
  const proof = await createMerkleProof(trie, keyOf(index));
  return { root: bytesToHex(trie.root()), proof: proof.map((node) => bytesToHex(node)) };
}

const readHeader = async (chain: Chain, blockHash: Hex): Promise<RawHeader> => {
  const header = (await ask(chain, "eth_getBlockByHash", [blockHash, false])) as RawHeader | null;
  if (header === null || keccak256(encodeHeader(header)) !== blockHash) {
    throw new ProtocolError("block-unprovable", { blockHash });
  }
  return header;
};

const readReceipts = async (chain: Chain, blockHash: Hex, transactionHash: Hex) => {
  const answer = await ask(chain, "eth_getBlockReceipts", [blockHash]);
  const receipts = answer as readonly RpcTransactionReceipt[] | null;
  if (receipts === null) throw new ProtocolError("anchor-not-found", { transactionHash });
  return receipts;
};

const keyOf = (index: number) => toRlp(trimmed(`0x${index.toString(16)}`), "bytes");
