import { createHash } from "node:crypto";
import type { Hex } from "viem";
import { bytes32 } from "../core/fields.ts";
import { readPieces } from "./files.ts";

/**
 * 32 bytes that stand for a document: given as they are, or as the file whose SHA-256 they are, so
 * that `sha256sum` can check them. Throws `file-missing` or `file-unreadable`.
 */
export async function digestArgument(text: string): Promise<Hex> {
  const given = bytes32.safeParse(text);
  return given.success ? given.data : digestOfFile(text);
}

const digestOfFile = async (path: string): Promise<Hex> => {
  const hash = createHash("sha256");
  for await (const piece of readPieces(path)) hash.update(piece);
  return `0x${hash.digest("hex")}`;
};
