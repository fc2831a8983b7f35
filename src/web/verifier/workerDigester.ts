import { type ConcurrentDigester, createDigester, type Digester } from "../../core/evidence/digest.ts";

/** Pieces that a thread may lag behind, so that little is held. */
const MAX_PENDING = 4;

type Thread = Readonly<{
  add: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
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
      for (const name of ["sha256", "sm3"]) threads.push(startThread(startWorker(), name));
    } catch {
      for (const { close } of threads) close();
      return createDigester();
    }
    const [sha256, sm3] = threads as [Thread, Thread];
    let size = 0;
    return {
      async add(bytes) {
        size += bytes.length;
        await Promise.all([sha256.add(bytes.slice()), sm3.add(bytes.slice())]);
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

function startThread(worker: Worker, name: string): Thread {
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
  worker.addEventListener("message", ({ data }: MessageEvent<string>) => {
    if (data !== "taken") return end(data);
    pending -= 1;
    wake();
  });
  worker.addEventListener("error", ({ message }) => {
    fail(new Error(`the thread of ${name} failed: ${message}`));
    wake();
  });
  worker.postMessage(name);
  return {
    async add(bytes) {
      if (bytes.length === 0) return;
      pending += 1;
      worker.postMessage(bytes.buffer, [bytes.buffer]);
      if (pending < MAX_PENDING) return;
      await Promise.race([digest, new Promise<void>((resolve) => (wake = resolve))]);
    },
    finish: () => {
      worker.postMessage(new ArrayBuffer(0));
      return digest;
    },
    close: () => worker.terminate(),
  };
}
