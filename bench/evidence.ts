import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CHAIN_ID, startAnvil } from "../test/fixtures/anvil.ts";
import { deployRegistry } from "../test/fixtures/registry.ts";
import type { TaskInput, TaskOutput } from "./evidenceTask.ts";

/** `target` is null where a number is only reported. */
export type EvidenceResult = {
  readonly name: string;
  readonly value: number;
  readonly unit: "s" | "MB" | "leaves/s" | "MiB/s";
  readonly target: number | null;
  readonly better: "lower" | "higher";
};
export type EvidenceSuite = { readonly suite: "evidence"; readonly results: readonly EvidenceResult[] };

const MIB = 1 << 20;
const LEAVES = 1_000_000;

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
    const file = await run("file", input);
    const verify = await run("verify", input);
    const verifyCiphertext = await run("verify.ciphertext", input);
    return {
      suite: "evidence",
      results: [
        seconds("tree.1000000", tree, 2),
        memory("tree.1000000", tree, 300),
        { name: "tree.rate", value: round(LEAVES / tree.seconds), unit: "leaves/s", target: 500_000, better: "higher" },
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
  return value < 100 ? Math.round(value * 100) / 100 : Math.round(value);
}
