import {
  BaseError,
  createPublicClient,
  custom,
  type EIP1193RequestFn,
  HttpRequestError,
  http,
  numberToHex,
  type PublicClient,
  type PublicRpcSchema,
  RpcRequestError,
  TimeoutError,
} from "viem";
import { ProtocolError } from "../core/errors.ts";
import { createRpcSocket, type Question } from "./socket.ts";

/** Which chain, and which nodes of it are asked. */
export type ChainOptions = Readonly<{
  /**
   * HTTP or WebSocket addresses of nodes of one chain, the preferred one first. Later ones are
   * asked when it fails.
   */
  rpcUrls: readonly string[];
  chainId: number;
  timeoutMs?: number;
}>;

type Request = EIP1193RequestFn<PublicRpcSchema>;

/**
 * Asks a node, or the first of several that answers; {@link Request} is the same with viem's types.
 */
type Ask = (question: Question) => Promise<unknown>;

/** A chain, asked through one or several nodes. */
export type Chain = Readonly<{
  chainId: number;
  /**
   * Asks the first node that answers and is of this chain. Throws `rpc-unreachable`,
   * `chain-mismatch` if every node that answers is of another chain, or `rpc-refused` with what the
   * node answered.
   */
  request: Request;
  /**
   * The same question to each node by itself, for answers that one node alone is not trusted with.
   */
  endpoints: readonly Request[];
  /** viem's reads over `request`. */
  client: PublicClient;
  /**
   * Calls back soon after a new block from every node that is reached by WebSocket; never relied
   * upon.
   */
  onHead: (listener: () => void) => () => void;
  close: () => void;
}>;

const DEFAULT_TIMEOUT_MS = 10_000;
const LARGEST_ANSWER = 256 * 1024 * 1024;
const BATCH = { wait: 0, batchSize: 100 };
const LIMIT_EXCEEDED = -32005;

/** Connects to nodes lazily: nothing is sent before the first question. */
export function createChain({ rpcUrls, chainId, timeoutMs = DEFAULT_TIMEOUT_MS }: ChainOptions): Chain {
  const connections = rpcUrls.map((url, index) => guard(connect(url, index, timeoutMs), index, chainId));
  const askAny: Ask = async (question) => {
    let failure: unknown;
    for (const { ask } of connections) {
      try {
        return await ask(question);
      } catch (error) {
        if (!isUnreachable(error) && !isMismatch(error)) throw error;
        if (!isMismatch(failure)) failure = error;
      }
    }
    throw failure;
  };
  const request = askAny as Request;
  return {
    chainId,
    request,
    endpoints: connections.map(({ ask }) => ask as Request),
    client: createPublicClient({ transport: custom({ request }, { retryCount: 0 }) }),
    onHead: (listener) => {
      const forget = connections.map(({ onHead }) => onHead(listener));
      return () => {
        for (const one of forget) one();
      };
    },
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}

/**
 * Throws `chain-mismatch` unless every node that answers serves the chain that was configured,
 * `rpc-unreachable` if none does.
 */
export async function requireChain(chain: Chain): Promise<void> {
  const answers = await Promise.allSettled(chain.endpoints.map((ask) => ask({ method: "eth_chainId" })));
  const failures = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as unknown] : []));
  const serious = failures.find((error) => !isUnreachable(error));
  if (serious !== undefined) throw serious;
  if (failures.length === answers.length) throw failures[0];
}

/**
 * Which chain a node is of, where nobody said which one it should be. Throws `rpc-unreachable` or
 * `rpc-refused`.
 */
export async function readChainId(rpcUrl: string): Promise<number> {
  const connection = connect(rpcUrl, 0, DEFAULT_TIMEOUT_MS);
  try {
    return Number(await connection.ask({ method: "eth_chainId" }));
  } finally {
    connection.close();
  }
}

const isUnreachable = (error: unknown): boolean => error instanceof ProtocolError && error.code === "rpc-unreachable";

const isMismatch = (error: unknown): boolean => error instanceof ProtocolError && error.code === "chain-mismatch";

