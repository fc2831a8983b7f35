import { relative } from "node:path";
import { showDollars } from "./money.ts";
import { verifyFlipped, verifyOffline } from "./offlineCheck.ts";
import { type DemoOutcome, isRight } from "./play.ts";

/** Prints what each party ended up with and whether it is what the terms say. */
export const reportHoldings = ({ holdings, checks }: DemoOutcome, onProgress: (line: string) => void): void => {
  onProgress("What each ended up with");
  for (const { account, before, after, expected } of holdings) {
    const change = after - before;
    const sign = change < 0n ? "-" : "+";
    const amount = showDollars(change < 0n ? -change : change);
    const verdict = after === expected ? "as the terms say" : `WRONG: expected ${showDollars(expected)}`;
    onProgress(
      `   ${account.padEnd(12)} ${showDollars(after).padStart(24)}   ${(sign + amount).padStart(22)}   ${verdict}`,
    );
  }
  for (const { what, holds } of checks) onProgress(`   ${holds ? "right" : "WRONG"}: ${what}`);
};

/** Verifies every file in a process of its own without network, as it is and with one bit flipped. */
export const reportVerification = async (
  outcome: DemoOutcome,
  onProgress: (line: string) => void,
): Promise<boolean> => {
  onProgress("Verified offline, each in a fresh process that can reach neither chain nor relayer");
  let allRight = isRight(outcome);
  for (const { file, bundle } of outcome.proven) {
    const honest = await verifyOffline(file, bundle);
    const flipped = await verifyFlipped(file, bundle);
    const isAsExpected =
      honest.status === "verified" &&
      honest.exitCode === 0 &&
      flipped.status === "refuted" &&
      flipped.exitCode === 1 &&
      flipped.changed.includes("file-digest");
    allRight &&= isAsExpected;
    onProgress(
      `   ${isAsExpected ? "right" : "WRONG"}: ${relative(process.cwd(), file)}: ${honest.status}; ` +
        `one bit flipped: ${flipped.status} (${flipped.changed.join(", ")})`,
    );
  }
  return allRight;
};

/** Prints how to repeat the verification by hand. */
export const reportCommands = ({ proven }: DemoOutcome, onProgress: (line: string) => void): void => {
  onProgress("Repeat it, with the network off if you like:");
  for (const { file, bundle } of proven) {
    onProgress(`   npm run --silent holdfast -- verify ${shown(file)} ${shown(bundle)}`);
  }
};

/** A path as a shell takes it. */
const shown = (path: string): string => {
  const fromHere = relative(process.cwd(), path);
  return /^[\w./@:+-]+$/.test(fromHere) ? fromHere : `'${fromHere.replaceAll("'", `'\\''`)}'`;
};
