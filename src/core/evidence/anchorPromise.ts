import { type Hex, hashTypedData } from "viem";
import * as z from "zod";
import { type EvidenceDomain, evidenceDomainOf, strictBytes32 } from "./record.ts";

/**
 * What a relayer promises at once when it takes an evidence item in: this leaf, received then, will
 * be anchored before `anchorBy`. Times in Unix seconds. A promise without an anchor is the
 * relayer's provable fault.
 */
export const filingReceiptSchema = z.strictObject({
  leaf: strictBytes32,
  receivedAt: z.int().nonnegative(),
  anchorBy: z.int().positive(),
});
/** What the relayer signed when it took an evidence record. */
export type FilingReceipt = z.output<typeof filingReceiptSchema>;

/** EIP-712 types of the promise. */
export const filingReceiptTypes = {
  Receipt: [
    { name: "leaf", type: "bytes32" },
    { name: "receivedAt", type: "uint64" },
    { name: "anchorBy", type: "uint64" },
  ],
} as const;

/** The promise as the relayer's key signs it (EIP-712), for one chain and registry. */
export function filingReceiptTypedData(receipt: FilingReceipt, domain: EvidenceDomain) {
  return {
    domain: evidenceDomainOf(domain),
    types: filingReceiptTypes,
    primaryType: "Receipt",
    message: { leaf: receipt.leaf, receivedAt: BigInt(receipt.receivedAt), anchorBy: BigInt(receipt.anchorBy) },
  } as const;
}

/** EIP-712 digest of the promise. */
export function filingReceiptDigest(receipt: FilingReceipt, domain: EvidenceDomain): Hex {
  return hashTypedData(filingReceiptTypedData(receipt, domain));
}
