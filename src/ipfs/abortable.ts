import type { ByteSource } from "./port.ts";

/**
 * The settled promise, or the signal's reason as soon as it aborts: the work itself may not know
 * how to stop.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  // Nobody may be waiting for it any more when it fails, also where it was started after the
  // abortion.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The same bytes; ends with the signal's reason even while the source itself is stalled. */
export async function* untilAborted(
  source: ByteSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let exhausted = false;
  try {
    for (;;) {
      const step = await orAborted(Promise.resolve(iterator.next()), signal);
      if (step.done === true) break;
      yield step.value;
    }
    exhausted = true;
  } finally {
    // Not awaited: a generator that is stalled inside `next` would never answer.
    if (!exhausted) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
