// One measurement of the evidence suite, in a process of its own so that its memory is its own:
// `node bench/evidenceTask.ts <tree | upload | file | verify> <JSON>` prints one line of JSON.
import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Address, zeroHash } from "viem";
import { createChain } from "../src/chain/client.ts";
import { headerAt } from "../src/chain/heads.ts";
import type { EvidenceBundle } from "../src/core/evidence/bundle.ts";
import { buildTree, pathOf } from "../src/core/evidence/merkle.ts";
import { verifyBundle } from "../src/core/evidence/verify/verifyBundle.ts";
import { createEmbeddedStore } from "../src/ipfs/embedded.ts";
import { importFile } from "../src/ipfs/importFile.ts";
import { unwrapContentKey } from "../src/sdk/contentKey.ts";
import { fileEvidence } from "../src/sdk/evidence.ts";
import { fileAndAnchor } from "../src/sdk/fileAndAnchor.ts";
import { createNodeDigester } from "../src/sdk/nodeDigester.ts";
import { createNodeSealer } from "../src/sdk/nodeSealer.ts";
import { buyer, READER, READER_IDENTITY } from "../test/fixtures/evidence.ts";
import { generated } from "./generated.ts";
import { inProcessRelayer } from "./inProcessRelayer.ts";

export type TaskInput = {
  readonly dir: string;
  readonly bytes: number;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly registry: Address;
};

/** `rssMb`: how far memory rose above where it was when the work began, at its highest. */
export type TaskOutput = { readonly seconds: number; readonly rssMb: number };

const PIECE = 1 << 20;
const MB = 1_000_000;

const tasks: Readonly<Record<string, (input: TaskInput) => Promise<void>>> = {
  tree: async () => {
    const leaves = new Uint8Array(32 * 1_000_000);
    for (let at = 0; at < leaves.length; at += 4) leaves[at] = at >> 2;
    const tree = buildTree(leaves);
    pathOf(tree, 123_456);
  },
  upload: async ({ dir, chainId, registry }) => {
    await fileEvidence(
      {
        file: createReadStream(join(dir, "plain"), { highWaterMark: PIECE }),
        meta: { name: "video.mp4", type: "video/mp4" },
        dealId: null,
        beacon: { number: 1, hash: zeroHash },
        deadline: 2_000_000_000,
      },
      {
        domain: { chainId, registry },
        signer: buyer,
        recipients: [READER],
        random: (length) => crypto.getRandomValues(new Uint8Array(length)),
        importCiphertext: async (ciphertext) => (await importFile(ciphertext, async () => {})).root.toString(),
        createDigester: createNodeDigester,
        createSealer: createNodeSealer,
      },
    );
  },
  file: async ({ dir, bytes, rpcUrl, chainId, registry }) => {
    const store = await createEmbeddedStore({ dir: join(dir, "store") });
    const chain = createChain({ rpcUrls: [rpcUrl], chainId });
    const [filed] = await fileAndAnchor(
      [{ id: "video", source: () => generated(bytes), meta: { name: "video.mp4", type: "video/mp4" } }],
      {
        client: inProcessRelayer({ store, chain, rpcUrl, registry }),
        signer: buyer,
        recipients: [READER],
        dealId: null,
        readBlock: (at) => headerAt(chain, at),
      },
      { createDigester: createNodeDigester, createSealer: createNodeSealer },
    );
    await writeFile(join(dir, "bundle.json"), filed!.bundle);
    await chain.close();
    await store.close();
  },
  verify: async ({ dir, bytes }) => {
    await requireVerified(await readFile(join(dir, "bundle.json"), "utf8"), { file: generated(bytes) });
  },
  "verify.ciphertext": async ({ dir }) => {
    const store = await createEmbeddedStore({ dir: join(dir, "store") });
    const text = await readFile(join(dir, "bundle.json"), "utf8");
    const { hints, record } = JSON.parse(text) as EvidenceBundle;
    const key = await unwrapContentKey(hints.wrappedKey!, READER_IDENTITY);
    await requireVerified(text, { ciphertext: { open: () => store.get(record.cid), key } });
    await store.close();
  },
};

async function requireVerified(...args: Parameters<typeof verifyBundle>) {
  const [text, options] = args;
  const { verdict } = await verifyBundle(text, { ...options, createDigester: createNodeDigester });
  if (verdict.status !== "verified") throw new Error(`the benchmark's own file is ${verdict.status}`);
}

const task = tasks[process.argv[2] ?? ""];
if (task === undefined) throw new Error(`unknown task ${process.argv[2]}`);
const input = JSON.parse(process.argv[3] ?? "{}") as TaskInput;
const rssBefore = process.memoryUsage.rss();
const started = performance.now();
await task(input);
const output: TaskOutput = {
  seconds: (performance.now() - started) / 1000,
  rssMb: (process.resourceUsage().maxRSS * 1024 - rssBefore) / MB,
};
console.log(JSON.stringify(output));
