import { type Hex, toRlp } from "viem";

const HEADER_FIELDS = [
  "parentHash",
  "sha3Uncles",
  "miner",
  "stateRoot",
  "transactionsRoot",
  "receiptsRoot",
  "logsBloom",
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "mixHash",
  "nonce",
] as const;
// Each fork appended its own; a block without one has none of those that follow.
const LATER_HEADER_FIELDS = [
  "baseFeePerGas",
  "withdrawalsRoot",
  "blobGasUsed",
  "excessBlobGas",
  "parentBeaconBlockRoot",
  "requestsHash",
] as const;
/** A block's header as a node sends it. */
export type RawHeader = Readonly<
  Record<(typeof HEADER_FIELDS)[number], Hex> & Partial<Record<(typeof LATER_HEADER_FIELDS)[number], Hex>>
>;

const QUANTITIES = new Set<string>([
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "baseFeePerGas",
  "blobGasUsed",
  "excessBlobGas",
]);
/** RLP of a header (Yellow Paper 4.3 and the forks since, to Prague). */
export function encodeHeader(header: RawHeader): Hex {
  const later = LATER_HEADER_FIELDS.filter((name) => header[name] !== undefined);
  return toRlp([...HEADER_FIELDS, ...later].map((name) => toField(name, header[name] ?? "0x")));
}

/** A quantity as RLP wants it: the fewest bytes, none for zero. */
export function trimmed(quantity: Hex): Hex {
  const digits = quantity.slice(2).replace(/^0+/, "");
  return `0x${digits.length % 2 === 1 ? "0" : ""}${digits}`;
}

const toField = (name: string, value: Hex): Hex => (QUANTITIES.has(name) ? trimmed(value) : value);
