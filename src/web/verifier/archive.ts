import { BlobReader, configure, type Entry, ZipReader } from "@zip.js/zip.js/lib/zip-core-native.js";
import { type Gathered, PageError } from "./gathered.ts";

/** More entries than any dossier has. */
const MAX_ENTRIES = 20_000;
/** Deflate shrinks nothing further than this. */
const MAX_RATIO = 1_032;

// The page may start no worker that it did not write itself.
configure({ useWebWorkers: false });

/**
 * The files in an archive (PKWARE APPNOTE), each read when it is needed. Refused is what programs
 * may read differently from each other or what could harm who unpacks it: names twice, names out of
 * the folder, links, passwords, entries over each other, sizes that cannot be.
 * @param blob the archive
 * @param name as the reader knows it
 * @throws PageError `archive-unreadable`, `archive-unsafe`, `archive-too-large`
 */
export async function readArchive(blob: Blob, name: string): Promise<readonly Gathered[]> {
  const reader = new ZipReader(new BlobReader(blob), { strictness: "strict", checkOverlappingEntry: true });
  const entries = await entriesOf(reader, name);
  const packed = entries.reduce((sum, { compressedSize }) => sum + compressedSize, 0);
  const isPossible = entries.every(({ compressedSize, uncompressedSize }) => {
    return uncompressedSize <= compressedSize * MAX_RATIO + 1_024;
  });
  if (packed > blob.size || !isPossible) throw new PageError("archive-too-large", [name]);
  const folded = new Set<string>();
  return entries
    .filter(({ directory }) => !directory)
    .map((entry) => {
      // A folder on most computers holds one of two names that differ in case or in composition.
      const key = entry.filename.normalize("NFC").toLowerCase();
      if (folded.has(key) || entry.symlink || entry.encrypted || entry.filename.includes("\\")) {
        throw new PageError("archive-unsafe", [name, entry.filename]);
      }
      folded.add(key);
      return gatheredEntry(entry, name);
    });
}

async function entriesOf(reader: ZipReader<Blob>, name: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      entries.push(entry);
      if (entries.length > MAX_ENTRIES) throw new PageError("archive-too-large", [name]);
    }
  } catch (error) {
    throw asPageError(error, name, entries.at(-1)?.filename);
  }
  return entries;
}

function gatheredEntry(entry: Entry, archive: string): Gathered {
  return {
    path: `${archive}/${entry.filename}`,
    size: entry.uncompressedSize,
    async *read() {
      if (entry.directory) return;
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const written = entry.getData(writable, { checkSignature: true });
      const reader = readable.getReader();
      // A failure before the first byte leaves the stream open: nothing would ever be read.
      const failed = written.then(() => new Promise<never>(() => {}));
      failed.catch(() => undefined);
      let size = 0;
      try {
        for (;;) {
          const { done, value } = await Promise.race([reader.read(), failed]);
          if (done) break;
          size += value.length;
          if (size > entry.uncompressedSize) throw new PageError("archive-too-large", [archive]);
          yield value;
        }
        await written;
      } catch (error) {
        throw asPageError(error, archive, entry.filename);
      } finally {
        await reader.cancel().catch(() => undefined);
      }
    },
  };
}

function asPageError(error: unknown, name: string, entry = ""): PageError {
  if (error instanceof PageError) return error;
  const message = error instanceof Error ? error.message : "";
  const isUnsafe = /unsafe|ambiguous|overlapping|encrypted/i.test(message);
  return isUnsafe
    ? new PageError("archive-unsafe", [name, entry], { cause: error })
    : new PageError("archive-unreadable", [name], { cause: error });
}
