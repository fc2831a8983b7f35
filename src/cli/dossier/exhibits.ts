import { basename } from "node:path";
import type { Hex } from "viem";
import { bundleSuffix } from "../../core/evidence/bundle.ts";
import { evidenceDigest } from "../../core/evidence/record.ts";
import type { VerifyOptions } from "../../core/evidence/verify/options.ts";
import { type Verification, verifyBundle } from "../../core/evidence/verify/verifyBundle.ts";
import type { EvidencePair } from "../../core/text/finding.ts";
import { createNodeDigester } from "../../sdk/nodeDigester.ts";
import { readBundleText } from "../bundleText.ts";
import { readPieces, statFile } from "../files.ts";

/** A piece of evidence in a dossier, as it was found when the dossier was made. */
export type Exhibit = Readonly<{
  /** From 1, in the order of the anchors. */
  number: number;
  /** Paths on the maker's disk; without a file only the bundle was given. */
  paths: Readonly<{ file: string | undefined; bundle: string }>;
  /** Where the file is, or would be, in the dossier; its bundle is beside it. */
  name: string;
  verification: Verification;
  /** Digest of the record, which names it everywhere; null where the bundle cannot be read. */
  digest: Hex | null;
}>;

type ExhibitOptions = Pick<VerifyOptions, "trusted" | "deal" | "now"> & Readonly<{ signal: AbortSignal }>;

/**
 * Checks every pair and puts them into the order in which they were anchored. A bundle that cannot
 * be read is an exhibit too, and its verdict says so.
 */
export async function checkExhibits(
  pairs: readonly EvidencePair[],
  { signal, ...given }: ExhibitOptions,
): Promise<readonly Exhibit[]> {
  const checked: Omit<Exhibit, "number" | "name">[] = [];
  for (const { file, bundle } of pairs) {
    const isFileThere = (await statFile(file)) !== undefined;
    const read = await readBundleText(bundle);
    const verification = await verifyBundle("why" in read ? "" : read.text, {
      ...given,
      ...(isFileThere ? { file: readPieces(file, { signal }) } : {}),
      createDigester: createNodeDigester,
      signal,
    });
    const digest = digestOf(verification);
    checked.push({ paths: { file: isFileThere ? file : undefined, bundle }, verification, digest });
  }
  checked.sort((one, other) => anchoredAt(one.verification) - anchoredAt(other.verification));
  return checked.map((one, i) => ({ ...one, number: i + 1, name: nameOf(one.paths, i + 1) }));
}

function digestOf({ bundle }: Verification): Hex | null {
  if (bundle === null) return null;
  const { chainId, registry } = bundle.anchor;
  return evidenceDigest(bundle.record, { chainId, registry });
}

function anchoredAt({ time }: Verification): number {
  return "existedBy" in time ? time.anchoredAt.at : Number.MAX_SAFE_INTEGER;
}

/** A name that every system can hold, and that no other exhibit has. */
function nameOf({ file, bundle }: Exhibit["paths"], number: number): string {
  const own = basename(file ?? bundle.slice(0, -bundleSuffix.length));
  const plain = own.normalize("NFC").replaceAll(/[\p{C}\p{Z}/\\:*?"<>|]+/gu, "_");
  return `${String(number).padStart(2, "0")}-${plain.slice(-80)}`;
}
