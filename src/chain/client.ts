import {
  BaseError,
  createPublicClient,
  custom,
  type EIP1193RequestFn,
  HttpRequestError,
  http,
  type PublicClient,
  type PublicRpcSchema,
  RpcRequestError,
  TimeoutError,
} from "viem";
import { ProtocolError } from "../core/errors.ts";
import { createRpcSocket, type Question } from "./socket.ts";

export type ChainOptions = Readonly<{
  /** HTTP or WebSocket addresses of nodes of one chain, the preferred one first. Later ones are asked when it fails. */
  rpcUrls: readonly string[];
  chainId: number;
  timeoutMs?: number;
}>;

export type Request = EIP1193RequestFn<PublicRpcSchema>;

export type Chain = Readonly<{
  chainId: number;
  /** Asks the first node that answers. Throws `rpc-unreachable`, or `rpc-refused` with what the node answered. */
  request: Request;
  /** The same question to each node by itself, for answers that one node alone is not trusted with. */
  endpoints: readonly Request[];
  /** viem's reads over `request`. */
  client: PublicClient;
  /** Calls back soon after a new block from every node that is reached by WebSocket; never relied upon. */
  onHead: (listener: () => void) => () => void;
  close: () => void;
}>;

const DEFAULT_TIMEOUT_MS = 10_000;
const LARGEST_ANSWER = 256 * 1024 * 1024;
const BATCH = { wait: 0, batchSize: 100 };
const LIMIT_EXCEEDED = -32005;

/** Connects to nodes lazily: nothing is sent before the first question. */
export const createChain = ({ rpcUrls, chainId, timeoutMs = DEFAULT_TIMEOUT_MS }: ChainOptions): Chain => {
  const connections = rpcUrls.map((url, index) => connect(url, index, timeoutMs));
  const endpoints = connections.map(({ request }) => request);
  const request = (async (question: Question) => {
    let failure: unknown;
    for (const ask of endpoints) {
      try {
        return await ask(question as never);
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }) as Request;
  return {
    chainId,
    request,
    endpoints,
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
};

/** Throws `chain-mismatch` unless every node that answers serves the chain that was configured. */
export const requireChain = async (chain: Chain): Promise<void> => {
  const actual = Number(await chain.request({ method: "eth_chainId" }));
  if (actual !== chain.chainId) throw new ProtocolError("chain-mismatch", { expected: chain.chainId, actual });
};

export const isUnreachable = (error: unknown): boolean =>
  error instanceof ProtocolError && error.code === "rpc-unreachable";

type Connection = Readonly<{ request: Request; onHead: (listener: () => void) => () => void; close: () => void }>;

const connect = (url: string, index: number, timeout: number): Connection => {
  const { ask, onHead, close } = /^wss?:/.test(url) ? overSocket(url, timeout) : overHttp(url, timeout);
  const request = (async (question: Question) => {
    try {
      return await ask(question);
    } catch (error) {
      throw toProtocolError(error, { endpoint: index, method: question.method }, url);
    }
  }) as Request;
  return { request, onHead, close };
};

const overSocket = (url: string, timeout: number) => {
  const { request, ...socket } = createRpcSocket(url, timeout);
  return { ask: request, ...socket };
};

const overHttp = (url: string, timeout: number) => {
  const options = { batch: BATCH, retryCount: 0, timeout, maxResponseBodySize: LARGEST_ANSWER };
  const { request } = http(url, options)({ retryCount: 0, timeout });
  return { ask: (question: Question) => request(question as never), onHead: () => () => {}, close: () => {} };
};

type Where = Readonly<{ endpoint: number; method: string }>;

// Addresses of nodes carry keys, so no error of the transport is kept: only its kind and what the node said.
const toProtocolError = (error: unknown, where: Where, url: string): ProtocolError => {
  const refusal = find(error, RpcRequestError);
  if (refusal !== undefined && refusal.code !== LIMIT_EXCEEDED) {
    const data = refusal.data as unknown;
    const nested = typeof data === "object" && data !== null && "data" in data ? data.data : data;
    return new ProtocolError("rpc-refused", {
      ...where,
      rpcCode: refusal.code,
      reason: refusal.details.replaceAll(url, "(node)"),
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

const find = <E extends Error>(error: unknown, kind: abstract new (...args: never[]) => E): E | undefined => {
  if (error instanceof kind) return error;
  const found = error instanceof BaseError ? error.walk((cause) => cause instanceof kind) : undefined;
  return found instanceof kind ? found : undefined;
};
