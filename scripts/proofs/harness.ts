import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { compilerSettings } from "../../hardhat.config.ts";

const root = new URL("../..", import.meta.url).pathname;

type Contract = Readonly<{
  abi: unknown;
  metadata: string;
  evm: Readonly<{
    bytecode: { object: string };
    deployedBytecode: { object: string };
    methodIdentifiers: Readonly<Record<string, string>>;
  }>;
}>;

type Output = Readonly<{
  errors?: readonly Readonly<{ severity: string; formattedMessage: string }>[];
  sources: Readonly<Record<string, Readonly<{ id: number; ast: unknown }>>>;
  contracts: Readonly<Record<string, Readonly<Record<string, Contract>>>>;
}>;

/** What is proven is the code that is deployed. */
const settings = {
  ...compilerSettings,
  outputSelection: {
    "*": {
      "": ["ast"],
      "*": ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode", "evm.methodIdentifiers", "storageLayout"],
    },
  },
};

/** Compiles the contracts of `test/proofs/` with the libraries that they prove. `changed` stands in for files of the checkout. */
export function compileHarness(files: readonly string[], changed: Readonly<Record<string, string>> = {}): Output {
  const solc = createRequire(import.meta.url)("solc");
  const contentOf = (path: string) =>
    changed[path] ?? readFileSync(join(root, path.startsWith("@") ? `node_modules/${path}` : path), "utf8");
  const sources = Object.fromEntries(files.map((file) => [file, { content: contentOf(file) }]));
  const read = (path: string) => {
    try {
      return { contents: contentOf(path) };
    } catch {
      return { error: "not found" };
    }
  };
  const output: Output = JSON.parse(
    solc.compile(JSON.stringify({ language: "Solidity", sources, settings }), { import: read }),
  );
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"));
  return output;
}

/** Every proof contract of the checkout. */
export function harnessFiles(): string[] {
  return globSync("test/proofs/*Proofs.sol", { cwd: root }).sort();
}

/** Writes what Halmos reads: the folder that Foundry would write, and a `forge` that has nothing left to do. */
export function writeFoundryProject(folder: string, { sources, contracts }: Output): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, named] of Object.entries(contracts)) {
    for (const [name, { abi, metadata, evm }] of Object.entries(named)) {
      const file = join(folder, "out", basename(path), `${name}.json`);
      mkdirSync(dirname(file), { recursive: true });
      const hex = <T extends { object: string }>(code: T) => ({ ...code, object: `0x${code.object}` });
      const artifact = {
        abi,
        bytecode: hex(evm.bytecode),
        deployedBytecode: hex(evm.deployedBytecode),
        methodIdentifiers: evm.methodIdentifiers,
        metadata: metadata === "" ? { compiler: { version: "0.8.34" } } : JSON.parse(metadata),
        id: sources[path]?.id,
        ast: sources[path]?.ast,
      };
      writeFileSync(file, JSON.stringify(artifact));
    }
  }
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "bin", "forge"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
}
