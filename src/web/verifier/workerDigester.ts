import { type ConcurrentDigester, createDigester, type Digester } from "../../core/evidence/digest.ts";

/** Pieces that a thread may lag behind, so that little is held. */
const MAX_PENDING = 4;

/** What a thread is told: which digest, bytes at the beginning of a buffer, or the end. */
export type ThreadInput = "sha256" | "sm3" | Readonly<{ buffer: ArrayBuffer; length: number }> | null;

type Thread = Readonly<{
  add: (bytes: Uint8Array) => Promise<void>;
  finish: () => Promise<string>;
  close: () => void;
}>;

/**
 * Both digests at once, each in a thread of its own. Where the browser starts none, they are taken
 * one after the other in the page's own thread.
 *
 * @param startWorker starts `digestWorker.ts`
 */
export function createWorkerDigester(startWorker: () => Worker): () => Promise<ConcurrentDigester | Digester> {
  return async () => {
    const threads: Thread[] = [];
    try {
      for (const name of ["sha256", "sm3"] as const) threads.push(startThread(startWorker(), name));
    } catch {
      for (const { close } of threads) close();
      return createDigester();
    }
    const [sha256, sm3] = threads as [Thread, Thread];
    let size = 0;
    return {
      async add(bytes) {
        size += bytes.length;
        await Promise.all([sha256.add(bytes), sm3.add(bytes)]);
      },
      async finish() {
        const [one, other] = await Promise.all([sha256.finish(), sm3.finish()]);
        return { size, sha256: `0x${one}`, sm3: `0x${other}` };
      },
      close() {
        sha256.close();
        sm3.close();
      },
    };
  };
}

function startThread(worker: Worker, name: "sha256" | "sm3"): Thread {
  /** Buffers that came back: filled again, so that memory does not grow with the file. */
  const free: ArrayBuffer[] = [];
  let pending = 0;
  let wake = () => {};
  let fail: (reason: Error) => void = () => {};
  let end: (digest: string) => void = () => {};
  const digest = new Promise<string>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  // Whoever waits for the digest hears of it; nobody may be waiting yet.
  digest.catch(() => undefined);
  const tell = (input: ThreadInput, transfer: Transferable[] = []) => worker.postMessage(input, transfer);
  worker.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === "string") return end(data);
    free.push(data);
    pending -= 1;
    wake();
  });
  worker.addEventListener("error", ({ message }) => {
    fail(new Error(`${name}: ${message}`));
    wake();
  });
  tell(name);
  return {
    async add(bytes) {
      if (bytes.length === 0) return;
      const spare = free.pop();
      const buffer = spare !== undefined && spare.byteLength >= bytes.length ? spare : new ArrayBuffer(bytes.length);
      new Uint8Array(buffer).set(bytes);
      pending += 1;
      tell({ buffer, length: bytes.length }, [buffer]);
      if (pending < MAX_PENDING) return;
      await Promise.race([digest, new Promise<void>((resolve) => (wake = resolve))]);
    },
    finish: () => {
      tell(null);
      return digest;
    },
    close: () => worker.terminate(),
  };
}
