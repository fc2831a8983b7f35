import type { Stats } from "node:fs";
import { rename, rm } from "node:fs/promises";
import * as z from "zod";
import { commonFields, opensItsFile } from "../core/evidence/bundle/v1.ts";
import { promiseSchema } from "../core/evidence/bundle/v2.ts";
import { cipherSaltBytes } from "../core/evidence/cipher.ts";
import { strictAddress, strictBytes32 } from "../core/evidence/record.ts";
import { bytes32, hexBytes } from "../core/fields.ts";
import type { FiledEvidence } from "../sdk/evidence.ts";
import type { PendingUpload } from "../sdk/pendingUpload.ts";
import { uploadId } from "../wire/uploadSchemas.ts";
import { readText, requireRegular, writeNew } from "./files.ts";

const FORMAT = "holdfast-filing/1";
const UPLOAD_FORMAT = "holdfast-upload/1";
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** What the name of a filing ends with, after the name of its file. */
export const filingSuffix = ".filing.json";

/** Where a filing is remembered until its anchor is there. */
const pendingPath = (bundle: string): string => bundle.replace(/\.evidence\.json$/, filingSuffix);

/** Where an upload is remembered until its record is signed. */
const uploadPath = (bundle: string): string => bundle.replace(/\.evidence\.json$/, ".upload.json");

/**
 * What was signed but is not anchored yet. It holds the salts, without which the record proves
 * nothing, so it is on disk before the record is handed to anybody.
 */
export async function rememberFiling(bundle: string, filed: FiledEvidence): Promise<void> {
  await replace(pendingPath(bundle), { format: FORMAT, filed });
  await rm(uploadPath(bundle), { force: true });
}

/** What an interrupted run left behind; `undefined` if there is nothing, or nothing whole. */
export async function recallFiling(bundle: string): Promise<FiledEvidence | undefined> {
  try {
    const { format, filed } = JSON.parse(await readText(pendingPath(bundle))) as {
      format: unknown;
      filed: FiledEvidence;
    };
    return format === FORMAT ? filed : undefined;
  } catch {
    return undefined;
  }
}

const { record, submitter, signature, openings, hints } = commonFields;

const filingFile = z.object({
  format: z.literal(FORMAT),
  filed: z
    .object({
      domain: z.strictObject({ chainId: z.int().positive(), registry: strictAddress }).optional(),
      digest: strictBytes32,
      leaf: strictBytes32,
      record,
      submitter,
      signature,
      openings,
      wrappedKey: hints.shape.wrappedKey.unwrap(),
      recipients: hints.shape.recipients,
      promise: promiseSchema.nullish().transform((promise) => promise ?? null),
    })
    .refine(opensItsFile),
});

/** A filing whole enough for a bundle; `undefined` if it is none. It may be somebody else's. */
export async function readFiling(path: string): Promise<FiledEvidence | undefined> {
  try {
    const { domain, ...filed } = filingFile.parse(JSON.parse(await readText(path))).filed;
    return domain === undefined ? filed : { ...filed, domain };
  } catch {
    return undefined;
  }
}

/** Removes all that earlier runs left, at whatever line they were killed. */
export async function forgetFiling(bundle: string): Promise<void> {
  for (const path of [pendingPath(bundle), uploadPath(bundle)]) {
    await rm(`${path}.new`, { force: true });
    await rm(path, { force: true });
  }
}

/**
 * How the upload of a file goes on. It holds the key to the ciphertext, so that only its owner may
 * read it.
 */
export function rememberUpload(bundle: string, pending: PendingUpload): Promise<void> {
  return replace(uploadPath(bundle), { format: UPLOAD_FORMAT, pending });
}

const salt = hexBytes(cipherSaltBytes).refine((text) => text.length === 2 + 2 * cipherSaltBytes);

const uploadFile = z.object({
  format: z.literal(UPLOAD_FORMAT),
  pending: z.object({ upload: uploadId, key: bytes32, salt, file: bytes32 }),
});

/**
 * What an interrupted run had begun to upload; `undefined` if there is nothing, nothing whole, or a
 * key that somebody else could have read or put there: then a fresh one encrypts the file.
 */
export async function recallUpload(bundle: string): Promise<PendingUpload | undefined> {
  const path = uploadPath(bundle);
  try {
    if (!isOwn(await requireRegular(path))) return undefined;
    return uploadFile.parse(JSON.parse(await readText(path))).pending;
  } catch {
    return undefined;
  }
}

/** Windows has neither modes nor owners of this kind. */
const isOwn = ({ mode, uid }: Stats) =>
  process.platform === "win32" || ((mode & OTHERS) === 0 && uid === process.geteuid?.());

/** Writes a whole file or leaves the one that is there. */
const replace = async (path: string, document: object) => {
  await rm(`${path}.new`, { force: true });
  await writeNew(`${path}.new`, `${JSON.stringify(document)}\n`, OWNER_ONLY);
  await rename(`${path}.new`, path);
};
