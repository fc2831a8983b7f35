import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CHAIN_ID, startAnvil } from "../test/fixtures/anvil.ts";
import { deployRegistry } from "../test/fixtures/registry.ts";
import type { TaskInput, TaskOutput } from "./evidenceTask.ts";
import { generated } from "./generated.ts";
import { secondsOfOpenssl } from "./openssl.ts";

/** `target` is null where a number is only reported. */
export type EvidenceResult = {
  readonly name: string;
  readonly value: number;
  readonly unit: "s" | "MB" | "leaves/s" | "MiB/s" | "ratio";
  readonly target: number | null;
  readonly better: "lower" | "higher";
};
export type EvidenceSuite = { readonly suite: "evidence"; readonly results: readonly EvidenceResult[] };

const MIB = 1 << 20;
const LEAVES = 1_000_000;
const ROUNDS = 3;

/**
 * Files, anchors and verifies one generated file, and builds one tree, each in a process of its own. Memory is the growth
 * of the resident set at its peak, over what the process held when the work began.
 * @param options.bytes size of the file, 1 GiB unless said otherwise
 */
export async function evidenceSuite(options: { readonly bytes?: number } = {}): Promise<EvidenceSuite> {
  const bytes = options.bytes ?? 1024 * MIB;
  const dir = await mkdtemp(join(tmpdir(), "bench-evidence-"));
  const anvil = await startAnvil();
  try {
    const { registry } = await deployRegistry(anvil);
    const input: TaskInput = { dir, bytes, rpcUrl: anvil.url, chainId: CHAIN_ID, registry };
    const size = `${bytes / MIB}MiB`;
    const tree = await run("tree", input);
    const upload = await measureUpload(input);
    const file = await run("file", input);
    const verify = await run("verify", input);
    const verifyCiphertext = await run("verify.ciphertext", input);
    return {
      suite: "evidence",
      results: [
        { name: "tree.1M.seconds", value: round(tree.seconds), unit: "s", target: 0.7, better: "lower" },
        memory("tree.1M", tree, 300),
        { name: "tree.rate", value: round(LEAVES / tree.seconds), unit: "leaves/s", target: 500_000, better: "higher" },
        ...upload,
        seconds(`file.${size}`, file, null),
        memory(`file.${size}`, file, 200),
        { name: "file.rate", value: round(bytes / MIB / file.seconds), unit: "MiB/s", target: null, better: "higher" },
        seconds(`verify.${size}`, verify, null),
        memory(`verify.${size}`, verify, 200),
        seconds(`verify.ciphertext.${size}`, verifyCiphertext, null),
        memory(`verify.ciphertext.${size}`, verifyCiphertext, 200),
      ],
    };
  } finally {
    await anvil.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * What an upload costs the sender's machine: reading, both digests, encryption, CID, signature; but
 * no network and no disk, as `openssl` writes to none. Rounds alternate, for the machine may be
 * shared: what counts is the median of the ratios within a round.
 */
async function measureUpload(input: TaskInput): Promise<EvidenceResult[]> {
  const plain = join(input.dir, "plain");
  await writeFile(plain, generated(input.bytes));
  const rounds: { upload: TaskOutput; encrypt: number; sm3: number }[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    rounds.push({
      encrypt: await secondsOfOpenssl("encrypt", plain),
      upload: await run("upload", input),
      sm3: await secondsOfOpenssl("sm3", plain),
    });
  }
  await rm(plain);
  const mib = input.bytes / MIB;
  const median = (of: (round: (typeof rounds)[number]) => number) => rounds.map(of).sort((a, b) => a - b)[ROUNDS >> 1]!;
  const result = (name: string, unit: "MiB/s" | "ratio", of: (round: (typeof rounds)[number]) => number) =>
    ({ name, value: round(median(of)), unit, target: null, better: "higher" }) as const;
  const measured = {
    seconds: median(({ upload }) => upload.seconds),
    rssMb: Math.max(...rounds.map(({ upload }) => upload.rssMb)),
  };
  return [
    seconds(`upload.${mib}MiB`, measured, null),
    memory(`upload.${mib}MiB`, measured, 200),
    result("upload.rate", "MiB/s", ({ upload }) => mib / upload.seconds),
    { ...result("upload.ratioToOpenssl", "ratio", ({ upload, encrypt }) => encrypt / upload.seconds), target: 0.35 },
    result("upload.ratioToOpensslSm3", "ratio", ({ upload, sm3 }) => sm3 / upload.seconds),
    result("openssl.encrypt.rate", "MiB/s", ({ encrypt }) => mib / encrypt),
    result("openssl.sm3.rate", "MiB/s", ({ sm3 }) => mib / sm3),
  ];
}

async function run(task: string, input: TaskInput): Promise<TaskOutput> {
  const script = new URL("evidenceTask.ts", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [script, task, JSON.stringify(input)]);
  return JSON.parse(stdout) as TaskOutput;
}

function seconds(name: string, { seconds }: TaskOutput, target: number | null): EvidenceResult {
  return { name: `${name}.time`, value: round(seconds), unit: "s", target, better: "lower" };
}

function memory(name: string, { rssMb }: TaskOutput, target: number): EvidenceResult {
  return { name: `${name}.memory`, value: round(rssMb), unit: "MB", target, better: "lower" };
}

function round(value: number) {
  const digits = value < 1 ? 3 : value < 100 ? 2 : 0;
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
