import { setTimeout as wait } from "node:timers/promises";
import { isTransient } from "../chain/isTransient.ts";
import { type ErrorCode, ProtocolError } from "../core/errors.ts";
import type { Log } from "./log.ts";

/** What is repeated, and how often. */
export type LoopOptions = Readonly<{
  name: string;
  intervalMs: number;
  signal: AbortSignal;
  log: Log;
  /** Does what there is to do; `true` when there may be more at once. */
  step: () => Promise<boolean>;
}>;

/** A loop that runs. */
export type Loop = Readonly<{
  /** Runs the next step now instead of at the end of the pause. */
  wake: () => void;
  /** Why the last step failed; `undefined` when it worked. */
  blockedBy: () => ErrorCode | undefined;
  /** Settles when the loop has ended, after the step that was running when the signal came. */
  done: Promise<void>;
}>;

const LONGEST_PAUSE_MS = 5_000;

/**
 * Repeats a step until the signal, with pauses that `wake` ends and that grow while the step fails.
 */
export function startLoop({ name, intervalMs, signal, log, step }: LoopOptions): Loop {
  let blockedBy: ErrorCode | undefined;
  let isWoken = false;
  let pause: AbortController | undefined;

  const rest = async (milliseconds: number) => {
    if (isWoken || signal.aborted) return;
    pause = new AbortController();
    const ends = AbortSignal.any([signal, pause.signal]);
    await wait(milliseconds, undefined, { signal: ends }).catch(() => {});
    pause = undefined;
  };

  const run = async () => {
    let failures = 0;
    while (!signal.aborted) {
      isWoken = false;
      try {
        const hasMore = await step();
        if (blockedBy !== undefined) log.info({ loop: name }, "goes on");
        blockedBy = undefined;
        failures = 0;
        if (!hasMore) await rest(intervalMs);
      } catch (error) {
        if (signal.aborted) break;
        const code = error instanceof ProtocolError ? error.code : "internal";
        if (code !== blockedBy) report(log, name, error);
        blockedBy = code;
        failures += 1;
        await rest(Math.min(intervalMs * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MS));
      }
    }
  };

  return {
    wake: () => {
      isWoken = true;
      pause?.abort();
    },
    blockedBy: () => blockedBy,
    done: run(),
  };
}

const report = (log: Log, loop: string, error: unknown) => {
  if (!(error instanceof ProtocolError)) log.error({ loop, err: error }, "a defect stopped a step");
  else if (isTransient(error)) log.warn({ loop, code: error.code, ...error.details }, "waits");
  else log.error({ loop, code: error.code, ...error.details }, "cannot go on");
};
