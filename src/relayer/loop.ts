import { setTimeout as wait } from "node:timers/promises";
import { isTransient } from "../chain/isTransient.ts";
import { type ErrorCode, ProtocolError } from "../core/errors.ts";
import type { Log } from "./log.ts";

export type LoopOptions = Readonly<{
  name: string;
  intervalMs: number;
  signal: AbortSignal;
  log: Log;
  /** Does what there is to do; `true` when there may be more at once. */
  step: () => Promise<boolean>;
}>;

export type Loop = Readonly<{
  /** Runs the next step now instead of at the end of the pause. */
  nudge: () => void;
  /** The obstacle of the last step, if it failed. */
  obstacle: () => ErrorCode | undefined;
  /** Settles when the loop has ended, after the step that was running when the signal came. */
  done: Promise<void>;
}>;

const LONGEST_PAUSE_MS = 5_000;

/** Repeats a step until the signal, with pauses that a nudge ends and that grow while the step fails. */
export const startLoop = ({ name, intervalMs, signal, log, step }: LoopOptions): Loop => {
  let obstacle: ErrorCode | undefined;
  let isNudged = false;
  let pause: AbortController | undefined;

  const rest = async (milliseconds: number) => {
    if (isNudged || signal.aborted) return;
    pause = new AbortController();
    const ends = AbortSignal.any([signal, pause.signal]);
    await wait(milliseconds, undefined, { signal: ends }).catch(() => {});
    pause = undefined;
  };

  const run = async () => {
    let failures = 0;
    while (!signal.aborted) {
      isNudged = false;
      try {
        const hasMore = await step();
        if (obstacle !== undefined) log.info({ loop: name }, "goes on");
        obstacle = undefined;
        failures = 0;
        if (!hasMore) await rest(intervalMs);
      } catch (error) {
        if (signal.aborted) break;
        const code = error instanceof ProtocolError ? error.code : "internal";
        if (code !== obstacle) report(log, name, error);
        obstacle = code;
        failures += 1;
        await rest(Math.min(intervalMs * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MS));
      }
    }
  };

  return {
    nudge: () => {
      isNudged = true;
      pause?.abort();
    },
    obstacle: () => obstacle,
    done: run(),
  };
};

const report = (log: Log, loop: string, error: unknown) => {
  if (!(error instanceof ProtocolError)) log.error({ loop, err: error }, "a defect stopped a step");
  else if (isTransient(error)) log.warn({ loop, code: error.code, ...error.details }, "waits");
  else log.error({ loop, code: error.code, ...error.details }, "cannot go on");
};
