import { type Hex, numberToHex } from "viem";
import { type ErrorDetails, ProtocolError } from "../core/errors.ts";
import type { HeadersFile } from "../core/evidence/headersFile.ts";
import { parseHeader } from "../core/evidence/receiptProof.ts";
import { ask } from "./ask.ts";
import { type Chain, createChain, readChainId } from "./client.ts";
import { encodeHeader, type RawHeader } from "./headerRlp.ts";
import { headerAt } from "./heads.ts";

/** What several nodes of one chain agree on. */
export type AgreedHeaders = Pick<HeadersFile, "chainId" | "sources" | "blocks">;

/** A node by its address, and by the part of that which is no secret. */
type Node = Readonly<{ url: string; host: string }>;
type Block = Readonly<{ number: number; hash: Hex; time: number }>;
type Answers = Readonly<{ host: string; finalized: number; blocks: ReadonlyMap<number, Block | null> }>;

/**
 * Asks each node for the same blocks, and gives what all of them say. A hash is computed from the
 * header that the node sends, so that no node can name the hash of a block that it does not have.
 *
 * Throws `nodes-disagree` about the chain or a block, `chain-mismatch` if they agree on another
 * chain than `chainId`, `block-unknown` if a node does not have a block, `block-unprovable` if a
 * header does not hash to what its node says, `rpc-unreachable`, `rpc-refused`. Details name hosts
 * and never the rest of an address.
 *
 * @param rpcUrls HTTP or WebSocket addresses
 * @param numbers of the blocks, in any order
 */
export async function collectHeaders(
  rpcUrls: readonly string[],
  numbers: readonly number[],
  { chainId: expected }: Readonly<{ chainId?: number | undefined }> = {},
): Promise<AgreedHeaders> {
  const nodes = rpcUrls.map((url) => ({ url, host: new URL(url).host }));
  const chainId = await agreedChain(nodes);
  if (expected !== undefined && chainId !== expected) {
    throw new ProtocolError("chain-mismatch", { expected, actual: chainId });
  }
  const wanted = [...new Set(numbers)].sort((one, other) => one - other);
  const answers = await Promise.all(nodes.map((node) => askNode(node, { chainId, numbers: wanted })));
  const sources = [...new Set(nodes.map(({ host }) => host))].sort();
  return { chainId, sources, blocks: wanted.map((number) => ({ ...agreedBlock(number, answers), sources })) };
}

const agreedChain = async (nodes: readonly Node[]): Promise<number> => {
  const said = await Promise.all(
    nodes.map(async ({ url, host }) => ({ host, said: await naming({ host }, () => readChainId(url)) })),
  );
  const chainId = said[0]!.said;
  if (said.some((one) => one.said !== chainId)) throw new ProtocolError("nodes-disagree", { chains: listed(said) });
  return chainId;
};

const askNode = async (
  { url, host }: Node,
  { chainId, numbers }: Readonly<{ chainId: number; numbers: readonly number[] }>,
): Promise<Answers> => {
  const chain = createChain({ rpcUrls: [url], chainId });
  try {
    // First: a block that was final before it was read cannot have been replaced in between.
    const finalized = await naming({ host }, () => finalizedNumber(chain));
    const blocks = await Promise.all(
      numbers.map(async (number) => [number, await naming({ host }, () => blockAt(chain, number))] as const),
    );
    return { host, finalized, blocks: new Map(blocks) };
  } finally {
    chain.close();
  }
};

const agreedBlock = (number: number, answers: readonly Answers[]) => {
  const said = answers.map(({ host, blocks }) => ({ host, block: blocks.get(number) ?? null }));
  const without = said.filter(({ block }) => block === null);
  const block = said[0]!.block;
  if (block === null || without.length > 0) {
    throw new ProtocolError("block-unknown", { block: number, hosts: without.map(({ host }) => host).join(", ") });
  }
  if (said.some((one) => one.block?.hash !== block.hash)) {
    const hashes = said.map((one) => ({ host: one.host, said: one.block!.hash }));
    throw new ProtocolError("nodes-disagree", { block: number, hashes: listed(hashes) });
  }
  return { ...block, finalized: answers.every(({ finalized }) => number <= finalized) };
};

const listed = (said: readonly Readonly<{ host: string; said: string | number }>[]) =>
  said.map(({ host, said: answer }) => `${host} ${answer}`).join(", ");

/** -1 where nothing is final yet or the node does not tell. */
const finalizedNumber = async (chain: Chain): Promise<number> => {
  try {
    return (await headerAt(chain, "finalized"))?.number ?? -1;
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "rpc-refused") return -1;
    throw error;
  }
};

const blockAt = async (chain: Chain, number: number): Promise<Block | null> => {
  const answer = await ask(chain, "eth_getBlockByNumber", [numberToHex(number), false]);
  return answer === null ? null : readBlock(answer as RawHeader & { hash: Hex }, number);
};

const readBlock = (answer: RawHeader & { hash: Hex }, number: number): Block => {
  let header: ReturnType<typeof parseHeader>;
  try {
    header = parseHeader(encodeHeader(answer));
  } catch (cause) {
    throw new ProtocolError("block-unprovable", { block: number }, { cause });
  }
  if (header.hash !== answer.hash || header.number !== number) {
    throw new ProtocolError("block-unprovable", { block: number });
  }
  return { number, hash: header.hash, time: header.timestamp };
};

/** Adds to the details of what is thrown which node it is about. */
const naming = async <T>(details: ErrorDetails, run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError(error.code, { ...error.details, ...details }, { cause: error });
  }
};
