import { createSHA256, createSM3 } from "hash-wasm";

// One digest in a thread of its own: the first message names it, each other one holds bytes, and an
// empty one ends it. Every message is answered, the last with the digest in hex.

type Hash = Awaited<ReturnType<typeof createSM3>>;

let hash: Promise<Hash> | undefined;

addEventListener("message", async ({ data }: MessageEvent<"sha256" | "sm3" | ArrayBuffer>) => {
  if (typeof data === "string") {
    hash = data === "sm3" ? createSM3() : createSHA256();
    return;
  }
  const started = await hash;
  if (started === undefined) return;
  if (data.byteLength === 0) postMessage(started.digest("hex"));
  else {
    started.update(new Uint8Array(data));
    postMessage("taken");
  }
});
