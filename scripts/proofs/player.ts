// The player of the invariant test: Hardhat's fuzzer, a seed to a process.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compilerSettings } from "../../hardhat.config.ts";
import { importsOf } from "../mutation/subjects.ts";
import { solidityTokens } from "./solidityTokens.ts";

const root = new URL("../..", import.meta.url).pathname;
const hardhat = "node_modules/hardhat/dist/src/cli.js";

type Ended = Readonly<{ output: string; exitCode: number | null }>;

/** What compiles the contracts, what they import, and what plays. */
const tools = ["@nomicfoundation/edr", "@openzeppelin/contracts", "hardhat", "solc"];

/** Changes with anything that a call could go through: contracts, handler, compiler and player; not with a comment or a line break. */
export function digestOfSources(): string {
  const hash = createHash("sha256").update(JSON.stringify(compilerSettings));
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  for (const name of tools) hash.update(`${name}@${packages[`node_modules/${name}`].version}\0`);
  const files = new Set(importsOf(root, "test/contracts/EscrowInvariants.t.sol"));
  for (const file of [...files].sort())
    hash.update(`${file}\0`).update(solidityTokens(readFileSync(join(root, file), "utf8")));
  return hash.digest("hex").slice(0, 16);
}

/** Compiles once what all slices play. Returns what went wrong, undefined when nothing did. */
export function build(): string | undefined {
  const { status, stdout, stderr } = spawnSync(process.execPath, [hardhat, "build", "--quiet"], {
    cwd: root,
    encoding: "utf8",
  });
  return status === 0 ? undefined : `${stdout}${stderr}`;
}

/** Plays what was built, from one seed, until the end or until `signal`. */
export function play(seed: string, { runs, depth, signal }: { runs: number; depth: number; signal: AbortSignal }) {
  const args = [hardhat, "test", "solidity", "--no-compile", "test/contracts/EscrowInvariants.t.sol"];
  const env = {
    ...process.env,
    NO_COLOR: "1",
    HOLDFAST_FUZZ_SEED: seed,
    HOLDFAST_INVARIANT_RUNS: String(runs),
    HOLDFAST_INVARIANT_DEPTH: String(depth),
  };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => child.kill();
  signal.addEventListener("abort", stop);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return new Promise<Ended>((resolve) =>
    child.on("close", (exitCode) => {
      signal.removeEventListener("abort", stop);
      resolve({ output, exitCode });
    }),
  );
}
