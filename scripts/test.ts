// Runs every test there is, or those whose path contains one of the arguments: `npm test -- escrow`.
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { addCounts, noTests, parseHardhatOutput, summaryLine, type TestCounts } from "./testSummary.ts";

type Suite = { name: string; files: readonly string[]; run: (files: readonly string[]) => Promise<TestCounts> };

const longestFileMs = 10 * 60_000;
const root = new URL("..", import.meta.url).pathname;
process.chdir(root);

const hardhat = (...args: string[]) =>
  new Promise<{ output: string; exitCode: number }>((resolve) => {
    const child = spawn(process.execPath, ["node_modules/hardhat/dist/src/cli.js", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" }) },
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.on("close", (code) => resolve({ output, exitCode: code ?? 1 }));
  });

const hardhatSuite = (task: string) => async (files: readonly string[]) => {
  const { output, exitCode } = await hardhat("test", task, "--no-compile", ...files);
  return parseHardhatOutput(output, exitCode);
};

const nodeSuite = async (files: readonly string[]) => {
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
  for await (const text of stream.compose(new spec())) process.stdout.write(String(text));
  for (const line of afterwards) console.log(`  ${line}`);

  for (const file of files) {
    if ([...filesThatRan].some((ran) => ran.endsWith(file))) continue;
    console.log(`  ${file} contains no test`);
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

const suites: readonly Suite[] = [
  { name: "Solidity tests", files: filesOf("test/contracts/**/*.t.sol"), run: hardhatSuite("solidity") },
  { name: "Contract tests", files: filesOf("test/contracts/**/*.test.ts"), run: hardhatSuite("mocha") },
  {
    name: "Tests of core, relayer, storage, API, CLI and scripts",
    files: filesOf("test/**/*.test.ts").filter((file) => !file.startsWith("test/contracts/")),
    run: nodeSuite,
  },
];

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(0)} s`;

const runSuite = async (suite: Suite) => {
  const startedAt = Date.now();
  console.log(`\n== ${suite.name} (${suite.files.length} files)`);
  const counts = await suite.run(suite.files);
  const ran = counts.passed + counts.failed + counts.skipped.length;
  if (ran === 0) console.log("  no test ran");
  console.log(`   ${summaryLine(counts)}, ${seconds(startedAt)}`);
  return ran === 0 ? { ...counts, failed: 1 } : counts;
};

const main = async () => {
  console.log("== Compiling the contracts (the first time takes longest)");
  const build = await hardhat("build");
  if (build.exitCode !== 0) return { ...noTests, failed: 1 };

  const chosen = suites.filter((suite) => suite.files.length > 0 || filters.length === 0);
  if (chosen.length === 0) console.log(`No test file has "${filters.join('" or "')}" in its path.`);
  const counts: TestCounts[] = [];
  for (const suite of chosen) counts.push(await runSuite(suite));

  return counts.length === 0 ? { ...noTests, failed: 1 } : addCounts(counts);
};

const total = await main();
if (total.skipped.length > 0) {
  console.log("\nSkipped:");
  for (const { title, reason } of total.skipped) console.log(`- ${title}: ${reason}`);
}
console.log(`\n${summaryLine(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
