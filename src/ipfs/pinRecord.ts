import { createHash } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import type { CID } from "multiformats/cid";
import { parseCid } from "./cid.ts";

/**
 * The list of blocks of one file, a CID a line, written ahead of the blocks. Unfinished, it is the
 * journal of an upload and says what to clean up; finished with `end <count> <sha256 of the
 * lines>`, it is the pin of a root and says what to keep.
 */
export type PinJournal = {
  add(cid: CID): Promise<void>;
  finish(): Promise<void>;
  close(): Promise<void>;
};

/** Opens the journal of pins, which survives a crash at any moment. */
export async function createPinJournal(path: string): Promise<PinJournal> {
  const file: FileHandle = await open(path, "ax");
  const hash = createHash("sha256");
  let count = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    async add(cid) {
      const line = `${cid.toString()}\n`;
      hash.update(line);
      count += 1;
      // One after the other: the digest at the end is over the lines in the order of the file.
      last = last.then(() => file.write(line));
      await last;
    },
    async finish() {
      await file.write(`end ${count} ${hash.digest("hex")}\n`);
      await file.sync();
    },
    close: () => file.close(),
  };
}

/**
 * `whole` is false when the record is unfinished or altered; `cids` are then the lines that still
 * make sense.
 */
export async function readPinRecord(path: string): Promise<{ cids: string[]; whole: boolean }> {
  const text = await readFile(path, "utf8");
  const end = text.lastIndexOf("end ");
  const lines = (end === -1 ? text : text.slice(0, end)).split("\n");
  const cids = lines.filter(isCid);
  const digest = createHash("sha256");
  for (const cid of cids) digest.update(`${cid}\n`);
  return { cids, whole: end !== -1 && text.slice(end) === `end ${cids.length} ${digest.digest("hex")}\n` };
}

function isCid(line: string): boolean {
  try {
    return parseCid(line).toString() === line;
  } catch {
    return false;
  }
}
