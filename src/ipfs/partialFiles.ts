import { open, readdir, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { syncDirectory } from "./durable.ts";
import type { StoredFile } from "./port.ts";

// `<id>.<size>.<openedAt>.part` holds what came of an upload, the same with `.stored` the CID of
// one that ended. All that was stated stands in the name, so that one rename or one creation makes
// a whole entry.

/** `openedAt` in Unix seconds. */
type Named = Readonly<{ id: string; size: number; openedAt: number }>;

/** An upload as the disk has it; `touchedAt` in Unix seconds. */
export type PartialFound = Named & Readonly<{ offset: number; touchedAt: number; blob: StoredFile | null }>;

const namePattern = /^([0-9a-f]{32})\.(\d{1,15})\.(\d{1,15})\.(part|stored)$/;

const nameOf = ({ id, size, openedAt }: Named) => `${id}.${size}.${openedAt}`;

/** Where the bytes of an upload lie until all are there. */
export function partialPath(dir: string, named: Named): string {
  return join(dir, `${nameOf(named)}.part`);
}

/** Where the CID of an upload that ended is remembered. */
export function storedPath(dir: string, named: Named): string {
  return join(dir, `${nameOf(named)}.stored`);
}

/** Remembers durably under which CID an upload was stored. */
export async function writeStored(dir: string, { blob, ...named }: Named & { blob: StoredFile }): Promise<void> {
  const path = storedPath(dir, named);
  const file = await open(`${path}.new`, "w");
  try {
    await file.writeFile(blob.cid);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncDirectory(dir);
}

/**
 * What an earlier process left. Removes what it had not finished writing, and bytes that are stored
 * already.
 */
export async function readPartials(dir: string): Promise<PartialFound[]> {
  const names = await readdir(dir);
  const found: PartialFound[] = [];
  for (const name of names) {
    const [, id = "", size, openedAt, kind] = namePattern.exec(name) ?? [];
    const path = join(dir, name);
    const named = { id, size: Number(size), openedAt: Number(openedAt) };
    const isLeftOver = kind === undefined ? name.endsWith(".stored.new") : names.includes(`${nameOf(named)}.stored`);
    if (kind === "stored") found.push(await readOne(path, { ...named, isStored: true }));
    else if (isLeftOver) await unlink(path);
    else if (kind === "part") found.push(await readOne(path, { ...named, isStored: false }));
  }
  return found;
}

async function readOne(path: string, { isStored, ...named }: Named & { isStored: boolean }): Promise<PartialFound> {
  const file = await open(path, "r+");
  try {
    // What was written before a crash may not be on the disk yet; what is counted from here on is.
    await file.sync();
    const { size: length, mtimeMs } = await file.stat();
    const touchedAt = Math.floor(mtimeMs / 1_000);
    const { size } = named;
    const blob = isStored ? { cid: await readFile(file, "utf8"), size } : null;
    return { ...named, offset: isStored ? size : Math.min(length, size), touchedAt, blob };
  } finally {
    await file.close();
  }
}
