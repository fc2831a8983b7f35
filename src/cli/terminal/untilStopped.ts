/** Waits until the signal aborts or something that should run on ends by itself; says which. */
export async function untilStopped(signal: AbortSignal, ended: Promise<unknown>): Promise<"stopped" | "ended"> {
  if (signal.aborted) return "stopped";
  const { promise, resolve } = Promise.withResolvers<"stopped">();
  const onAbort = () => resolve("stopped");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, ended.then(() => "ended" as const)]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
