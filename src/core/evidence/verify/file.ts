import type { Hex } from "viem";
import { ProtocolError } from "../../errors.ts";
import type { EvidenceBundle } from "../bundle.ts";
import { decryptFile } from "../cipher.ts";
import { digestFile, type FileDigests } from "../digest.ts";
import { caseRefOf, fileCommitmentOf, type MetaField, metaFields, metaLeafOf, metaRootOf } from "../record.ts";
import { type Check, compare, notChecked } from "./check.ts";
import type { VerifyOptions } from "./options.ts";

/**
 * Reads what was given, the file or its ciphertext, once. `digests` is null where nothing could be
 * read.
 */
export async function readFile(
  bundle: EvidenceBundle,
  { file, ciphertext, signal, createDigester }: VerifyOptions,
): Promise<{ digests: FileDigests | null; decryption: Check }> {
  if (bundle.openings.file === null) return { digests: null, decryption: notChecked("decryption", "not-applicable") };
  if (file !== undefined) {
    return {
      digests: await digestFile(file, { signal, createDigester }),
      decryption: notChecked("decryption", "not-given"),
    };
  }
  if (ciphertext?.key === undefined) return { digests: null, decryption: notChecked("decryption", "not-given") };
  try {
    const plaintext = decryptFile(ciphertext.open(), ciphertext.key, { signal });
    const digests = await digestFile(plaintext, { signal, createDigester });
    return { digests, decryption: { id: "decryption", result: "pass" } };
  } catch (error) {
    if (!(error instanceof ProtocolError) || !error.code.startsWith("cipher-")) throw error;
    return { digests: null, decryption: { id: "decryption", result: "fail", actual: error.code } };
  }
}

/**
 * Whether the file is the one that was committed to, with the size and SM3 that the submitter
 * stated.
 */
export function checkFile({ openings, record, submitter }: EvidenceBundle, file: FileDigests | null): Check[] {
  if (openings.file === null) {
    const ids = ["file-digest", "file-size", "file-sm3", "file-commitment"] as const;
    return ids.map((id) => notChecked(id, "not-applicable"));
  }
  const stated = (id: "file-size" | "file-sm3", field: MetaField, actual: string | undefined) => {
    const opening = openings.meta[field];
    if (!("value" in opening) || opening.value === "") return notChecked(id, "not-disclosed");
    return actual === undefined ? notChecked(id, "file-missing") : compare(id, opening.value, actual);
  };
  const commitment = fileCommitmentOf(openings.file.sha256, {
    salt: openings.file.salt,
    submitter: submitter.address,
  });
  return [
    file === null
      ? notChecked("file-digest", "file-missing")
      : compare("file-digest", openings.file.sha256, file.sha256),
    stated("file-size", "size", file?.size.toString()),
    stated("file-sm3", "sm3", file?.sm3),
    compare("file-commitment", record.fileCommitment, commitment),
  ];
}

/** Whether the ciphertext has the signed CID. */
export async function checkCid({ record }: EvidenceBundle, { ciphertext }: VerifyOptions): Promise<Check> {
  if (record.cid === "") return notChecked("cid", "not-applicable");
  if (ciphertext?.cidOf === undefined) return notChecked("cid", "not-given");
  return compare("cid", record.cid, await ciphertext.cidOf(ciphertext.open()));
}

/**
 * Whether the signed root holds all facts about the file, and each disclosed fact is the one in its
 * leaf.
 */
export function checkMeta({ openings: { meta }, record, submitter }: EvidenceBundle): Check[] {
  const leaves = Object.fromEntries(metaFields.map((field) => [field, meta[field].leaf])) as Record<MetaField, Hex>;
  return [
    compare("meta-root", record.metaRoot, metaRootOf(leaves)),
    ...metaFields.map((field): Check => {
      const opening = meta[field];
      if (!("value" in opening)) return notChecked(`meta-${field}`, "not-disclosed");
      const owner = { salt: opening.salt, submitter: submitter.address };
      return compare(`meta-${field}`, opening.leaf, metaLeafOf(field, opening.value, owner));
    }),
  ];
}

/** Whether the signed case reference opens to the deal that the bundle names. */
export function checkCase({ openings, record, submitter }: EvidenceBundle): Check {
  if (openings.case === null) return notChecked("case", "not-disclosed");
  const { dealId, salt } = openings.case;
  return compare("case", record.caseRef, caseRefOf(dealId, { salt, submitter: submitter.address }));
}
