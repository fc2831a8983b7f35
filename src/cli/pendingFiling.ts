import { readFile, rename, rm } from "node:fs/promises";
import type { FiledEvidence } from "../sdk/evidence.ts";
import { writeNew } from "./files.ts";

const FORMAT = "holdfast-filing/1";
const OWNER_ONLY = 0o600;

/** Where a filing is remembered until its anchor is there. */
const pendingPath = (bundle: string): string => bundle.replace(/\.evidence\.json$/, ".filing.json");

/**
 * What was signed but is not anchored yet. It holds the salts, without which the record proves
 * nothing, so it is on disk before the record is handed to anybody.
 */
export async function rememberFiling(bundle: string, filed: FiledEvidence): Promise<void> {
  const path = pendingPath(bundle);
  await rm(`${path}.new`, { force: true });
  await writeNew(`${path}.new`, `${JSON.stringify({ format: FORMAT, filed })}\n`, OWNER_ONLY);
  await rename(`${path}.new`, path);
}

/** What an interrupted run left behind; `undefined` if there is nothing, or nothing whole. */
export async function recallFiling(bundle: string): Promise<FiledEvidence | undefined> {
  const text = await readFile(pendingPath(bundle), "utf8").catch(() => "");
  try {
    const { format, filed } = JSON.parse(text) as { format: unknown; filed: FiledEvidence };
    return format === FORMAT ? filed : undefined;
  } catch {
    return undefined;
  }
}

export async function forgetFiling(bundle: string): Promise<void> {
  return rm(pendingPath(bundle), { force: true });
}
