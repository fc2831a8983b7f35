import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";

/** Bytes that lie in a shared slot, or that all were sent. */
export type ToSm3Worker = Readonly<{ slot: number; bytes: Uint8Array }> | "end";

/** A slot that may be written again, or the digest in hex, without `0x`. */
export type FromSm3Worker = Readonly<{ taken: number }> | Readonly<{ digest: string }>;

/** SM3 taken elsewhere. One call at a time: each is awaited before the next. */
export type Sm3Thread = Readonly<{
  /** Copies the bytes; resolves as soon as they may change, later where the thread is behind. */
  add: (bytes: Uint8Array) => Promise<void>;
  /** Hex without `0x`; ends the thread. */
  finish: () => Promise<string>;
  /** Ends the thread if it still runs; no call may follow. */
  close: () => void;
}>;

const SLOT_BYTES = 1024 ** 2;
const SLOTS = 4;

/**
 * Takes SM3 in a thread of its own, through 4 MiB of shared memory whatever the length of the file.
 * What fits into them is hashed without a thread, which would take longer to start. Every function
 * rejects with what the thread fails with.
 */
export function createSm3Thread(): Sm3Thread {
  const slots: Uint8Array[] = [];
  const free: number[] = [];
  const sent: ToSm3Worker[] = [];
  let worker: Worker | undefined;
  let current: number | undefined;
  let filled = 0;
  let digest: string | undefined;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};

  function start() {
    const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));
    const started = new Worker(new URL(`./sm3Worker${extension}`, import.meta.url));
    started.on("message", (message: FromSm3Worker) => {
      if ("digest" in message) digest = message.digest;
      else free.push(message.taken);
      wake();
    });
    const fail = (error: unknown) => {
      failure ??= { error };
      wake();
    };
    started.on("error", fail);
    started.on("exit", () => {
      if (digest === undefined) fail(new Error("the thread of SM3 has ended"));
    });
    for (const message of sent.splice(0)) started.postMessage(message);
    return started;
  }

  async function until(isThere: () => boolean) {
    while (failure === undefined && !isThere()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (failure !== undefined) throw failure.error;
  }

  function send(message: ToSm3Worker) {
    if (worker === undefined) sent.push(message);
    else worker.postMessage(message);
  }

  async function takeSlot() {
    if (slots.length < SLOTS) return slots.push(new Uint8Array(new SharedArrayBuffer(SLOT_BYTES))) - 1;
    worker ??= start();
    await until(() => free.length > 0);
    return free.pop()!;
  }

  function flush() {
    if (current !== undefined) send({ slot: current, bytes: slots[current]!.subarray(0, filled) });
    current = undefined;
    filled = 0;
  }

  return {
    async add(bytes) {
      for (let at = 0; at < bytes.length; ) {
        current ??= await takeSlot();
        const part = bytes.subarray(at, at + SLOT_BYTES - filled);
        slots[current]!.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled === SLOT_BYTES) flush();
      }
    },
    async finish() {
      flush();
      if (worker === undefined) {
        const sm3 = createHash("sm3");
        for (const message of sent.splice(0)) if (message !== "end") sm3.update(message.bytes);
        return sm3.digest("hex");
      }
      send("end");
      await until(() => digest !== undefined);
      return digest!;
    },
    close() {
      failure ??= { error: new Error("the digest was closed") };
      void worker?.terminate();
      wake();
    },
  };
}
