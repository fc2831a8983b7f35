import type { EvidenceBundle } from "../bundle.ts";
import type { AnchoredLog } from "../receiptProof.ts";
import { bytesOfBase64 } from "../timestamp/base64.ts";
import type { TimestampChainProblem, TimestampChainVerdict } from "../timestamp/verifyChain.ts";
import { type Check, notChecked } from "./check.ts";
import { clockTolerance, type VerifyOptions } from "./options.ts";

/** What makes a token worthless without anybody having changed the bundle. */
const harmless: readonly TimestampChainProblem[] = ["token-certificate-revoked", "token-in-future"];

/**
 * Checks the tokens of every authority over the anchored root. `chains` are what each proves, in
 * the order of the bundle; the check fails only for what no authority can have made.
 * @throws ProtocolError `timestamp-data-malformed` if what the reader trusts cannot be read
 */
export async function checkTimestamps(
  { timestamps }: EvidenceBundle,
  log: AnchoredLog | undefined,
  { trusted, now }: VerifyOptions,
): Promise<{ check: Check; chains: readonly TimestampChainVerdict[] }> {
  const open = (why: Parameters<typeof notChecked>[1]) => ({ check: notChecked("timestamps", why), chains: [] });
  if (timestamps.length === 0) return open("not-given");
  if (log === undefined) return open("depends-on-failed");
  // Readers without tokens load nothing that reads certificates.
  const { verifyTimestampChain } = await import("../timestamp/verifyChain.ts");
  const options = {
    roots: trusted?.authorities?.roots ?? [],
    revocationLists: trusted?.authorities?.revocationLists ?? [],
    now,
    clockTolerance,
  };
  const chains: TimestampChainVerdict[] = [];
  for (const tokens of timestamps)
    chains.push(await verifyTimestampChain(tokens.map(bytesOfBase64), log.root, options));
  return { check: conclude(chains), chains };
}

function conclude(chains: readonly TimestampChainVerdict[]): Check {
  for (const [i, chain] of chains.entries()) {
    if (chain.status === "invalid" && !harmless.includes(chain.problem)) {
      return { id: "timestamps", result: "fail", actual: `${i}.${chain.place}: ${chain.problem}` };
    }
  }
  if (chains.some(({ status }) => status === "confirmed")) return { id: "timestamps", result: "pass" };
  const isUntrusted = chains.some(({ status }) => status === "untrusted");
  return notChecked("timestamps", isUntrusted ? "authority-unknown" : "token-worthless");
}
