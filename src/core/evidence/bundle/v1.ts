import type { Hex } from "viem";
import * as z from "zod";
import { custodyEntrySchema } from "../custody.ts";
import {
  carriesFile,
  type EvidenceKind,
  evidenceRecordSchema,
  type MetaField,
  metaFields,
  metaValueSchemaOf,
  saltSchema,
  strictAddress,
  strictBytes32,
  textSchema,
} from "../record.ts";

/** Lower-case hex of so many bytes. */
function hexBytes(min: number, max: number) {
  return z
    .string()
    .min(2 + 2 * min)
    .max(2 + 2 * max)
    .regex(/^0x(?:[0-9a-f]{2})*$/)
    .transform((hex) => hex as Hex);
}

const blockNumber = z.int().nonnegative();

/**
 * A fact about the file: its leaf always, value and salt only if it is disclosed. With all leaves
 * present, a changed fact is named instead of only making the root wrong.
 */
const metaOpeningOf = (field: MetaField) =>
  z.union([
    z.strictObject({ leaf: strictBytes32, value: metaValueSchemaOf(field), salt: saltSchema }),
    z.strictObject({ leaf: strictBytes32 }),
  ]);

/** Name of the first version. It is read for ever, and written no more. */
export const formatV1 = "holdfast-evidence-bundle/1";

/**
 * What both versions hold. Whatever stands outside `hints` is checked; nothing in `hints` is ever
 * relied upon.
 */
export const commonFields = {
  record: evidenceRecordSchema,
  submitter: z.strictObject({
    address: strictAddress,
    /**
     * As the submitter states it. `contract`: if no key made the signature, only the chain can
     * tell (ERC-1271).
     */
    account: z.enum(["key", "contract"]),
  }),
  signature: hexBytes(1, 4096),
  openings: z.strictObject({
    /** Null when the record has no file. */
    file: z.strictObject({ sha256: strictBytes32, salt: saltSchema }).nullable(),
    meta: z.strictObject(
      Object.fromEntries(metaFields.map((field) => [field, metaOpeningOf(field)])) as Record<
        MetaField,
        ReturnType<typeof metaOpeningOf>
      >,
    ),
    /** Null when the deal is not disclosed. */
    case: z.strictObject({ dealId: strictBytes32, salt: saltSchema }).nullable(),
  }),
  path: z.strictObject({
    index: z.int().nonnegative(),
    size: z.int().positive(),
    siblings: z.array(strictBytes32).max(53),
  }),
  anchor: z.strictObject({
    chainId: z.int().positive(),
    registry: strictAddress,
    sender: strictAddress,
    blockNumber,
    blockHash: strictBytes32,
    /** RLP of the header of the block that holds the anchor. */
    header: hexBytes(500, 2048),
    transactionIndex: z.int().nonnegative(),
    /**
     * Place of the log in its own receipt, from 0; not the place in the block that nodes call
     * `logIndex`.
     */
    logIndex: z.int().nonnegative(),
    /** Merkle-Patricia nodes from the header's receipts root down to the receipt. */
    receiptProof: z.array(hexBytes(1, 16_384)).min(1).max(16),
    /**
     * RLP of the header that the record names as beacon: gives the time that the signature is
     * younger than.
     */
    beaconHeader: hexBytes(500, 2048).nullable(),
  }),
  custody: z.array(custodyEntrySchema).max(64),
  /** Help in finding and opening things. Nothing here is signed or proven. */
  hints: z.strictObject({
    transactionHash: strictBytes32.nullable(),
    /** The content key, wrapped for its recipients: an age file, base64. */
    wrappedKey: z
      .string()
      .max(8192)
      .regex(/^[A-Za-z0-9+/]+={0,2}$/)
      .nullable(),
    /** age X25519 recipients that the key is wrapped for. */
    recipients: z.array(z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/)).max(32),
    /** Where the ciphertext may be found. */
    gateways: z.array(textSchema(256)).max(8),
    note: textSchema(500),
  }),
};

/** A record without a file opens none, and one with a file opens it. */
export function opensItsFile(bundle: Readonly<{ record: { kind: EvidenceKind }; openings: { file: unknown } }>) {
  return carriesFile(bundle.record.kind) === (bundle.openings.file !== null);
}

/** A bundle of the first version. */
export const bundleV1 = z
  .strictObject({ format: z.literal(formatV1), ...commonFields })
  .refine(opensItsFile, { path: ["openings", "file"] });
