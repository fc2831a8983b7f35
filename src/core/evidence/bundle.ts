import type { Hex } from "viem";
import * as z from "zod";
import { ProtocolError } from "../errors.ts";
import { custodyEntrySchema } from "./custody.ts";
import {
  carriesFile,
  evidenceRecordSchema,
  type MetaField,
  metaFields,
  metaValueSchemaOf,
  saltSchema,
  strictAddress,
  strictBytes32,
  textSchema,
} from "./record.ts";

/** Name and version of the bundle's format. Another version is another string. */
export const bundleFormat = "holdfast-evidence-bundle/1";

/**
 * What a bundle of ours weighs at most, in a block of 200 transactions and a tree of a million
 * leaves.
 */
export const bundleBytesTarget = 12 * 1024;

/** A larger text is refused before it is read. */
export const maxBundleBytes = 64 * 1024;

/** What a bundle's name ends with, after the name of its file. */
export const bundleSuffix = ".evidence.json";

const hexBytes = (min: number, max: number) =>
  z
    .string()
    .min(2 + 2 * min)
    .max(2 + 2 * max)
    .regex(/^0x(?:[0-9a-f]{2})*$/)
    .transform((hex) => hex as Hex);
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
/** The value and the salt that open one commitment of a record. */
export type MetaOpening = z.output<ReturnType<typeof metaOpeningOf>>;

/**
 * Everything that a court needs to check one evidence item beside the file. Whatever stands outside
 * `hints` is checked; nothing in `hints` is ever relied upon.
 */
export const bundleSchema = z
  .strictObject({
    format: z.literal(bundleFormat),
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
  })
  .refine((bundle) => carriesFile(bundle.record.kind) === (bundle.openings.file !== null), {
    path: ["openings", "file"],
  });
/** What a court gets beside the file: record, signature, proof of the anchor, openings, custody. */
export type EvidenceBundle = z.output<typeof bundleSchema>;

/**
 * Reads the text of a `*.evidence.json`. White space between tokens and a byte order mark before
 * them are free; apart from that one value has one spelling: a repeated key, an escape that is not
 * needed or a number like `1.0` is refused, because readers would disagree on it.
 * @throws ProtocolError `bundle-too-large`, `bundle-version-unknown` or `bundle-malformed` with the
 *   path of the field
 */
export function parseBundle(text: string): EvidenceBundle {
  if (text.length > maxBundleBytes) throw new ProtocolError("bundle-too-large", { length: text.length });
  const value = readJson(text.replace(/^\uFEFF/, ""));
  const format = typeof value === "object" && value !== null && "format" in value ? value.format : undefined;
  if (typeof format === "string" && format !== bundleFormat && format.startsWith("holdfast-evidence-bundle/")) {
    throw new ProtocolError("bundle-version-unknown", { format: format.slice(0, 64) });
  }
  const parsed = bundleSchema.safeParse(value);
  if (!parsed.success) throw malformed(parsed.error.issues[0]?.path.join(".") ?? "");
  return parsed.data;
}

/** Writes a bundle with its keys in the order of the schema: equal bundles are equal bytes. */
export function serializeBundle(bundle: EvidenceBundle): string {
  return `${JSON.stringify(bundleSchema.parse(bundle), null, 1)}\n`;
}

/**
 * The same bundle with only these facts about the file disclosed; the others keep their leaves, so
 * it verifies as before. Nothing that is closed can be opened.
 */
export function discloseOnly(bundle: EvidenceBundle, fields: readonly MetaField[]): EvidenceBundle {
  const { meta } = bundle.openings;
  const disclosed = metaFields.map((field) => [
    field,
    fields.includes(field) ? meta[field] : { leaf: meta[field].leaf },
  ]);
  return { ...bundle, openings: { ...bundle.openings, meta: Object.fromEntries(disclosed) as typeof meta } };
}

function readJson(text: string): unknown {
  let value: unknown;
  let isAsWritten: boolean;
  try {
    value = JSON.parse(text);
    // Throws where the nesting is deeper than the stack.
    isAsWritten = JSON.stringify(value) === withoutWhiteSpace(text);
  } catch (cause) {
    throw malformed("", cause);
  }
  if (!isAsWritten) throw malformed("");
  return value;
}

/**
 * Drops white space outside strings. A string ends at the first quote that no backslash escapes.
 */
function withoutWhiteSpace(json: string) {
  return json.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, "$1");
}

function malformed(path: string, cause?: unknown) {
  return new ProtocolError("bundle-malformed", { path }, { cause });
}
