import type { TimestampChainVerdict } from "../evidence/timestamp/verifyChain.ts";
import type { Verification } from "../evidence/verify/verifyBundle.ts";
import { quoted } from "./quoted.ts";
import type { ReportText } from "./reportContent.ts";

/**
 * A line for each authority's tokens and one for the relayer's promise, each with what it is worth.
 * `at` writes a time in Unix seconds.
 */
export function witnessLines(
  { checks, promise, timestamps }: Verification,
  text: ReportText,
  at: (seconds: number) => string,
): string[] {
  const isPromised = checks.some(({ id, result }) => id === "promise" && result === "pass");
  return [
    ...timestamps.map((stamp) => `${text.label.stampedAt}: ${stampText(stamp, text, at)}`),
    ...(promise === null || !isPromised
      ? []
      : [
          `${text.label.promised}: ${text.promised(at(promise.receivedAt), at(promise.anchorBy), promise.relayer)}: ${text.promise[worthOf(promise.isKept)]}`,
        ]),
  ];
}

function stampText(stamp: TimestampChainVerdict, text: ReportText, at: (seconds: number) => string): string {
  const result = text.stamp[stamp.status];
  if (stamp.status === "invalid") return `${result}: ${text.stampProblem[stamp.problem]}`;
  const made = text.stampedBy(at(stamp.time), stamp.accuracySeconds, quoted(stamp.tsa));
  if (stamp.status !== "confirmed") return `${made}: ${result}`;
  const revocation = stamp.revocation === "checked" ? text.notRevoked : text.revocationNotChecked;
  return `${made}: ${result}${text.listSeparator}${revocation}`;
}

function worthOf(isKept: boolean | null) {
  return isKept === null ? "unknown" : isKept ? "kept" : "broken";
}
