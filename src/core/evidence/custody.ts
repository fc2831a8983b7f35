import { type Hex, hashTypedData, zeroHash } from "viem";
import * as z from "zod";
import { type EvidenceDomain, evidenceDomainOf, strictAddress, textSchema } from "./record.ts";

/** What happened to an evidence item. */
export const custodyActions = ["received", "stored", "anchored", "delivered", "opened", "copied", "removed"] as const;

/** A key's signature in its one spelling of 65 bytes: only keys sign custody and promises. */
export const keySignature = z
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
 * but from the end, and `number` says how many there were at least.
 */
export const custodyTypes = {
  Custody: [
    { name: "evidence", type: "bytes32" },
    { name: "number", type: "uint32" },
    { name: "previous", type: "bytes32" },
    { name: "action", type: "string" },
    { name: "note", type: "string" },
    { name: "at", type: "uint64" },
  ],
} as const;

/** The same in bundles of the first version, without `number`. */
const [evidenceField, , ...otherFields] = custodyTypes.Custody;
const custodyTypesV1 = { Custody: [evidenceField, ...otherFields] } as const;

/** A step before it is signed. */
export type CustodyStep = Pick<CustodyEntry, "at" | "action" | "note">;

/** Where a step stands in the log of an item. */
export type CustodyPlace = Readonly<{
  /** Digest of the record. */
  evidence: Hex;
  /** From 1. */
  number: number;
  /** Digest of the step before; zero for the first. */
  previous: Hex;
}>;

/** The step as a wallet's `signTypedData` takes it. */
export function custodyTypedData(step: CustodyStep, place: CustodyPlace, domain: EvidenceDomain) {
  return {
    domain: evidenceDomainOf(domain),
    types: custodyTypes,
    primaryType: "Custody",
    message: { ...place, action: step.action, note: step.note, at: BigInt(step.at) },
  } as const;
}

/** The digests that the actors of a log signed, in order, as bundles of this version have them. */
export function custodyDigests(
  log: readonly CustodyStep[],
  evidence: Hex,
  { domain, version }: { domain: EvidenceDomain; version: 1 | 2 },
): Hex[] {
  const digests: Hex[] = [];
  for (const step of log) {
    const place = { evidence, number: digests.length + 1, previous: digests.at(-1) ?? zeroHash };
    const typedData = custodyTypedData(step, place, domain);
    digests.push(version === 1 ? hashTypedData({ ...typedData, types: custodyTypesV1 }) : hashTypedData(typedData));
  }
  return digests;
}
