import { randomBytes } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { open, readdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { ProtocolError } from "../core/errors.ts";
import type { FileProblem } from "../core/text/problems.ts";
import { inputMalformed } from "./problems.ts";

const READ_PIECE = 1 << 20;
/** Deals, templates, determinations and bundles are small; what is larger is some other file. */
const LARGEST_DOCUMENT = 1 << 20;
const PERMISSIONS = 0o777;

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

const problems: Readonly<Record<string, FileProblem>> = {
  EACCES: "permission-missing",
  EPERM: "permission-missing",
  EISDIR: "is-directory",
  ENOTDIR: "parent-not-directory",
  EROFS: "disk-read-only",
  ENOSPC: "disk-full",
  EIO: "disk-failing",
};

/**
 * An error of the file system as one that says what to do. Errors of other kinds pass through
 * unchanged.
 */
export function fileError(error: unknown, path: string, use: "read" | "write"): unknown {
  const isOfFiles = error instanceof Error && "syscall" in error;
  if (!isOfFiles || error instanceof ProtocolError) return error;
  if (codeOf(error) === "EEXIST") return new ProtocolError("file-exists", { path }, { cause: error });
  if (codeOf(error) === "ENOENT" && use === "read")
    return new ProtocolError("file-missing", { path }, { cause: error });
  const code = use === "read" ? "file-unreadable" : "file-unwritable";
  const problem = codeOf(error) === "ENOENT" ? "parent-missing" : problems[codeOf(error)];
  const details = problem === undefined ? { problem: "system-refuses", reason: codeOf(error) } : { problem };
  return new ProtocolError(code, { path, ...details }, { cause: error });
}

/** What a path leads to, or `undefined` if to nothing. Throws `file-unreadable`. */
export async function statFile(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw fileError(error, path, "read");
  }
}

/** Names of what a directory holds, in no order. Throws `file-missing` or `file-unreadable`. */
export async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    throw fileError(error, dir, "read");
  }
}

/**
 * Refuses what is no regular file: reading a pipe or a device may wait for ever. Throws
 * `file-missing` or `file-unreadable`.
 */
export async function requireRegular(path: string): Promise<Stats> {
  const stats = await statFile(path);
  if (stats === undefined) throw new ProtocolError("file-missing", { path });
  if (stats.isDirectory())
    throw new ProtocolError("file-unreadable", { path, problem: "is-directory" satisfies FileProblem });
  if (!stats.isFile())
    throw new ProtocolError("file-unreadable", { path, problem: "not-regular-file" satisfies FileProblem });
  return stats;
}

/**
 * A small file. Throws `file-missing`, `file-unreadable`, or `input-malformed` when it is too large
 * for a document.
 */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    const { size } = await requireRegular(path);
    if (size > LARGEST_DOCUMENT) {
      throw inputMalformed({ path }, "document-large");
    }
    return await readFile(path);
  } catch (error) {
    throw fileError(error, path, "read");
  }
}

/** Text of a small file. Throws as {@link readBytes}. */
export async function readText(path: string): Promise<string> {
  return (await readBytes(path)).toString("utf8");
}

/** Content of a JSON file. Throws as {@link readText}, and `input-malformed`. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch {
    throw inputMalformed({ path }, "json-malformed");
  }
}

/** Writes a file that must not exist, or nothing. Throws `file-exists` or `file-unwritable`. */
export async function writeNew(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  mode = 0o644,
): Promise<void> {
  let isOurs = false;
  try {
    const handle = await open(path, "wx", mode);
    isOurs = true;
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isOurs) await rm(path, { force: true });
    throw fileError(error, path, "write");
  }
}

/**
 * Puts a text in the place of the one that was read from a file, whole or not at all, with the same
 * mode; a link goes on leading there. Returns false, and leaves the file alone, if it is not as it
 * was read any more. Throws as {@link writeNew}.
 */
export async function replaceText(
  path: string,
  { from, to }: Readonly<{ from: string; to: string }>,
): Promise<boolean> {
  let fresh: string | undefined;
  try {
    const place = await realpath(path);
    const { mode } = await stat(place);
    fresh = `${place}.${randomBytes(8).toString("hex")}.new`;
    await writeNew(fresh, to, mode & PERMISSIONS);
    if ((await readFile(place, "utf8")) !== from) return false;
    await rename(fresh, place);
    return true;
  } catch (error) {
    throw fileError(error, path, "write");
  } finally {
    if (fresh !== undefined) await rm(fresh, { force: true });
  }
}

/**
 * The bytes of a file in pieces, at most a few at a time in memory. Throws `file-missing` or
 * `file-unreadable`.
 */
export async function* readPieces(
  path: string,
  options: { readonly onPiece?: (length: number) => void; readonly signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  await requireRegular(path);
  const stream = createReadStream(path, {
    highWaterMark: READ_PIECE,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  try {
    for await (const piece of stream) {
      options.onPiece?.((piece as Uint8Array).length);
      yield piece as Uint8Array;
    }
  } catch (error) {
    throw fileError(error, path, "read");
  }
}
