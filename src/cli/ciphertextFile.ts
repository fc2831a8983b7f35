import { ProtocolError } from "../core/errors.ts";
import { parseBundle } from "../core/evidence/bundle.ts";
import type { VerifyOptions } from "../core/evidence/verify/options.ts";
import { importFile } from "../ipfs/importFile.ts";
import { unwrapContentKey } from "../sdk/contentKey.ts";
import { readBundleText } from "./bundleText.ts";
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

/** The content key that a bundle holds for an age identity; else `key-wrong`, `input-malformed`. */
export async function contentKeyFrom(path: string, identity: string): Promise<Uint8Array> {
  const read = await readBundleText(path);
  if ("why" in read) throw new ProtocolError(read.why, { path });
  const { hints, openings } = parseBundle(read.text);
  if (openings.file === null || hints.wrappedKey === null) throw inputMalformed({ path }, "key-not-included");
  return unwrapContentKey(hints.wrappedKey, identity);
}
