import { createReadStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Hex, LocalAccount } from "viem";
import { parseBundle } from "../../core/evidence/bundle.ts";
import type { Client } from "../../sdk/client.ts";
import { type FilingSetup, fileAndAnchor } from "../../sdk/fileAndAnchor.ts";
import { createNodeDigester } from "../../sdk/nodeDigester.ts";
import { createNodeSealer } from "../../sdk/nodeSealer.ts";
import type { Deployment } from "../deploy.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".pdf": "application/pdf",
  ".txt": "text/plain",
  ".mp4": "video/mp4",
};

/**
 * A file with the bundle that proves it, the digest that names its record, and the root that it is
 * anchored under.
 */
export type ProvenFile = {
  readonly file: string;
  readonly bundle: string;
  readonly digest: Hex;
  readonly root: Hex;
  /**
   * Options of `holdfast verify` that confirm the time: both blocks as the chain has them, and its
   * clock, which the demonstration moves ahead of the computer's.
   */
  readonly confirming: readonly string[];
};

export type FilingContext = {
  readonly client: Client;
  readonly deployment: Deployment;
  readonly recipient: string;
  readonly readBlock: FilingSetup["readBlock"];
  readonly outDir: string;
  /** Bundle names that are taken. */
  readonly names: Set<string>;
  readonly signal?: AbortSignal | undefined;
};

/** Files each of a party's files and writes its bundle once it is anchored. */
export async function fileAll(
  files: readonly string[],
  { party, dealId, purpose }: { party: LocalAccount; dealId: Hex; purpose: string },
  filing: FilingContext,
): Promise<ProvenFile[]> {
  await mkdir(filing.outDir, { recursive: true });
  const bundles = files.map((file) => join(filing.outDir, freeName(basename(file), filing.names)));
  const anchored = await fileAndAnchor(
    files.map((file, index) => ({
      id: bundles[index]!,
      source: () => createReadStream(file),
      meta: { name: basename(file), type: TYPES[extname(file).toLowerCase()] ?? "application/octet-stream", purpose },
    })),
    {
      client: filing.client,
      signer: { address: party.address, signTypedData: (typedData) => party.signTypedData(typedData) },
      recipients: [filing.recipient],
      dealId,
      readBlock: filing.readBlock,
    },
    { createDigester: createNodeDigester, createSealer: createNodeSealer, signal: filing.signal },
  );
  const proven: ProvenFile[] = [];
  for (const [index, { id, bundle, digest, root, anchoredAt }] of anchored.entries()) {
    await writeFile(id, bundle);
    const confirming = await confirmingOptions(bundle, anchoredAt, filing);
    proven.push({ file: files[index]!, bundle: id, digest, root, confirming });
  }
  return proven;
}

async function confirmingOptions(text: string, anchoredAt: number, { readBlock }: FilingContext): Promise<string[]> {
  const { anchor, record } = parseBundle(text);
  const blocks = await Promise.all([anchor.blockNumber, record.beaconBlock].map(readBlock));
  return [
    ...blocks.flatMap((block) => (block === null ? [] : ["--trusted-block", `${block.number}:${block.hash}`])),
    ...["--clock", new Date(anchoredAt * 1_000).toISOString().replace(".000Z", "Z")],
  ];
}

/** `<file>.evidence.json`, with a number where another file of that name came before. */
const freeName = (file: string, taken: Set<string>): string => {
  let name = `${file}.evidence.json`;
  for (let count = 2; taken.has(name); count++) name = `${file}.${count}.evidence.json`;
  taken.add(name);
  return name;
};
