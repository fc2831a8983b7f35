import { open } from "node:fs/promises";
import { extname } from "node:path";
import { fileError } from "./files.ts";

const HEAD_BYTES = 16;

/** Beginnings that tell what a file is, as latin1, `?` for any byte. */
const beginnings = [
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["GIF8", "image/gif"],
  ["RIFF????WEBP", "image/webp"],
  ["%PDF-", "application/pdf"],
  ["????ftypqt", "video/quicktime"],
  ["????ftyp", "video/mp4"],
  ["\x1aE\xdf\xa3", "video/webm"],
  ["RIFF????WAVE", "audio/wav"],
  ["ID3", "audio/mpeg"],
  ["PK\x03\x04", "application/zip"],
] as const;

const endings: Readonly<Record<string, string>> = {
  ".txt": "text/plain",
  ".csv": "text/csv",
  ".json": "application/json",
  ".html": "text/html",
  ".eml": "message/rfc822",
  ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/**
 * What kind of file it is by its first bytes, else by its name. Throws `file-missing` or
 * `file-unreadable`.
 */
export async function mediaTypeOf(path: string): Promise<string> {
  const head = await readHead(path);
  const named = endings[extname(path).toLowerCase()];
  const seen = beginnings.find(([beginning]) => matches(head, beginning))?.[1];
  // Office files are ZIP archives; their name says more.
  if (seen === "application/zip" && named !== undefined) return named;
  return seen ?? named ?? "application/octet-stream";
}

const matches = (head: string, beginning: string) =>
  head.length >= beginning.length && [...beginning].every((char, at) => char === "?" || head[at] === char);

const readHead = async (path: string): Promise<string> => {
  try {
    const handle = await open(path, "r");
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.toString("latin1", 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, path, "read");
  }
};
