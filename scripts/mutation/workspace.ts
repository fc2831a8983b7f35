// A copy of the project in which a worker puts changed bytecode under the contract tests.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bytecode } from "./compiler.ts";

export type Workspace = Readonly<{
  /** Puts bytecode in the place of what was built. */
  install(contracts: Readonly<Record<string, Bytecode>>): void;
  /** Runs test files, in groups, up to the first test that fails; its title, or `undefined` when all pass. */
  firstFailure(groups: readonly (readonly string[])[]): Promise<string | undefined>;
}>;

/** Longest time for one group of tests; a change that loops for ever is killed by it. Milliseconds. */
const GROUP_TIMEOUT = 10 * 60_000;

// Bytecode of the quick compiler is larger than a chain takes.
const CONFIG = `import project from "./project.config.ts";

export default { ...project, networks: { ...project.networks, default: { type: "edr-simulated", allowUnlimitedContractSize: true } } };
`;

/** Test files of the contracts. Gas is no behaviour: a changed price is no mistake. */
export const testFiles = (root: string): readonly string[] =>
  readdirSync(join(root, "test/contracts")).filter((name) => name.endsWith(".test.ts") && name !== "gas.test.ts");

export const openWorkspace = (root: string, folder: string): Workspace => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ["package.json", "contracts", "src", "bench", "test", "artifacts"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  cpSync(join(root, "hardhat.config.ts"), join(folder, "project.config.ts"));
  writeFileSync(join(folder, "hardhat.config.ts"), CONFIG);
  const hardhat = join(root, "node_modules/hardhat/dist/src/cli.js");

  const fails = (files: readonly string[]) =>
    new Promise<string | undefined>((resolve, reject) => {
      const paths = files.map((name) => join("test/contracts", name));
      const child = spawn(process.execPath, [hardhat, "test", "mocha", "--no-compile", "--bail", ...paths], {
        cwd: folder,
        timeout: GROUP_TIMEOUT,
        killSignal: "SIGKILL",
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.on("error", reject);
      child.on("close", (code, signal) => {
        if (code === 0) return resolve(undefined);
        if (signal !== null) return resolve("a time-out");
        const failure = /^\s+1\) ([\s\S]*?):?\n\n/m.exec(output.slice(output.indexOf("failing")))?.[1];
        // A run that dies without a failing test has judged nothing.
        if (failure === undefined) return reject(new Error(`the tests did not run:\n${output.slice(-2000)}`));
        return resolve(failure.replace(/\s+/g, " ").slice(0, 160));
      });
    });

  return {
    install: (contracts) => {
      for (const [name, code] of Object.entries(contracts)) {
        const [file = "", contract = ""] = name.split(":");
        const path = join(folder, "artifacts", file, `${contract}.json`);
        writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, "utf8")) as object), ...code }));
      }
    },
    firstFailure: async (groups) => {
      for (const files of groups) {
        const failure = await fails(files);
        if (failure !== undefined) return failure;
      }
      return undefined;
    },
  };
};
