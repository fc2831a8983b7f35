import {
  type AbiEvent,
  type AbiParameter,
  type Address,
  decodeAbiParameters,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
  toEventSelector,
} from "viem";
import { ask } from "./ask.ts";
import type { Chain } from "./client.ts";
import { type ContractName, type Contracts, contractAbis, contractNames } from "./contracts.ts";
import type { Header } from "./heads.ts";

/** A log as every node sends it. */
export type RawLog = Readonly<{
  address: Address;
  topics: readonly Hex[];
  data: Hex;
  blockNumber: Hex;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: Hex;
  blockTimestamp?: Hex;
}>;

/**
 * JSON in which amounts are decimal strings, numbers of up to 48 bits numbers, addresses and bytes
 * lower-case hex.
 */
type EventArgs = Readonly<Record<string, unknown>>;

/** A decoded event of one of the contracts, with its place on the chain. */
export type ProtocolEvent = Readonly<{
  contract: ContractName;
  name: string;
  args: EventArgs;
  blockNumber: number;
  blockHash: Hex;
  txHash: Hex;
  logIndex: number;
}>;

/** Logs of the protocol's contracts in blocks `from` to `to`, in order. */
export async function readLogs(chain: Chain, contracts: Contracts, range: { from: number; to: number }) {
  const filter = {
    address: contractNames.map((name) => contracts[name]),
    fromBlock: numberToHex(range.from),
    toBlock: numberToHex(range.to),
  };
  return inOrder((await chain.request({ method: "eth_getLogs", params: [filter] })) as readonly RawLog[]);
}

/** The same for one block out of its receipts, for when the logs look incomplete. */
export async function readLogsFromReceipts(chain: Chain, contracts: Contracts, header: Header) {
  const answer = await ask(chain, "eth_getBlockReceipts", [header.hash]);
  const receipts = answer as readonly { logs: readonly RawLog[] }[] | null;
  const ours = new Set<string>(contractNames.map((name) => contracts[name]));
  return inOrder((receipts ?? []).flatMap(({ logs }) => logs).filter(({ address }) => ours.has(address.toLowerCase())));
}

const inOrder = (logs: readonly RawLog[]) =>
  logs.toSorted((a, b) => Number(a.blockNumber) - Number(b.blockNumber) || Number(a.logIndex) - Number(b.logIndex));

/**
 * Whether a block's bloom filter (Yellow Paper 4.3.1) says that one of the contracts may have
 * logged in it.
 */
export function mayHaveLogs(header: Header, contracts: Contracts): boolean {
  return contractNames.some((name) => isInBloom(header.logsBloom, contracts[name]));
}

const BLOOM_BYTES = 256;

const isInBloom = (bloom: Hex, address: Address) => {
  const hash = hexToBytes(keccak256(address));
  return [0, 2, 4].every((i) => {
    const bit = ((hash[i]! << 8) | hash[i + 1]!) & 0x7ff;
    const byte = BLOOM_BYTES - 1 - (bit >> 3);
    return (Number.parseInt(bloom.slice(2 + 2 * byte, 4 + 2 * byte), 16) & (1 << (bit & 7))) !== 0;
  });
};

type Decoder = Readonly<{ contract: ContractName; name: string; decode: (log: RawLog) => EventArgs }>;

/** Reads logs of a deployment; what is no event of ours is `undefined`. */
export function createLogReader(contracts: Contracts) {
  const decoders = new Map<string, Decoder>();
  for (const contract of contractNames) {
    for (const event of contractAbis[contract].filter((item) => item.type === "event") as readonly AbiEvent[]) {
      const key = contracts[contract] + toEventSelector(event);
      decoders.set(key, { contract, name: event.name, decode: decoderOf(event) });
    }
  }
  return (log: RawLog): ProtocolEvent | undefined => {
    const decoder = decoders.get(log.address.toLowerCase() + log.topics[0]);
    if (decoder === undefined) return undefined;
    return {
      contract: decoder.contract,
      name: decoder.name,
      args: decoder.decode(log),
      blockNumber: Number(log.blockNumber),
      blockHash: log.blockHash,
      txHash: log.transactionHash,
      logIndex: Number(log.logIndex),
    };
  };
}

// viem decodes any ABI, at a tenth of this speed; our events hold nothing but static words, so
// their layout is known once.
const decoderOf = (event: AbiEvent) => {
  const indexed = event.inputs.filter((input) => input.indexed);
  const plain = event.inputs.filter((input) => !input.indexed);
  const indexedReaders = indexed.map((input) => wordReader(input.type));
  const plainReaders = plain.map((input) => wordReader(input.type));
  const isStatic = [...indexedReaders, ...plainReaders].every((reader) => reader !== undefined);
  return (log: RawLog): EventArgs => {
    if (!isStatic) return decodeSlowly(indexed, plain, log);
    const args: Record<string, unknown> = {};
    indexed.forEach(({ name }, i) => {
      args[name!] = indexedReaders[i]!(log.topics[i + 1]!.slice(2));
    });
    plain.forEach(({ name }, i) => {
      args[name!] = plainReaders[i]!(log.data.slice(2 + 64 * i, 66 + 64 * i));
    });
    return args;
  };
};

const MOST_NUMBER_BITS = 48;

const wordReader = (type: string): ((word: string) => unknown) | undefined => {
  if (type === "address") return (word) => `0x${word.slice(24)}`;
  if (type === "bool") return (word) => word.endsWith("1");
  const bytes = /^bytes(\d+)$/.exec(type)?.[1];
  if (bytes !== undefined) return (word) => `0x${word.slice(0, 2 * Number(bytes))}`;
  const bits = /^uint(\d+)$/.exec(type)?.[1];
  if (bits === undefined) return undefined;
  if (Number(bits) <= MOST_NUMBER_BITS) return (word) => Number.parseInt(word, 16);
  return (word) => BigInt(`0x${word}`).toString();
};

const decodeSlowly = (indexed: readonly AbiParameter[], plain: readonly AbiParameter[], log: RawLog): EventArgs => {
  const values = decodeAbiParameters(plain, log.data);
  const topics = indexed.map((input, i) => decodeAbiParameters([input], log.topics[i + 1]!)[0]);
  return Object.fromEntries([
    ...indexed.map(({ name }, i) => [name, toJson(topics[i])]),
    ...plain.map(({ name }, i) => [name, toJson(values[i])]),
  ]);
};

const toJson = (value: unknown): unknown => {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return value.startsWith("0x") ? value.toLowerCase() : value;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
};
