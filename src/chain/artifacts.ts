import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Abi, Hex } from "viem";
import { ProtocolError } from "../core/errors.ts";

/** One compiled contract, as Hardhat writes it. */
export type CompiledContract = Readonly<{
  contractName: string;
  abi: Abi;
  /** What creates it, without the constructor's arguments. */
  bytecode: Hex;
  /** What stands on the chain then, with zeros where the constructor puts values. */
  deployedBytecode: Hex;
  /** Where those values stand in `deployedBytecode`, in bytes. */
  immutableReferences?: Readonly<Record<string, readonly Readonly<{ start: number; length: number }>[]>>;
  /** As the compiler names its file. */
  inputSourceName: string;
  /** Names the compiler's input and output in `artifacts/build-info`. */
  buildInfoId: string;
}>;

const root = join(import.meta.dirname, "..", "..");
const artifactsDir = join(root, "artifacts");

/**
 * Compiles those contracts of this checkout that changed. Hardhat runs as a program of its own: nothing in src
 * depends on it. Throws `deployment-failed`.
 */
export async function compileContracts(): Promise<void> {
  const hardhat = createRequire(import.meta.url)
    .resolve("hardhat/package.json")
    .replace("package.json", "dist/src/cli.js");
  const child = spawn(process.execPath, [hardhat, "build", "--quiet", "--no-tests"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4_000);
    });
  }
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new ProtocolError("deployment-failed", { step: "compile" }, { cause: new Error(said) });
}

/** The compiled contract of that name. Throws `deployment-failed` when it was never compiled. */
export async function loadArtifact(name: string): Promise<CompiledContract> {
  const contractsDir = join(artifactsDir, "contracts");
  const files = await readdir(contractsDir, { recursive: true });
  const file = files.find((path) => path.endsWith(join("/", `${name}.json`)));
  if (file === undefined) throw new ProtocolError("deployment-failed", { step: "artifact", contract: name });
  return JSON.parse(await readFile(join(contractsDir, file), "utf8")) as CompiledContract;
}

type Compilation = Readonly<{
  input: Readonly<{
    language: string;
    sources: Readonly<Record<string, unknown>>;
    settings: Readonly<Record<string, unknown>>;
  }>;
}>;
type SourceTree = Readonly<{ ast: Readonly<{ nodes: readonly Readonly<Record<string, unknown>>[] }> }>;

/**
 * What the compiler was told to make a contract: its sources with everything that they import, and the settings, in
 * the standard JSON that `solc --standard-json` and block explorers take.
 */
export async function standardJsonOf({ buildInfoId, inputSourceName }: CompiledContract): Promise<object> {
  const read = async (suffix: string) =>
    JSON.parse(await readFile(join(artifactsDir, "build-info", `${buildInfoId}${suffix}`), "utf8")) as unknown;
  const { input } = (await read(".json")) as Compilation;
  const { output } = (await read(".output.json")) as {
    output: Readonly<{ sources: Readonly<Record<string, SourceTree>> }>;
  };
  const needed = new Set<string>([inputSourceName]);
  for (const name of needed) {
    for (const node of output.sources[name]?.ast.nodes ?? []) {
      if (node.nodeType === "ImportDirective") needed.add(String(node.absolutePath));
    }
  }
  return {
    language: input.language,
    sources: Object.fromEntries([...needed].sort().map((name) => [name, input.sources[name]])),
    settings: {
      ...input.settings,
      outputSelection: { "*": { "*": ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode"] } },
    },
  };
}
