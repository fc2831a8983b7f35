/** A file as the reader gave it, or an entry of an archive. */
export type Gathered = Readonly<{
  /** With the folders that it came in, `/` between them. */
  path: string;
  /** Bytes, as the file or the archive says. */
  size: number;
  /** Reads the content from its beginning. Throws `PageError` if it cannot be read. */
  read: () => AsyncIterable<Uint8Array>;
  /** The file itself where it lies on the reader's disk: archives are read from any place. */
  blob?: Blob;
}>;

/** What went wrong, as a code of `page.problem`, and the names that its sentence is made of. */
export class PageError extends Error {
  readonly problem: PageProblem;
  readonly names: readonly string[];

  constructor(problem: PageProblem, names: readonly string[] = [], options: ErrorOptions = {}) {
    super(problem, options);
    this.name = "PageError";
    this.problem = problem;
    this.names = names;
  }
}

/** Codes of what can go wrong before a verdict is reached. */
export type PageProblem =
  | "archive-unreadable"
  | "archive-unsafe"
  | "archive-too-large"
  | "source-malformed"
  | "sources-disagree"
  | "file-unreadable"
  | "page-failed";

const PIECE = 1024 * 1024;

/** A file of the reader's disk, read in pieces of 1 MiB so that no more of it is held. */
function gatheredFile(file: File, path: string): Gathered {
  return {
    path,
    size: file.size,
    blob: file,
    async *read() {
      for (let start = 0; start < file.size; start += PIECE) {
        let piece: ArrayBuffer;
        try {
          piece = await file.slice(start, start + PIECE).arrayBuffer();
        } catch (error) {
          throw new PageError("file-unreadable", [path], { cause: error });
        }
        yield new Uint8Array(piece);
      }
    },
  };
}

/**
 * The content of a file as text. Throws `source-malformed` for one that is larger than `limit`
 * bytes or is not UTF-8.
 */
export async function textOf(file: Gathered, limit: number): Promise<string> {
  const bytes = await bytesOf(file, limit);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new PageError("source-malformed", [file.path], { cause: error });
  }
}

/** The content of a file. Throws `source-malformed` for one that is larger than `limit` bytes. */
export async function bytesOf(file: Gathered, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of file.read()) {
    size += piece.length;
    if (size > limit) throw new PageError("source-malformed", [file.path]);
    pieces.push(piece);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Everything below what was dropped: files, and those in folders. */
export async function gatherDropped(items: DataTransferItemList): Promise<readonly Gathered[]> {
  // Entries must be taken before the first wait: after it the browser has emptied the list.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return (await Promise.all(entries.map(gatherEntry))).flat();
}

/** The files that were chosen. */
export function gatherChosen(files: Iterable<File>): readonly Gathered[] {
  return [...files].map((file) => gatheredFile(file, file.webkitRelativePath || file.name));
}

async function gatherEntry(entry: FileSystemEntry): Promise<readonly Gathered[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject)).catch((error: unknown) => {
      throw new PageError("file-unreadable", [path], { cause: error });
    });
    return [gatheredFile(file, path)];
  }
  if (!isDirectory(entry)) return [];
  const reader = entry.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives some entries at a time and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(gatherEntry))).flat();
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
