import { type Address, concatHex, type Hex, hashTypedData, hexToBytes, sha256, stringToBytes, zeroHash } from "viem";
import * as z from "zod";
import { ProtocolError } from "../errors.ts";
import { buildTree, rootOf } from "./merkle.ts";

/** Lower-case hex of 32 bytes, the only spelling that is accepted. */
export const strictBytes32 = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((hex) => hex as Hex);

/** Bytes of a salt, uniformly random: enough to hide, and a bundle holds twelve of them. */
export const saltBytes = 16;

/** A salt as lower-case hex. */
export const saltSchema = z
  .string()
  .regex(/^0x[0-9a-f]{32}$/)
  .transform((hex) => hex as Hex);

/** Lower-case address: one spelling for one account, so that equal bundles are equal bytes. */
export const strictAddress = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((hex) => hex as Address);

/**
 * Text that survives UTF-8 unchanged: without lone surrogates no two different strings have the
 * same bytes.
 */
export function textSchema(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine((text) => !/\p{Surrogate}/u.test(text));
}

/**
 * What a record does. `original` and `copy` file something new, `supersede` replaces an earlier
 * record with another file, `withdraw`, `custody` and `erase` say something about an earlier record
 * and carry no file.
 */
export const evidenceKinds = ["original", "copy", "supersede", "withdraw", "custody", "erase"] as const;
/** What an evidence record is about. */
export type EvidenceKind = (typeof evidenceKinds)[number];

/**
 * How the bytes behind the CID come from the file: the cipher of `cipher.ts`, then UnixFS with this
 * profile.
 */
export const evidenceEncoding = "cobblestone-256/unixfs-v1-2025";

/**
 * Facts about a file, each under its own salt, so that any of them can be shown without the others.
 */
export const metaFields = [
  "name",
  "size",
  "type",
  "capturedAt",
  "device",
  "method",
  "place",
  "collector",
  "sm3",
  "purpose",
] as const;
/** A fact about the file that the record commits to without stating it. */
export type MetaField = (typeof metaFields)[number];

/** One fact as text; empty if it is not known. `capturedAt` is in RFC 3339. */
export const metaValueSchema = textSchema(512);

/**
 * Like `metaValueSchema`, for `size` (bytes, decimal) and `sm3` (0x and lower-case hex) in their
 * one spelling.
 */
export function metaValueSchemaOf(field: MetaField) {
  if (field === "size") return metaValueSchema.regex(/^(?:|0|[1-9][0-9]{0,15})$/);
  if (field === "sm3") return metaValueSchema.regex(/^(?:|0x[0-9a-f]{64})$/);
  return metaValueSchema;
}

/**
 * What a party signs about one file. Numbers are block numbers and seconds.
 * A record of a kind without a file has a zero `fileCommitment` and an empty `cid`.
 */
export const evidenceRecordSchema = z
  .strictObject({
    kind: z.enum(evidenceKinds),
    /** See `fileCommitmentOf`. */
    fileCommitment: strictBytes32,
    /** CIDv1 of the ciphertext, base32: raw or dag-pb, SHA-256. */
    cid: z.union([z.literal(""), z.string().regex(/^baf(kre|ybe)[a-z2-7]{53}$/)]),
    encoding: z.literal(evidenceEncoding),
    /** See `metaRootOf`. */
    metaRoot: strictBytes32,
    /** See `caseRefOf`. */
    caseRef: strictBytes32,
    /** Digest of the earlier record that this one is about, zero if none. */
    supersedes: strictBytes32,
    /** A recent block of the same chain: the signature is younger than it. */
    beaconBlock: z.int().nonnegative(),
    beaconHash: strictBytes32,
    /** The second from which anchoring the record is refused. */
    deadline: z.int().positive(),
  })
  .refine((record) => carriesFile(record.kind) === (record.cid !== ""), { path: ["cid"] })
  .refine((record) => carriesFile(record.kind) === (record.fileCommitment !== zeroHash), { path: ["fileCommitment"] })
  .refine((record) => record.kind !== "original" || record.supersedes === zeroHash, { path: ["supersedes"] })
  .refine((record) => ["original", "copy"].includes(record.kind) || record.supersedes !== zeroHash, {
    path: ["supersedes"],
  });
/** What a submitter signs about one file (EIP-712). */
export type EvidenceRecord = z.output<typeof evidenceRecordSchema>;

