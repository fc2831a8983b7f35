import { createReadStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { Hex, LocalAccount } from "viem";
import { serializeBundle } from "../../core/evidence/bundle.ts";
import type { Client } from "../../sdk/client.ts";
import { assembleBundle, type FiledEvidence, fileEvidence } from "../../sdk/evidence.ts";
import { createNodeDigester } from "../../sdk/nodeDigester.ts";
import type { Deployment } from "../deploy.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".pdf": "application/pdf",
  ".txt": "text/plain",
  ".mp4": "video/mp4",
};

/** A file with the bundle that proves it, the digest that names its record, and the root that it is anchored under. */
export type ProvenFile = {
  readonly file: string;
  readonly bundle: string;
  readonly digest: Hex;
  readonly root: Hex;
};

export type FilingContext = {
  readonly client: Client;
  readonly deployment: Deployment;
  readonly recipient: string;
  readonly readBeacon: () => Promise<{ number: number; hash: Hex }>;
  readonly readTime: () => Promise<number>;
  readonly outDir: string;
  /** Bundle names that are taken. */
  readonly names: Set<string>;
};

/** Encrypts, uploads, signs and files each of a party's files; writes a bundle for each once they are anchored. */
export const fileAll = async (
  files: readonly string[],
  { party, dealId, purpose }: { party: LocalAccount; dealId: Hex; purpose: string },
  filing: FilingContext,
): Promise<ProvenFile[]> => {
  const { client, deployment } = filing;
  const filed: { file: string; evidence: FiledEvidence }[] = [];
  for (const file of files) {
    const evidence = await fileEvidence(
      {
        file: createReadStream(file),
        meta: { name: basename(file), type: TYPES[extname(file).toLowerCase()] ?? "application/octet-stream", purpose },
        dealId,
        beacon: await filing.readBeacon(),
        deadline: (await filing.readTime()) + 86_400,
      },
      {
        domain: { chainId: deployment.chainId, registry: deployment.evidenceRegistry },
        signer: { address: party.address, signTypedData: (typedData) => party.signTypedData(typedData) },
        recipients: [filing.recipient],
        random: (length) => crypto.getRandomValues(new Uint8Array(length)),
        importCiphertext: async (ciphertext) => (await client.uploadCiphertext(ciphertext)).cid,
        createDigester: createNodeDigester,
      },
    );
    filed.push({ file, evidence });
  }
  // Handed in together, so that they share a batch.
  await Promise.all(
    filed.map(({ evidence }) =>
      client.submitEvidence({
        record: evidence.record,
        submitter: evidence.submitter.address,
        signature: evidence.signature,
        case: evidence.openings.case ?? undefined,
      }),
    ),
  );
  await mkdir(filing.outDir, { recursive: true });
  return Promise.all(
    filed.map(async ({ file, evidence }) => {
      const anchored = await client.waitForAnchor(evidence.digest);
      const bundle = join(filing.outDir, freeName(basename(file), filing.names));
      await writeFile(bundle, serializeBundle(assembleBundle(evidence, anchored)));
      return { file, bundle, digest: evidence.digest, root: anchored.anchor.root };
    }),
  );
};

/** `<file>.evidence.json`, with a number where another file of that name came before. */
const freeName = (file: string, taken: Set<string>): string => {
  let name = `${file}.evidence.json`;
  for (let count = 2; taken.has(name); count++) name = `${file}.${count}.evidence.json`;
  taken.add(name);
  return name;
};
