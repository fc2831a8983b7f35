import type { Hex } from "viem";
import { recoverSigner } from "../../recoverSigner.ts";
import { formatV1 } from "../bundle/v1.ts";
import type { EvidenceBundle } from "../bundle.ts";
import { custodyDigests } from "../custody.ts";
import type { EvidenceDomain } from "../record.ts";
import { type Check, notBefore, notChecked } from "./check.ts";

/**
 * Whether every step of the custody log is signed by its actor and follows the one before, no
 * earlier than `notBefore` in seconds.
 */
export async function checkCustody(
  { custody, format }: EvidenceBundle,
  evidence: Hex,
  { domain, notBefore: earliest }: { domain: EvidenceDomain; notBefore: number },
): Promise<Check> {
  if (custody.length === 0) return notChecked("custody", "not-given");
  const digests = custodyDigests(custody, evidence, { domain, version: format === formatV1 ? 1 : 2 });
  for (const [i, { actor, at, signature }] of custody.entries()) {
    const signer = await recoverSigner(digests[i]!, signature);
    if (signer !== actor)
      return { id: "custody", result: "fail", expected: `${i}: ${actor}`, actual: `${i}: ${signer}` };
    const times = notBefore("custody", custody[i - 1]?.at ?? earliest, at);
    if (times.result === "fail") return times;
  }
  return { id: "custody", result: "pass" };
}
