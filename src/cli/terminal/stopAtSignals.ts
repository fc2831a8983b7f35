import { INTERRUPTED } from "../exitCodes.ts";

const IMPATIENT_AFTER_MS = 1_000;
/** How far apart one Ctrl-C comes from the terminal and from npm, at the most. */
const TWICE_WITHIN_MS = 250;

/**
 * Aborts at Ctrl-C, or when the process is asked to end. A second Ctrl-C, a second or more after
 * the first, ends the process at once with exit code 130. One Ctrl-C can come twice at once: from
 * the terminal, and from npm.
 */
export function stopAtSignals(stop: AbortController): void {
  let endsAtOnce = false;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (endsAtOnce) process.exit(INTERRUPTED);
      if (stop.signal.aborted) return;
      // A process that is gone within milliseconds would be killed by the same Ctrl-C: Node does
      // not listen for signals while it ends.
      setTimeout(() => undefined, TWICE_WITHIN_MS);
      // A signal that came while the process was too busy to notice must not count as a second one:
      // it is read before `setImmediate` calls back.
      const endAtNextOne = () => {
        endsAtOnce = true;
      };
      setTimeout(() => setImmediate(endAtNextOne), IMPATIENT_AFTER_MS).unref();
      stop.abort();
    });
  }
}
