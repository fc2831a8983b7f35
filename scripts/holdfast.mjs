#!/usr/bin/env node
// Runs the CLI on the Node that package.json pins, whichever Node started this file; installs first when needed.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeProblem } from "./nodeVersion.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const pinnedNode = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const cli = join(root, "src", "cli", "main.ts");
// The CLI did not run. Never 1, 2 or 3: those are verdicts of `holdfast verify`.
const notRun = 70;

const run = () => {
  const child = spawn(pinnedNode, ["--disable-warning=ExperimentalWarning", cli, ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal already sends Ctrl-C to the child as well; a second one would tell it to hurry.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    console.error(`setup-failed: ${error.message}. Run: npm run setup`);
    process.exitCode = notRun;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = signal === null ? (code ?? notRun) : 128 + (constants.signals[signal] ?? 0);
  });
};

process.on("uncaughtException", (error) => {
  console.error(error);
  process.exit(notRun);
});
const problem = nodeProblem(process.versions.node);
if (problem === null) {
  const { install } = await import("./install.mjs");
  if ((await install()) === 0) run();
  else process.exitCode = notRun;
} else {
  console.error(problem);
  process.exitCode = notRun;
}
