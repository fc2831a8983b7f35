import type { Hex } from "viem";
import { recoverSigner } from "../../recoverSigner.ts";
import type { EvidenceBundle } from "../bundle.ts";
import { type Check, compare, notChecked } from "./check.ts";
import type { VerifyOptions } from "./options.ts";

/**
 * Whether the submitter's account signed this record. A contract's signature (ERC-1271) needs the
 * chain.
 */
export async function checkSignature(
  { submitter, signature }: EvidenceBundle,
  digest: Hex,
  { checkContractSignature }: VerifyOptions,
): Promise<Check> {
  // What the bundle calls the account is not signed: a key's signature is one whatever it says.
  const signer = await recoverSigner(digest, signature);
  if (signer === submitter.address || submitter.account === "key") {
    return compare("signature", submitter.address, signer ?? "no signature");
  }
  if (checkContractSignature === undefined) return notChecked("signature", "needs-chain");
  const isAccepted = await checkContractSignature(submitter.address, digest, signature);
  return isAccepted ? { id: "signature", result: "pass" } : { id: "signature", result: "fail" };
}