/** The chain and contract that a record is signed for. */
export type EvidenceDomain = { readonly chainId: number; readonly registry: Address };

/**
 * EIP-712 types of the record; the fields stand in the order in which a wallet should show them.
 */
export const evidenceTypes = {
  Evidence: [
    { name: "kind", type: "string" },
    { name: "fileCommitment", type: "bytes32" },
    { name: "cid", type: "string" },
    { name: "encoding", type: "string" },
    { name: "metaRoot", type: "bytes32" },
    { name: "caseRef", type: "bytes32" },
    { name: "supersedes", type: "bytes32" },
    { name: "beaconBlock", type: "uint64" },
    { name: "beaconHash", type: "bytes32" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

/** Whether records of this kind have a file. */
export function carriesFile(kind: EvidenceKind): boolean {
  return kind === "original" || kind === "copy" || kind === "supersede";
}

/**
 * Reads a record from untrusted data.
 * @throws ProtocolError `evidence-record-invalid` with the path of the first field that is wrong
 */
export function parseEvidenceRecord(input: unknown): EvidenceRecord {
  const parsed = evidenceRecordSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ProtocolError("evidence-record-invalid", { path: parsed.error.issues[0]?.path.join(".") ?? "" });
}

/** EIP-712 domain of everything that is signed about evidence. */
export function evidenceDomainOf(domain: EvidenceDomain) {
  return {
    name: "Holdfast Evidence",
    version: "1",
    chainId: domain.chainId,
    verifyingContract: domain.registry,
  } as const;
}

/** The record as a wallet's `signTypedData` takes it (EIP-712). */
export function evidenceTypedData(record: EvidenceRecord, domain: EvidenceDomain) {
  return {
    domain: evidenceDomainOf(domain),
    types: evidenceTypes,
    primaryType: "Evidence",
    message: { ...record, beaconBlock: BigInt(record.beaconBlock), deadline: BigInt(record.deadline) },
  } as const;
}

/** EIP-712 digest of a record: what is signed, and the name of the evidence item everywhere. */
export function evidenceDigest(record: EvidenceRecord, domain: EvidenceDomain): Hex {
  return hashTypedData(evidenceTypedData(record, domain));
}

/**
 * Leaf of the tree: SHA-256(0x00, digest, submitter, signature). The signature is part of it, so
 * that the anchor also fixes when it was made.
 */
export function evidenceLeaf(digest: Hex, submitter: Address, signature: Hex): Hex {
  return sha256(hexToBytes(concatHex(["0x00", digest, submitter, signature])));
}

/**
 * What a commitment is made with: a salt that hides what is inside, and the account that signs the
 * record. Whoever copies a commitment under a key of their own can never open it.
 */
export type CommitmentOwner = { readonly salt: Hex; readonly submitter: Address };

/** Commits to a file without showing its hash: a salted SHA-256 of the file's SHA-256. */
export function fileCommitmentOf(fileSha256: Hex, owner: CommitmentOwner): Hex {
  return commit("holdfast-file/1", owner, [hexToBytes(fileSha256)]);
}

/** Ties a record to a deal without naming it to outsiders. */
export function caseRefOf(dealId: Hex, owner: CommitmentOwner): Hex {
  return commit("holdfast-case/1", owner, [hexToBytes(dealId)]);
}

/** Commits to one fact about a file. */
export function metaLeafOf(field: MetaField, value: string, owner: CommitmentOwner): Hex {
  return commit("holdfast-meta/1", owner, [stringToBytes(field), stringToBytes(value)]);
}

/** Merkle root of all facts, in the order of `metaFields`. */
export function metaRootOf(leaves: Readonly<Record<MetaField, Hex>>): Hex {
  return rootOf(buildTree(metaFields.map((field) => leaves[field])));
}

/**
 * SHA-256 of tag, salt, parts and submitter, each after its length in four bytes: no two lists of
 * parts give the same message.
 */
function commit(tag: string, { salt, submitter }: CommitmentOwner, parts: readonly Uint8Array[]): Hex {
  const all = [stringToBytes(tag), hexToBytes(salt), ...parts, hexToBytes(submitter)];
  const message = new Uint8Array(all.reduce((length, part) => length + 4 + part.length, 0));
  const view = new DataView(message.buffer);
  let offset = 0;
  for (const part of all) {
    view.setUint32(offset, part.length);
    message.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return sha256(message);
}
