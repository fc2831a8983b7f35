import { open } from "node:fs/promises";
import { ProtocolError } from "../core/errors.ts";

/** Makes renames and removals inside a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether a file system call failed because nothing is there. */
export function isAbsent(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

/** Whether a read failed because the medium did. */
export function isUnreadable(error: unknown): boolean {
  return codeOf(error) === "EIO";
}

/**
 * A refused write as a fact to act on: `store-full`, or `data-dir-unusable` with the system's code.
 */
export function writeRefused(cause: unknown): unknown {
  const code = codeOf(cause);
  if (code === undefined || cause instanceof ProtocolError) return cause;
  if (code === "ENOSPC" || code === "EDQUOT") return new ProtocolError("store-full", {}, { cause });
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "EIO"].includes(code)) {
    return new ProtocolError("data-dir-unusable", { reason: code }, { cause });
  }
  return cause;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
