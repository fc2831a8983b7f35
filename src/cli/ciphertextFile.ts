import type { EvidenceBundle } from "../core/evidence/bundle.ts";
import type { VerifyOptions } from "../core/evidence/verify/options.ts";
import { importFile } from "../ipfs/importFile.ts";
import { unwrapContentKey } from "../sdk/contentKey.ts";
import { readPieces } from "./files.ts";
import { inputMalformed } from "./problems.ts";

/** An encrypted file on disk, whose CID is computed as whoever stored it did. */
export function ciphertextFile(path: string, signal: AbortSignal) {
  return {
    open: () => readPieces(path, { signal }),
    cidOf: async (bytes: AsyncIterable<Uint8Array>) =>
      (await importFile(bytes, async () => undefined, { signal })).root.toString(),
  } satisfies VerifyOptions["ciphertext"];
}

/** The content key that the bundle at a path holds for an age identity. */
export async function contentKeyFrom(
  { hints, openings }: EvidenceBundle,
  { identity, path }: { readonly identity: string; readonly path: string },
): Promise<Uint8Array> {
  if (openings.file === null || hints.wrappedKey === null) throw inputMalformed({ path }, "key-not-included");
  return unwrapContentKey(hints.wrappedKey, identity);
}
