import { type Address, fromRlp, type Hex, hexToBigInt, hexToNumber, keccak256, size, slice, toRlp } from "viem";
import { ProtocolError } from "../errors.ts";

/**
 * `keccak256("Anchored(address,bytes32,uint64,uint40,uint40,bytes27)")`, from `IEvidenceRegistry`.
 */
export const anchoredTopic = "0xc18a3707093e6ecebbc4f08432025d67cc3bd7eaffb1c2adc87c5325aa81b0ec";

/** The fields of a block header that a proof needs. `timestamp` is in seconds. */
export type Header = {
  readonly hash: Hex;
  readonly number: number;
  readonly timestamp: number;
  readonly receiptsRoot: Hex;
};

/** One log of a receipt. */
export type ReceiptLog = { readonly address: Address; readonly topics: readonly Hex[]; readonly data: Hex };

/** What `EvidenceRegistry` says when it anchors a root. `anchoredAt` is in seconds. */
export type AnchoredLog = {
  readonly registry: Address;
  readonly sender: Address;
  readonly root: Hex;
  readonly count: number;
  readonly anchoredAt: number;
  readonly batch: number;
};

/**
 * What proves offline that a root was anchored in a block: the `anchor` of a bundle, and what its
 * log says.
 */
export type AnchorProof = Readonly<{
  chainId: number;
  registry: Address;
  sender: Address;
  root: Hex;
  /** Leaves under the root. */
  count: number;
  blockNumber: number;
  blockHash: Hex;
  header: Hex;
  transactionIndex: number;
  /** Place of the log in its own receipt. */
  logIndex: number;
  receiptProof: readonly Hex[];
}>;

type Rlp = Hex | readonly Rlp[];

/**
 * Reads a block header as it is hashed (RLP, Yellow Paper 4.3; later forks only append fields).
 * @throws ProtocolError `receipt-proof-invalid` if it is no header
 */
export function parseHeader(header: Hex): Header {
  const fields = decode(header, "header");
  if (typeof fields === "string" || fields.length < 15) throw invalid("header");
  return {
    hash: keccak256(header),
    number: numberIn(fields[8], "header"),
    timestamp: numberIn(fields[11], "header"),
    receiptsRoot: bytesIn(fields[5], 32, "header"),
  };
}

/**
 * Walks a Merkle-Patricia proof (Yellow Paper, appendix D) from the root to the receipt of one
 * transaction. Every node must be used: nothing may be added to a proof.
 * @returns the receipt as it is stored, with its type byte (EIP-2718)
 * @throws ProtocolError `receipt-proof-invalid` if the proof does not lead from this root to this
 *   index
 */
export function receiptFromProof(receiptsRoot: Hex, transactionIndex: number, proof: readonly Hex[]): Hex {
  const path = toRlp(transactionIndex === 0 ? "0x" : evenHex(transactionIndex)).slice(2);
  let expected: Rlp = receiptsRoot;
  let depth = 0;
  let at = 0;
  for (;;) {
    let node: Rlp = expected;
    if (typeof node === "string") {
      const encoded: Hex | undefined = proof[depth++];
      if (encoded === undefined || keccak256(encoded) !== node) throw invalid("proof");
      node = decode(encoded, "proof");
    }
    if (typeof node === "string") throw invalid("proof");
    if (node.length === 17) {
      // A key in the receipts trie is never the beginning of another, so a branch holds no receipt
      // itself.
      const nibble = path[at++];
      if (nibble === undefined) throw invalid("proof");
      expected = childIn(node[Number.parseInt(nibble, 16)]);
      continue;
    }
    if (node.length !== 2 || typeof node[0] !== "string") throw invalid("proof");
    const { isLeaf, nibbles } = prefixIn(node[0]);
    if (!path.startsWith(nibbles, at)) throw invalid("proof");
    at += nibbles.length;
    if (!isLeaf) {
      expected = childIn(node[1]);
      continue;
    }
    if (at !== path.length || depth !== proof.length || typeof node[1] !== "string") throw invalid("proof");
    return node[1];
  }
}

