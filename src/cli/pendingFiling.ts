import type { Stats } from "node:fs";
import { rename, rm } from "node:fs/promises";
import * as z from "zod";
import { cipherSaltBytes } from "../core/evidence/cipher.ts";
import { bytes32, hexBytes } from "../core/fields.ts";
import type { FiledEvidence } from "../sdk/evidence.ts";
import type { PendingUpload } from "../sdk/pendingUpload.ts";
import { uploadId } from "../wire/uploadSchemas.ts";
import { readText, requireRegular, writeNew } from "./files.ts";

const FORMAT = "holdfast-filing/1";
const UPLOAD_FORMAT = "holdfast-upload/1";
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** Where a filing is remembered until its anchor is there. */
const pendingPath = (bundle: string): string => bundle.replace(/\.evidence\.json$/, ".filing.json");

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