type Connection = Readonly<{ ask: Ask; onHead: (listener: () => void) => () => void; close: () => void }>;

/**
 * Lets no question through to a node of another chain. Which chain it is of is asked before the
 * first question, again after it could not be reached, and by every `eth_chainId`: behind the same
 * address there may be another node by then.
 */
const guard = (connection: Connection, endpoint: number, expected: number): Connection => {
  let identity: Promise<void> | undefined;

  const identify = async () => {
    const actual = Number(await connection.ask({ method: "eth_chainId" }));
    if (actual !== expected) throw new ProtocolError("chain-mismatch", { expected, actual, endpoint });
  };
  const requireIdentity = async () => {
    identity ??= identify();
    const current = identity;
    try {
      await current;
    } catch (error) {
      if (identity === current) identity = undefined;
      throw error;
    }
  };

  const ask: Ask = async (question) => {
    if (question.method === "eth_chainId") identity = undefined;
    await requireIdentity();
    if (question.method === "eth_chainId") return numberToHex(expected);
    try {
      return await connection.ask(question);
    } catch (error) {
      if (isUnreachable(error)) identity = undefined;
      throw error;
    }
  };

  return { ...connection, ask };
};

const connect = (url: string, index: number, timeout: number): Connection => {
  const transport = /^wss?:/.test(url) ? overSocket(url, timeout) : overHttp(url, timeout);
  const ask: Ask = async (question) => {
    try {
      return await transport.ask(question);
    } catch (error) {
      throw toProtocolError(error, { endpoint: index, method: question.method }, url);
    }
  };
  return { ...transport, ask };
};

const overSocket = (url: string, timeout: number): Connection => {
  const { request, ...socket } = createRpcSocket(url, timeout);
  return { ask: request, ...socket };
};

const overHttp = (url: string, timeout: number): Connection => {
  const options = { batch: BATCH, retryCount: 0, timeout, maxResponseBodySize: LARGEST_ANSWER };
  const { request } = http(url, options)({ retryCount: 0, timeout });
  return { ask: (question) => request(question), onHead: () => () => {}, close: () => {} };
};

type Where = Readonly<{ endpoint: number; method: string }>;

// Addresses of nodes carry keys, so no error of the transport is kept: only its kind and what the
// node said.
const toProtocolError = (error: unknown, where: Where, url: string): ProtocolError => {
  const refusal = find(error, RpcRequestError);
  if (refusal !== undefined && refusal.code !== LIMIT_EXCEEDED) {
    const data = refusal.data as unknown;
    const nested = typeof data === "object" && data !== null && "data" in data ? data.data : data;
    return new ProtocolError("rpc-refused", {
      ...where,
      rpcCode: refusal.code,
      reason: withoutAddress(refusal.details, url),
      data: typeof nested === "string" ? nested : null,
    });
  }
  const status = find(error, HttpRequestError)?.status;
  const reason =
    refusal !== undefined || status === 429
      ? "limited"
      : find(error, TimeoutError) !== undefined
        ? "timeout"
        : status !== undefined
          ? `http-${status}`
          : "no-connection";
  return new ProtocolError("rpc-unreachable", { ...where, reason });
};

/** Shorter parts of an address are versions and names like `v3` or `mainnet`, and no keys. */
const SHORTEST_KEY = 8;

/** Nodes repeat in their refusals what was wrong: their address, or the key in it. */
const withoutAddress = (text: string, address: string): string => {
  const { username, password, pathname, searchParams } = new URL(address);
  const parts = [username, password, ...pathname.split("/"), ...searchParams.values()];
  return [address, ...parts.filter(({ length }) => length >= SHORTEST_KEY)].reduce(
    (safe, part) => safe.replaceAll(part, "(node)"),
    text,
  );
};

const find = <E extends Error>(error: unknown, kind: abstract new (...args: never[]) => E): E | undefined => {
  if (error instanceof kind) return error;
  const found = error instanceof BaseError ? error.walk((cause) => cause instanceof kind) : undefined;
  return found instanceof kind ? found : undefined;
};
