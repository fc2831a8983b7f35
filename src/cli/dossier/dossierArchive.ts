import { createHash, type Hash } from "node:crypto";
import { makeZip } from "client-zip";
import { decimalJson } from "../../core/decimalJson.ts";
import { readPieces } from "../files.ts";

/** Name and version of the list of a dossier's files. */
const dossierFormat = "holdfast-dossier/1";

/** A file of a dossier: its content, or where it lies. */
export type DossierFile = Readonly<{ path: string } & ({ content: string | Uint8Array } | { from: string })>;

/**
 * The archive as it is written, piece by piece: the files, and at last `dossier.json` with the
 * digest of each as it went in. Throws what reading a file throws, and the reason of `signal`.
 *
 * @param facts what else `dossier.json` holds
 * @param madeAt Unix seconds, the date of every entry
 */
export function dossierArchive(
  files: readonly DossierFile[],
  { facts, madeAt, signal }: { facts: object; madeAt: number; signal: AbortSignal },
): AsyncIterable<Uint8Array> {
  const lastModified = new Date(madeAt * 1_000);
  const listed: { path: string; size: number; hash: Hash }[] = [];
  async function* entries() {
    for (const file of files) {
      const entry = { path: file.path, size: 0, hash: createHash("sha256") };
      listed.push(entry);
      const pieces = "from" in file ? readPieces(file.from, { signal }) : once(file.content);
      yield { name: file.path, lastModified, input: counted(pieces, entry) };
    }
    const manifest = {
      format: dossierFormat,
      ...facts,
      files: listed.map(({ path, size, hash }) => ({ path, size, sha256: hash.digest("hex") })),
    };
    yield { name: "dossier.json", lastModified, input: `${decimalJson(manifest, 2)}\n` };
  }
  return makeZip(entries()) as AsyncIterable<Uint8Array>;
}

async function* counted(pieces: AsyncIterable<Uint8Array>, entry: { size: number; hash: Hash }) {
  for await (const piece of pieces) {
    entry.size += piece.length;
    entry.hash.update(piece);
    yield piece;
  }
}

async function* once(content: string | Uint8Array) {
  yield typeof content === "string" ? new TextEncoder().encode(content) : content;
}
