import { createSHA256, createSM3 } from "hash-wasm";
import type { ThreadInput } from "./workerDigester.ts";

// One digest in a thread of its own: the first message names it, each other one holds bytes, and
// null ends it. Each buffer goes back to be filled again; the end is answered by the digest.

type Hash = Awaited<ReturnType<typeof createSM3>>;

let hash: Promise<Hash> | undefined;

addEventListener("message", async ({ data }: MessageEvent<ThreadInput>) => {
  if (data === "sha256" || data === "sm3") {
    hash = data === "sm3" ? createSM3() : createSHA256();
    return;
  }
  const started = await hash;
  if (started === undefined) return;
  if (data === null) postMessage(started.digest("hex"));
  else {
    started.update(new Uint8Array(data.buffer, 0, data.length));
    postMessage(data.buffer, { transfer: [data.buffer] });
  }
});
