// Runs in a thread of its own, started by sm3Thread.ts.
import { createHash } from "node:crypto";
import { parentPort } from "node:worker_threads";
import type { FromSm3Worker, ToSm3Worker } from "./sm3Thread.ts";

const sm3 = createHash("sm3");
const answer = (message: FromSm3Worker) => parentPort!.postMessage(message);
parentPort!.on("message", (message: ToSm3Worker) => {
  if (message === "end") {
    answer({ digest: sm3.digest("hex") });
    parentPort!.close();
  } else {
    sm3.update(message.bytes);
    answer({ taken: message.slot });
  }
});
