import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Abi, Hex } from "viem";
import { ProtocolError } from "../core/errors.ts";
import {
  type CompiledContract,
  type CompiledContracts,
  deployedContracts,
  settingsFile,
  sourceHash,
} from "./compiledContracts.ts";

const root = join(import.meta.dirname, "..", "..");
const artifactsDir = join(root, "artifacts");

/**
 * Compiles the contracts of this checkout that changed. Hardhat runs as a program of its own:
 * nothing in src depends on it. Throws `deployment-failed`.
 */
export async function compileByHardhat(): Promise<CompiledContracts> {
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
  return readHardhatArtifacts();
}

type Artifact = Readonly<{
  abi: Abi;
  bytecode: Hex;
  deployedBytecode: Hex;
  immutableReferences?: Readonly<Record<string, CompiledContract["immutables"]>>;
  inputSourceName: string;
  /** Names the compiler's input and output in `artifacts/build-info`. */
  buildInfoId: string;
}>;

type BuildInput = Readonly<{
  solcVersion: string;
  input: Readonly<{ language: string; settings: Readonly<Record<string, unknown>> }>;
}>;

type BuildOutput = Readonly<{
  output: Readonly<{
    sources: Readonly<Record<string, Readonly<{ ast: Readonly<{ nodes: readonly SyntaxNode[] }> }>>>;
  }>;
}>;

type SyntaxNode = Readonly<{ nodeType: string; absolutePath?: string }>;

/** The deployed contracts as Hardhat compiled them last. */
export async function readHardhatArtifacts(): Promise<CompiledContracts> {
  const read = async <T>(...path: string[]) => JSON.parse(await readFile(join(artifactsDir, ...path), "utf8")) as T;
  const sourceOf = { MockStablecoin: "mocks/MockStablecoin.sol", PanelTribunal: "tribunals/PanelTribunal.sol" };
  const artifacts = await Promise.all(
    deployedContracts.map(async (name) => {
      const source = Object.hasOwn(sourceOf, name) ? sourceOf[name as keyof typeof sourceOf] : `${name}.sol`;
      return { name, artifact: await read<Artifact>("contracts", source, `${name}.json`) };
    }),
  );
  const { buildInfoId } = artifacts[0]!.artifact;
  const { solcVersion: version, input } = await read<BuildInput>("build-info", `${buildInfoId}.json`);
  const { output } = await read<BuildOutput>("build-info", `${buildInfoId}.output.json`);
  const contracts = artifacts.map(({ name, artifact }): [string, CompiledContract] => [
    name,
    {
      contractName: name,
      sourceName: artifact.inputSourceName,
      abi: artifact.abi,
      bytecode: artifact.bytecode,
      deployedBytecode: artifact.deployedBytecode,
      immutables: Object.values(artifact.immutableReferences ?? {})
        .flat()
        .map(({ start, length }) => ({ start, length }))
        .sort((one, other) => one.start - other.start),
      sources: importedBy(artifact.inputSourceName, output),
    },
  ]);
  const names = [...new Set([...contracts.flatMap(([, { sources }]) => sources), settingsFile])].sort();
  const { outputSelection: _, ...settings } = input.settings;
  return {
    compiler: { version, language: input.language, settings },
    sources: Object.fromEntries(await Promise.all(names.map(async (name) => [name, await sourceHash(name)] as const))),
    contracts: Object.fromEntries(contracts),
  };
}

/** A source and everything that it imports, sorted. */
const importedBy = (source: string, { sources }: BuildOutput["output"]): string[] => {
  const needed = new Set([source]);
  for (const name of needed) {
    for (const { nodeType, absolutePath } of sources[name]?.ast.nodes ?? []) {
      if (nodeType === "ImportDirective") needed.add(String(absolutePath));
    }
  }
  return [...needed].sort();
};
