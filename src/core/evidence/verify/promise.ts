import type { Address, Hex } from "viem";
import { recoverSigner } from "../../recoverSigner.ts";
import { filingReceiptDigest } from "../anchorPromise.ts";
import type { EvidenceBundle } from "../bundle.ts";
import type { AnchoredLog } from "../receiptProof.ts";
import { type EvidenceDomain, evidenceLeaf } from "../record.ts";
import { type Check, compare, notChecked } from "./check.ts";

/** What a relayer promised about the record. Unix seconds, by the relayer's clock. */
export type Promised = Readonly<{
  relayer: Address;
  receivedAt: number;
  anchorBy: number;
  /** Whether the anchor came in time; null where the bundle shows no anchor that holds. */
  isKept: boolean | null;
}>;

/** Whether the relayer that the bundle names signed the promise about this very record. */
export async function checkPromise(bundle: EvidenceBundle, digest: Hex, domain: EvidenceDomain): Promise<Check> {
  const { promise, signature: signed, submitter } = bundle;
  if (promise === null) return notChecked("promise", "not-given");
  const { relayer, receivedAt, anchorBy, signature } = promise;
  const leaf = evidenceLeaf(digest, submitter.address, signed);
  const receipt = filingReceiptDigest({ leaf, receivedAt, anchorBy }, domain);
  return compare("promise", relayer, (await recoverSigner(receipt, signature)) ?? "");
}

/** The promise with whether it was kept: a late anchor speaks against the relayer only. */
export function promisedIn({ promise }: EvidenceBundle, log: AnchoredLog | undefined): Promised | null {
  if (promise === null) return null;
  const { relayer, receivedAt, anchorBy } = promise;
  return { relayer, receivedAt, anchorBy, isKept: log === undefined ? null : log.anchoredAt <= anchorBy };
}
