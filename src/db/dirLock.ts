import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ProtocolError } from "../core/errors.ts";

const SQLITE_BUSY = 5;

/**
 * Takes a directory for this process alone and returns how to give it back. The lock is an open
 * SQLite transaction, so the operating system frees it when the process dies, however it dies.
 */
export function lockDir(dir: string): () => void {
  try {
    makeDir(resolve(dir));
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ProtocolError("data-dir-unusable", { dir }, { cause });
  }
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(dir, "lock"));
    lock.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    lock?.close();
    const isTaken = cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY;
    throw new ProtocolError(isTaken ? "data-dir-locked" : "data-dir-unusable", { dir }, { cause });
  }
  const held = lock;
  return () => held.close();
}

// Not mkdir's own recursion, which never ends where the system refuses a directory as if its parent
// were missing (/proc).
const makeDir = (dir: string) => {
  if (existsSync(dir)) return;
  makeDir(dirname(dir));
  try {
    mkdirSync(dir);
  } catch (error) {
    if (!existsSync(dir)) throw error; // another process was faster
  }
};
