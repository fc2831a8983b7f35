// Runs every test there is, or those whose path contains one of the arguments: `npm test -- escrow`.
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { addCounts, noTests, parseHardhatOutput, summaryLine, type TestCounts } from "./testSummary.ts";

type Print = (text: string) => unknown;
type Suite = {
  name: string;
  files: readonly string[];
  run: (files: readonly string[], print: Print) => Promise<TestCounts>;
};

const longestFileMs = 10 * 60_000;
const root = new URL("..", import.meta.url).pathname;
process.chdir(root);
// Every test file and every command that a test starts is a process of its own; what Node compiled once it need not again.
process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "node-compile");

const printNow: Print = (text) => process.stdout.write(text);

const hardhat = (args: readonly string[], print: Print) =>
  new Promise<{ output: string; exitCode: number }>((resolve) => {
    const child = spawn(process.execPath, ["node_modules/hardhat/dist/src/cli.js", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" }) },
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      print(text);
    });
    child.on("close", (code) => resolve({ output, exitCode: code ?? 1 }));
  });

const hardhatSuite = (task: string) => async (files: readonly string[], print: Print) => {
  const { output, exitCode } = await hardhat(["test", task, "--no-compile", ...files], print);
  return parseHardhatOutput(output, exitCode);
};

const nodeSuite = async (files: readonly string[], print: Print) => {
  const skipped: { title: string; reason: string }[] = [];
  const filesThatRan = new Set<string>();
  let passed = 0;
  let failed = 0;

  const afterwards: string[] = [];
  const stream = run({ files: [...files], concurrency: 2, timeout: longestFileMs, cwd: root });
  stream.on("test:pass", (event) => {
    if (event.details.type === "suite" || files.includes(event.name)) return;
    filesThatRan.add(event.file ?? "");
    if (event.skip !== undefined || event.todo !== undefined) {
      const reason = event.skip ?? event.todo;
      skipped.push({ title: event.name, reason: typeof reason === "string" ? reason : "no reason given" });
    } else passed += 1;
  });
  stream.on("test:fail", (event) => {
    // A suite fails with its tests; a file that fails by itself could not be loaded or left something running.
    if (event.details.type === "suite") return;
    filesThatRan.add(event.file ?? "");
    failed += 1;
    // Its tests may all have passed: what came after them says why.
    const { exitCode, signal } = event.details.error as { exitCode?: number; signal?: string };
    if (files.includes(event.name)) afterwards.push(`${event.name} ended with ${signal ?? exitCode ?? "an error"}`);
  });
  stream.on("test:diagnostic", ({ message, file }) => {
    if (message.includes("asynchronous activity after the test ended")) afterwards.push(`${file ?? ""}: ${message}`);
  });
  for await (const text of stream.compose(new spec())) print(String(text));
  for (const line of afterwards) print(`  ${line}\n`);

  for (const file of files) {
    if ([...filesThatRan].some((ran) => ran.endsWith(file))) continue;
    print(`  ${file} contains no test\n`);
    failed += 1;
  }
  return { passed, failed, skipped };
};

const filters = process.argv.slice(2);
const filesOf = (...patterns: string[]) =>
  globSync(patterns)
    .map((file) => relative(root, file))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort();

const nodeFiles = filesOf("test/**/*.test.ts").filter((file) => !file.startsWith("test/contracts/"));
/** Folders whose tests need nothing that Hardhat compiles: they run while it does. */
const needsNoContracts = (file: string) => /^test\/(core|db|ipfs)\//.test(file);

const solidityTests: Suite = {
  name: "Solidity tests",
  files: filesOf("test/contracts/**/*.t.sol"),
  run: hardhatSuite("solidity"),
};
const contractTests: Suite = {
  name: "Contract tests",
  files: filesOf("test/contracts/**/*.test.ts"),
  run: hardhatSuite("mocha"),
};
const earlyTests: Suite = {
  name: "Tests of core, database and IPFS",
  files: nodeFiles.filter(needsNoContracts),
  run: nodeSuite,
};
const otherTests: Suite = {
  name: "Tests of chain, relayer, API, SDK, CLI and scripts",
  files: nodeFiles.filter((file) => !needsNoContracts(file)),
  run: nodeSuite,
};

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(0)} s`;

/** Runs a suite if a file of it was asked for. `print` gets what it says. */
const runSuite = async (suite: Suite, print: Print): Promise<TestCounts> => {
  if (suite.files.length === 0) return noTests;
  const startedAt = Date.now();
  print(`\n== ${suite.name} (${suite.files.length} files)\n`);
  const counts = await suite.run(suite.files, print);
  const ran = counts.passed + counts.failed + counts.skipped.length;
  if (ran === 0) print("  no test ran\n");
  print(`   ${summaryLine(counts)}, ${seconds(startedAt)}\n`);
  return ran === 0 ? { ...counts, failed: 1 } : counts;
};

/** The suites that Hardhat runs, one after the other; what each says comes in one piece, among the lines of the others. */
const runContracts = async (): Promise<TestCounts> => {
  const counts: TestCounts[] = [];
  for (const suite of [solidityTests, contractTests]) {
    const said: string[] = [];
    counts.push(await runSuite(suite, (text) => said.push(text)));
    printNow(said.join(""));
  }
  return addCounts(counts);
};

// Hardhat compiles and tests on one core: the other one has the tests of everything else.
const main = async () => {
  if (filters.length > 0 && filesOf("test/**/*.t.sol", "test/**/*.test.ts").length === 0) {
    console.log(`No test file has "${filters.join('" or "')}" in its path.`);
    return { ...noTests, failed: 1 };
  }
  const early = runSuite(earlyTests, printNow);
  console.log("== Compiling the contracts (the first time takes longest)");
  const build = await hardhat(["build"], printNow);
  if (build.exitCode !== 0) return addCounts([await early, { ...noTests, failed: 1 }]);
  const contracts = runContracts();
  const others = [await early, await runSuite(otherTests, printNow)];
  return addCounts([await contracts, ...others]);
};

const total = await main();
if (total.skipped.length > 0) {
  console.log("\nSkipped:");
  for (const { title, reason } of total.skipped) console.log(`- ${title}: ${reason}`);
}
console.log(`\n${summaryLine(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
