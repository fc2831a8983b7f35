import { setTimeout as wait } from "node:timers/promises";
import { type ErrorCode, ProtocolError } from "../core/errors.ts";

/** Codes that say nothing about the answer: the same question may be asked again. Everything else is final. */
const transient: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["rpc-unreachable", "database-unreachable"]);

export const isTransient = (error: unknown): boolean => error instanceof ProtocolError && transient.has(error.code);

export type RetryOptions = Readonly<{ signal: AbortSignal; firstDelayMs?: number; longestDelayMs?: number }>;

/** Asks until there is an answer that is not transient, with doubling pauses; ends early only by the signal. */
export const retry = async <T>(ask: () => Promise<T>, options: RetryOptions): Promise<T> => {
  const { signal, firstDelayMs = 100, longestDelayMs = 5_000 } = options;
  for (let delay = firstDelayMs; ; delay = Math.min(delay * 2, longestDelayMs)) {
    try {
      return await ask();
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    await wait(delay, undefined, { signal });
  }
};
