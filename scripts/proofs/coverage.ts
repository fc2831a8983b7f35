// Runs the contract tests on a copy in which both ways of every branch are statements, and lists the lines of deployed contracts of
// which a part never ran. Hardhat counts statements only; the copy makes it count branches.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseHardhatOutput } from "../testSummary.ts";
import { writeOutBranches } from "./branches.ts";
import { isDeployed, pathOfSource, readCompilations } from "./compiled.ts";
import { missedLines } from "./lcov.ts";
import { exitCodeOf, type Outcome } from "./outcome.ts";
import { proofDir } from "./tools.ts";

const root = new URL("../..", import.meta.url).pathname;
const folder = join(proofDir, "coverage");
const copied = [
  "contracts",
  "bench",
  "test",
  "src",
  "scripts",
  "ignition",
  "hardhat.config.ts",
  "package.json",
  "tsconfig.json",
];
/** The test that measures gas, which counting changes. */
const leftOut = "is what test/vectors/gas.json says";

/** Copies the checkout and writes the branches out. Resolves to the number of ways that were written out. */
function prepare(): number {
  for (const name of copied) rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true });
  rmSync(join(folder, "node_modules"), { force: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  let ways = 0;
  const done = new Set<string>();
  for (const { sources } of readCompilations(root))
    for (const [source, { ast }] of Object.entries(sources)) {
      const path = pathOfSource(source);
      if (!isDeployed(path) || done.has(path)) continue;
      done.add(path);
      const { text, branches } = writeOutBranches(readFileSync(join(root, path), "utf8"), ast);
      writeFileSync(join(folder, path), text);
      ways += branches;
    }
  return ways;
}

function check(): Outcome {
  const ways = prepare();
  console.log(`${ways} ways of branches; compiling and testing takes minutes`);
  const but = `^(?!.*${leftOut})`;
  const hardhat = ["node_modules/hardhat/dist/src/cli.js", "test", "mocha", "--coverage", "--grep", but];
  const { status, stdout, stderr } = spawnSync(process.execPath, hardhat, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 28,
  });
  const tests = parseHardhatOutput(stdout, status ?? 1);
  if (tests.failed > 0 || tests.passed === 0) {
    // Not from its start: the compiler warns of each statement that was put in.
    console.log(`${stderr.slice(-2_000)}\n${stdout.slice(-6_000)}`);
    console.log(`${tests.failed} tests failed, so nothing is measured`);
    return "fails";
  }
  const missed = [...missedLines(readFileSync(join(folder, "coverage", "lcov.info"), "utf8"))].filter(([file]) =>
    isDeployed(file),
  );
  for (const [file, lines] of missed)
    for (const line of lines) {
      const code = readFileSync(join(root, file), "utf8").split("\n")[line - 1];
      console.log(`not covered: ${file}:${line}: ${code?.trim()}`);
    }
  const count = missed.reduce((sum, [, lines]) => sum + lines.length, 0);
  console.log(`${tests.passed} tests over ${missed.length} deployed files: ${count} lines with a part that never ran`);
  return missed.length > 0 && count === 0 ? "holds" : "fails";
}

if (import.meta.main) process.exitCode = exitCodeOf[check()];
