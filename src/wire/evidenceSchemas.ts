import * as z from "zod";
import { dealRoles } from "../core/deal/dealRole.ts";
import { timestampsSchema } from "../core/evidence/bundle/v2.ts";
import { evidenceKinds, evidenceRecordSchema } from "../core/evidence/record.ts";
import { address, bytes32, hexBytes, seconds, signature } from "../core/fields.ts";
import { count, paging } from "./schemas.ts";

// What goes over the wire about evidence, in both directions.

/** A CID as `PUT` gave it; whether it is one that is served, the store says. */
const cid = z.string().regex(/^[a-z2-7]{1,128}$/);

/** Where ciphertext was stored. */
export const storedBlob = z.strictObject({ cid, size: count }).meta({ id: "StoredBlob" });

/** A record as its submitter hands it in; its ciphertext is uploaded before. */
export const evidenceSubmission = z
  .strictObject({
    /** Checked by the relayer as `EvidenceRecord`: its own code says which field is wrong. */
    record: z.record(z.string(), z.unknown()),
    submitter: address,
    signature,
    /**
     * Shows the relayer which deal the record is about; without it the item is listed under none.
     */
    case: z.strictObject({ dealId: bytes32, salt: hexBytes(16) }).optional(),
  })
  .meta({ id: "EvidenceSubmission" });

/** The relayer's promise, signed by `relayer` as EIP-712 `Receipt{leaf, receivedAt, anchorBy}`. */
export const receiptView = z
  .strictObject({
    digest: bytes32,
    leaf: bytes32,
    receivedAt: seconds,
    anchorBy: seconds,
    relayer: address,
    /**
     * Who can check the record's signature: anyone (`key`), or the submitter's contract (ERC-1271).
     */
    account: z.enum(["key", "contract"]),
    signature,
  })
  .meta({ id: "Receipt" });

const record = evidenceRecordSchema.meta({ id: "EvidenceRecord" });

/**
 * `received`: promised. `sealed`: in a tree whose root is on its way. `anchored`: its proof can be
 * had.
 */
export const evidenceView = z
  .strictObject({
    digest: bytes32,
    leaf: bytes32,
    kind: z.enum(evidenceKinds),
    deal: bytes32.nullable(),
    state: z.enum(["received", "sealed", "anchored"]),
    record,
    submitter: address,
    /**
     * What the submitter is by the terms of the deal that the record opens to; arbitrators are
     * `unnamed`, panels are not looked up. Null for a record of no deal, or of one whose terms are
     * not known here.
     */
    role: z.enum(dealRoles).nullable(),
    signature,
    receipt: receiptView,
    path: z.strictObject({ index: count, size: count, siblings: z.array(bytes32) }).nullable(),
    root: bytes32.nullable(),
  })
  .meta({ id: "EvidenceItem" });
/** An evidence item as a client reads it. */
export type EvidenceView = z.output<typeof evidenceView>;

/** Which evidence to list. */
export const evidenceQuery = z.strictObject({
  /** Of one party's case only. */
  caseRef: bytes32.optional(),
  ...paging,
});

/** Evidence of one deal, oldest first. */
export const evidencePage = z
  .strictObject({
    evidence: z.array(evidenceView),
    /** Goes into `cursor` for the next page; null on the last. */
    next: z.string().nullable(),
  })
  .meta({ id: "EvidencePage" });

/** Everything of a bundle that does not come from the submitter: proofs, nothing private. */
export const anchoredView = z
  .strictObject({
    path: z.strictObject({ index: count, size: count, siblings: z.array(bytes32) }),
    anchor: z.strictObject({
      chainId: z.int().positive(),
      registry: address,
      sender: address,
      root: bytes32,
      count,
      blockNumber: count,
      blockHash: bytes32,
      header: hexBytes(2048),
      transactionIndex: count,
      logIndex: count,
      receiptProof: z.array(hexBytes(16_384)),
    }),
    beaconHeader: hexBytes(2048).nullable(),
    transactionHash: bytes32,
    /**
     * RFC 3161 tokens over the root that came by now, DER in base64: for each authority the first,
     * then its renewals.
     */
    timestamps: timestampsSchema,
  })
  .meta({ id: "AnchoredEvidence" });