/**
 * The logs of a receipt of a transaction that succeeded (EIP-658).
 * @throws ProtocolError `receipt-proof-invalid` if it failed or is no receipt
 */
export function logsOfReceipt(receipt: Hex): ReceiptLog[] {
  const isTyped = Number.parseInt(receipt.slice(2, 4), 16) < 0x80;
  const fields = decode(isTyped ? `0x${receipt.slice(4)}` : receipt, "receipt");
  if (typeof fields === "string" || fields.length !== 4 || fields[0] !== "0x01") throw invalid("receipt");
  const logs = fields[3];
  if (logs === undefined || typeof logs === "string") throw invalid("receipt");
  return logs.map((log) => {
    if (typeof log === "string" || log.length !== 3) throw invalid("receipt");
    const [, topics, data] = log;
    if (topics === undefined || typeof topics === "string" || typeof data !== "string") throw invalid("receipt");
    return {
      address: bytesIn(log[0], 20, "receipt"),
      topics: topics.map((topic) => bytesIn(topic, 32, "receipt")),
      data,
    };
  });
}

/**
 * Reads a log as `Anchored`, or gives `undefined` if it is another event.
 * @throws ProtocolError `receipt-proof-invalid` if a value does not fit its type: no compiler
 *   writes that
 */
export function readAnchored(log: ReceiptLog): AnchoredLog | undefined {
  const [topic, sender, root] = log.topics;
  if (topic !== anchoredTopic || sender === undefined || root === undefined) return undefined;
  if (log.topics.length !== 3 || size(log.data) !== 128) return undefined;
  if (hexToBigInt(slice(log.data, 123)) !== 0n) throw invalid("log");
  return {
    registry: log.address,
    sender: wordIn(sender, 20),
    root,
    count: Number(wordIn(slice(log.data, 0, 32), 8)),
    anchoredAt: Number(wordIn(slice(log.data, 32, 64), 5)),
    batch: Number(wordIn(slice(log.data, 64, 96), 5)),
  };
}

/** The last bytes of a word, the bytes before which must be zero. */
function wordIn(word: Hex, length: number): Hex {
  const at = 32 - length;
  if (hexToBigInt(slice(word, 0, at)) !== 0n) throw invalid("log");
  return slice(word, at);
}

function decode(encoded: Hex, part: string): Rlp {
  let decoded: Rlp;
  try {
    decoded = fromRlp(encoded, "hex") as Rlp;
  } catch (cause) {
    throw new ProtocolError("receipt-proof-invalid", { part }, { cause });
  }
  // A second spelling of the same value has another hash, so that no chain holds it.
  if (toRlp(decoded) !== encoded) throw invalid(part);
  return decoded;
}

/** Compact encoding (appendix C): the high nibble says leaf and odd, then the rest of the path. */
function prefixIn(compact: Hex) {
  const flag = Number.parseInt(compact[2] ?? "f", 16);
  if (flag > 3 || (flag % 2 === 0 && compact[3] !== "0")) throw invalid("proof");
  return { isLeaf: flag >= 2, nibbles: compact.slice(flag % 2 === 1 ? 3 : 4) };
}

/** A child is the hash of a node, or the node itself when it is shorter than a hash. */
function childIn(child: Rlp | undefined): Rlp {
  if (child === undefined || (typeof child === "string" && size(child) !== 32)) throw invalid("proof");
  return child;
}

function bytesIn(field: Rlp | undefined, length: number, part: string): Hex {
  if (typeof field !== "string" || size(field) !== length) throw invalid(part);
  return field;
}

function numberIn(field: Rlp | undefined, part: string): number {
  // A number has no leading zeros (RLP; Yellow Paper, appendix B).
  if (typeof field !== "string" || size(field) > 6 || field.startsWith("0x00")) throw invalid(part);
  return field === "0x" ? 0 : hexToNumber(field);
}

function evenHex(value: number): Hex {
  const digits = value.toString(16);
  return `0x${digits.length % 2 === 1 ? "0" : ""}${digits}`;
}

function invalid(part: string) {
  return new ProtocolError("receipt-proof-invalid", { part });
}
