import { relative } from "node:path";
import type { Texts } from "../../core/text/texts.ts";
import { showDollars } from "./money.ts";
import { verifyFlipped, verifyOffline } from "./offlineCheck.ts";
import { type DemoOutcome, isRight } from "./play.ts";

type Reporting = Readonly<{ onProgress: (line: string) => void; texts: Texts }>;

/** Says what each party ended up with and whether it is what the terms say. */
export function reportHoldings({ holdings, checks }: DemoOutcome, { onProgress, texts }: Reporting): void {
  const { demo: say } = texts;
  onProgress(say.holdings.title);
  for (const { account, before, after, expected } of holdings) {
    const change = after - before;
    const sign = change < 0n ? "-" : "+";
    const amount = showDollars(change < 0n ? -change : change);
    const { account: name, asExpected, unexpected } = say.holdings;
    const verdict = after === expected ? asExpected(name[account]) : unexpected(name[account], showDollars(expected));
    const amounts = `${showDollars(after).padStart(24)}   ${(sign + amount).padStart(22)}`;
    onProgress(`   ${amounts}   ${verdict}`);
  }
  for (const { check, holds } of checks) onProgress(`   ${(holds ? say.right : say.wrong)(say.check[check])}`);
}

/**
 * Verifies every file in a process of its own without network, as it is and with one bit flipped.
 */
export async function reportVerification(outcome: DemoOutcome, { onProgress, texts }: Reporting): Promise<boolean> {
  const { demo: say, report } = texts;
  onProgress(say.verification.title);
  let allRight = isRight(outcome);
  for (const proven of outcome.proven) {
    const honest = await verifyOffline(proven);
    const flipped = await verifyFlipped(proven);
    const isAsExpected =
      honest.status === "verified" &&
      honest.exitCode === 0 &&
      flipped.status === "refuted" &&
      flipped.exitCode === 1 &&
      flipped.changed.includes("file-digest");
    allRight &&= isAsExpected;
    const { status, result } = say.verification;
    const changed = flipped.changed.map((check) => report.check[check]).join(say.verification.separator);
    const found = result(relative(process.cwd(), proven.file), status[honest.status], status[flipped.status], changed);
    onProgress(`   ${(isAsExpected ? say.right : say.wrong)(found)}`);
  }
  return allRight;
}

/** Says how to repeat the verification by hand. */
export function reportCommands({ proven }: DemoOutcome, { onProgress, texts }: Reporting): void {
  onProgress(texts.demo.verification.repeat);
  for (const { file, bundle, confirming } of proven) {
    onProgress(`   npm run --silent holdfast -- verify ${shown(file)} ${shown(bundle)} ${confirming.join(" ")}`);
  }
}

/** A path as a shell takes it. */
const shown = (path: string): string => {
  const fromHere = relative(process.cwd(), path);
  return /^[\w./@:+-]+$/.test(fromHere) ? fromHere : `'${fromHere.replaceAll("'", `'\\''`)}'`;
};
