import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Asks on the terminal; whatever is no yes is a no. `undefined` without a terminal that shows the
 * question and takes the answer. Rejects when the signal aborts.
 */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  stderr.write(`${question} [y/N] `);
  // The terminal itself edits the line, so that Ctrl-C stays a signal.
  const lines = createInterface({ input: stdin, terminal: false });
  let answer: string | undefined;
  try {
    [answer] = await Promise.race([once(lines, "line", { signal }), once(lines, "close", { signal })]);
  } finally {
    lines.close();
    if (answer === undefined) stderr.write("\n");
  }
  return answer !== undefined && /^\s*(y|yes|是)\s*$/i.test(answer);
}
