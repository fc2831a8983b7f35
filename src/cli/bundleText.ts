import { readFile } from "node:fs/promises";
import { maxBundleBytes } from "../core/evidence/bundle.ts";
import { fileError, requireRegular } from "./files.ts";

/**
 * Text of a bundle that encodes to exactly the file's bytes, or why the file cannot be a bundle.
 */
export type BundleText = { readonly text: string } | { readonly why: "bundle-too-large" | "bundle-malformed" };

/** Most bytes of UTF-8 for one unit of a text, and one to spare. */
const BYTES_PER_UNIT = 4;

/** Reads a bundle. Throws `file-missing` or `file-unreadable`. */
export async function readBundleText(path: string): Promise<BundleText> {
  const { size } = await requireRegular(path);
  if (size > BYTES_PER_UNIT * maxBundleBytes) return { why: "bundle-too-large" };
  const bytes = await readBytes(path);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { why: "bundle-malformed" };
  }
}

const readBytes = async (path: string) => {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(error, path, "read");
  }
};
