import { randomUUID } from "node:crypto";
import { renameSync, unlinkSync } from "node:fs";
import { mkdir, open, opendir, readdir, rename, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { CID } from "multiformats/cid";
import { ProtocolError } from "../core/errors.ts";
import { parseCid } from "./cid.ts";
import { isAbsent, isUnreadable, syncDirectory, writeRefused } from "./durable.ts";
import type { BlockHost, Upload } from "./evidenceStore.ts";
import { maxBlockBytes } from "./limits.ts";
import { createPinJournal, readPinRecord } from "./pinRecord.ts";
import { createRetention } from "./retention.ts";

// One for the process, keyed by absolute path: two stores opened on one directory protect each
// other's uploads.
const retention = createRetention();
const liveUploads = new Set<string>();

/**
 * Blocks as files: `blocks/<two characters>/<cid>`, pins as `pins/<root cid>`, uploads that have
 * not ended under `uploads/`. A block is written to a temporary file, synced and renamed, so a file
 * under `blocks/` is whole or absent after any crash; what a crash left over is removed at the next
 * start. One process at a time may write to a directory.
 */
export async function openBlockDirectory(directory: string): Promise<BlockHost> {
  const root = resolve(directory);
  const blocks = join(root, "blocks");
  const pins = join(root, "pins");
  const uploads = join(root, "uploads");

  const blockPath = (cid: string) => join(blocks, cid.slice(-3, -1), cid);
  const pinPath = (cid: CID) => join(pins, cid.toString());

  async function sweep(cids: Iterable<string>) {
    const candidates = new Set(Array.from(cids, blockPath));
    const spare = async () => {
      for (const name of await readdir(pins)) {
        if (candidates.size === 0) return;
        const record = await readPinRecord(join(pins, name)).catch(orIfAbsent({ cids: [], whole: true }));
        if (!record.whole) throw new ProtocolError("pin-damaged", { root: name });
        for (const cid of record.cids) candidates.delete(blockPath(cid));
      }
    };
    await retention.sweep(candidates, spare, (path) => ignoringAbsent(() => unlinkSync(path)));
  }

  async function recover() {
    for (const name of await readdir(uploads)) {
      const upload = name.split(".")[0] ?? "";
      if (isAlive(upload)) continue;
      const path = join(uploads, name);
      try {
        if (name.endsWith(".pin")) await sweep((await readPinRecord(path)).cids);
        await unlink(path);
      } catch (error) {
        // Until the damaged pin is repaired or deleted nobody knows what may go: the leftover waits
        // for the next start.
        if (!(isAbsent(error) || (error instanceof ProtocolError && error.code === "pin-damaged"))) throw error;
      }
    }
  }

  async function allBlocks() {
    const names: string[] = [];
    for await (const shard of await opendir(blocks)) names.push(...(await readdir(join(blocks, shard.name))));
    return names;
  }

  async function begin(): Promise<Upload> {
    const id = `${process.pid}-${randomUUID()}`;
    const journalPath = join(uploads, `${id}.pin`);
    liveUploads.add(id);
    const journal = await createPinJournal(journalPath).catch((error: unknown) => {
      liveUploads.delete(id);
      throw writeRefused(error);
    });
    const held = new Map<string, string>();
    const touched = new Set<string>();
    const writing = new Set<Promise<void>>();
    let writes = 0;
    let closed = false;

    const release = () => {
      for (const path of held.values()) retention.release(path);
      liveUploads.delete(id);
    };

    async function write(cid: CID, bytes: Uint8Array) {
      const name = cid.toString();
      const path = blockPath(name);
      if (!held.has(name)) {
        held.set(name, path);
        retention.hold(path);
      }
      try {
        await journal.add(cid);
        touched.add(dirname(path));
        const stored = await readUpTo(path, maxBlockBytes + 1);
        if (stored !== undefined && Buffer.compare(stored, bytes) === 0) return;
        writes += 1;
        await writeWhole(join(uploads, `${id}.${writes}.block`), path, bytes);
      } catch (error) {
        throw writeRefused(error);
      }
    }

    return {
      async write(cid, bytes) {
        if (closed) throw new Error("The upload has ended");
        const running = write(cid, bytes);
        writing.add(running);
        try {
          await running;
        } finally {
          writing.delete(running);
        }
      },

      async commit(cid) {
        try {
          await journal.finish();
          await journal.close();
          closed = true;
          await Promise.all(Array.from(touched, syncDirectory));
          await syncDirectory(blocks);
          // The pin appears and the holds go in one tick, so that no sweep sees neither.
          renameSync(journalPath, pinPath(cid));
          release();
          await syncDirectory(pins);
        } catch (error) {
          throw writeRefused(error);
        }
      },

      async abandon() {
        const open = !closed;
        closed = true;
        await Promise.allSettled(writing);
        if (open) await journal.close();
        release();
        try {
          await sweep(held.keys());
          await unlink(journalPath);
        } catch {
          // The journal stays and the next start cleans up; the upload's own error matters more.
        }
      },
    };
  }

  try {
    for (const path of [blocks, pins, uploads]) await mkdir(path, { recursive: true });
    await recover();
  } catch (error) {
    throw writeRefused(error);
  }

  return {
    read: (cid) => readUpTo(blockPath(cid.toString()), maxBlockBytes + 1),
    begin,

    async isPinned(cid) {
      const handle = await open(pinPath(cid), "r").catch(orIfAbsent(undefined));
      await handle?.close();
      return handle !== undefined;
    },

    async *roots() {
      for (const name of await readdir(pins)) yield parseCid(name);
    },

    async unpin(cid) {
      // Moved aside first: when the process dies before the sweep ends, the next start finishes it.
      const id = `${process.pid}-${randomUUID()}`;
      const path = join(uploads, `${id}.pin`);
      liveUploads.add(id);
      try {
        const moved = await rename(pinPath(cid), path).then(() => true, orIfAbsent(false));
        if (!moved) return false;
        await syncDirectory(pins);
        const { cids, whole } = await readPinRecord(path);
        await sweep(whole ? cids : await allBlocks());
        await unlink(path);
        return true;
      } catch (error) {
        throw writeRefused(error);
      } finally {
        liveUploads.delete(id);
      }
    },

    close: async () => undefined,
  };
}

/** Whether an upload named `<pid>-<id>` may still be going on, here or in another process. */
function isAlive(upload: string): boolean {
  if (liveUploads.has(upload)) return true;
  const pid = Number(upload.split("-")[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function writeWhole(temporary: string, path: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path).catch(async (error: unknown) => {
      if (!isAbsent(error)) throw error;
      await mkdir(dirname(path), { recursive: true });
      await rename(temporary, path);
    });
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/**
 * A file's first `limit` bytes: enough to tell that a file which should be smaller is not itself.
 */
async function readUpTo(path: string, limit: number): Promise<Uint8Array | undefined> {
  const file = await open(path, "r").catch(orIfAbsent(undefined));
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const buffer = Buffer.allocUnsafeSlow(Math.min(size, limit));
    let filled = 0;
    while (filled < buffer.length) {
      // What the disk cannot read counts as damaged: the bytes so far will not have the right hash.
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, filled).catch(orIfUnreadable);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await file.close();
  }
}

function orIfAbsent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isAbsent(error)) return value;
    throw error;
  };
}

function orIfUnreadable(error: unknown): { bytesRead: number } {
  if (isUnreadable(error)) return { bytesRead: 0 };
  throw error;
}

function ignoringAbsent(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}
