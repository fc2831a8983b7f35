import { type Hex, hashTypedData, zeroHash } from "viem";
import * as z from "zod";
import { type EvidenceDomain, evidenceDomainOf, strictAddress, textSchema } from "./record.ts";

/** What happened to an evidence item. */
export const custodyActions = ["received", "stored", "anchored", "delivered", "opened", "copied", "removed"] as const;

/** A wallet's signature in its one spelling of 65 bytes. Custody is signed with keys only. */
const keySignature = z
  .string()
  .regex(/^0x[0-9a-f]{130}$/)
  .transform((hex) => hex as Hex);

/**
 * One step in the life of an item, signed by whoever took it: anybody can add one. `at` is in
 * seconds, by the actor's own clock.
 */
export const custodyEntrySchema = z.strictObject({
  at: z.int().nonnegative(),
  action: z.enum(custodyActions),
  note: textSchema(200),
  actor: strictAddress,
  signature: keySignature,
});
/** One signed hand-over in the chain of custody. */
export type CustodyEntry = z.output<typeof custodyEntrySchema>;

/**
 * EIP-712 types of a step; `previous` chains it to the step before, so that none can be taken out
 * but from the end.
 */
export const custodyTypes = {
  Custody: [
    { name: "evidence", type: "bytes32" },
    { name: "previous", type: "bytes32" },
    { name: "action", type: "string" },
    { name: "note", type: "string" },
    { name: "at", type: "uint64" },
  ],
} as const;

/** A step before it is signed. */
export type CustodyStep = Pick<CustodyEntry, "at" | "action" | "note">;

/**
 * The step as a wallet's `signTypedData` takes it. `previous` is the digest of the step before,
 * zero for the first.
 */
export function custodyTypedData(step: CustodyStep, evidence: Hex, previous: Hex, domain: EvidenceDomain) {
  return {
    domain: evidenceDomainOf(domain),
    types: custodyTypes,
    primaryType: "Custody",
    message: { evidence, previous, action: step.action, note: step.note, at: BigInt(step.at) },
  } as const;
}

/** The digests that the actors of a log signed, in order. */
export function custodyDigests(log: readonly CustodyStep[], evidence: Hex, domain: EvidenceDomain): Hex[] {
  const digests: Hex[] = [];
  for (const step of log) {
    digests.push(hashTypedData(custodyTypedData(step, evidence, digests.at(-1) ?? zeroHash, domain)));
  }
  return digests;
}
