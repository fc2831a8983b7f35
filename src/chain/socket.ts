import { RpcRequestError, TimeoutError } from "viem";

/** A JSON-RPC request without its id. */
export type Question = Readonly<{ method: string; params?: unknown }>;

/** A node behind a WebSocket. */
export type RpcSocket = Readonly<{
  request: (question: Question) => Promise<unknown>;
  /**
   * Calls back at each new block for as long as the connection can be kept up; returns how to stop.
   */
  onHead: (listener: () => void) => () => void;
  close: () => void;
}>;

type Pending = Readonly<{ settle: (answer: Answer) => void; fail: (error: Error) => void }>;
type Answer = Readonly<{ result?: unknown; error?: { code: number; message: string; data?: unknown } }>;

const RECONNECT_MS = 1_000;

/**
 * JSON-RPC over one WebSocket that is opened when it is needed and opened again whenever it broke,
 * for ever. (viem's own gives up after five attempts and prints to the console.)
 */
export function createRpcSocket(url: string, timeoutMs: number): RpcSocket {
  const pending = new Map<number, Pending>();
  const listeners = new Set<() => void>();
  let opening: Promise<WebSocket> | undefined;
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;
  let lastId = 0;

  const connect = () => {
    opening ??= open();
    return opening;
  };

  const open = async () => {
    const socket = new WebSocket(url);
    socket.addEventListener("message", ({ data }) => receive(String(data)));
    socket.addEventListener("close", lose);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve(), { once: true });
      socket.addEventListener("error", () => reject(new Error("no connection")), { once: true });
      socket.addEventListener("close", () => reject(new Error("no connection")), { once: true });
    });
    if (listeners.size > 0) subscribe(socket);
    return socket;
  };

  const lose = () => {
    opening = undefined;
    for (const { fail } of pending.values()) fail(new Error("the connection was lost"));
    pending.clear();
    if (listeners.size === 0 || isClosed || again !== undefined) return;
    again = setTimeout(() => {
      again = undefined;
      connect().catch(() => {});
    }, RECONNECT_MS);
    again.unref();
  };

  const receive = (text: string) => {
    const message = JSON.parse(text) as Answer & { id?: number; method?: string };
    if (message.method === "eth_subscription") for (const listener of listeners) listener();
    if (message.id === undefined) return;
    pending.get(message.id)?.settle(message);
    pending.delete(message.id);
  };

  const send = (socket: WebSocket, question: Question) =>
    new Promise<Answer>((resolve, reject) => {
      const id = ++lastId;
      const body = { jsonrpc: "2.0", id, ...question };
      const timer = setTimeout(() => {
        pending.delete(id);
        reject(new TimeoutError({ body, url }));
      }, timeoutMs);
      const ended = <T>(end: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          end(value);
        };
      };
      pending.set(id, { settle: ended(resolve), fail: ended(reject) });
      socket.send(JSON.stringify(body));
    });

  const subscribe = (socket: WebSocket) => {
    send(socket, { method: "eth_subscribe", params: ["newHeads"] }).catch(() => {});
  };

  return {
    request: async (question) => {
      const { result, error } = await send(await connect(), question);
      if (error !== undefined) throw new RpcRequestError({ body: { ...question }, error, url });
      return result;
    },
    onHead: (listener) => {
      listeners.add(listener);
      if (listeners.size === 1) {
        const isOpen = opening !== undefined;
        connect().then(
          (socket) => isOpen && subscribe(socket),
          () => lose(),
        );
      }
      return () => listeners.delete(listener);
    },
    close: () => {
      isClosed = true;
      clearTimeout(again);
      opening?.then(
        (socket) => socket.close(),
        () => {},
      );
    },
  };
}
