// Slither over what the pinned compiler said about the deployed contracts. A finding that slither-answers.json does not answer
// fails, and so does an answer without its finding.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Compilation, isDeployed, pathOfSource, readCompilations, withImports } from "./compiled.ts";
import { type Finding, judgeFindings } from "./findings.ts";
import { exitCodeOf, type Outcome } from "./outcome.ts";
import answers from "./slither-answers.json" with { type: "json" };
import { findTools, proofDir } from "./tools.ts";

const root = new URL("../..", import.meta.url).pathname;

/** The compiler's answer about the deployed contracts, with file names that exist: what Slither expects of Hardhat 2. */
export function projectFor({ made, sources, contracts, solcVersion, settings }: Compilation): string {
  const kept = withImports(
    sources,
    [...made].filter((source) => isDeployed(pathOfSource(source))),
  );
  const only = <T>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).filter(([k]) => kept.has(k)));
  const output = { sources: only(sources), contracts: only(contracts) };
  // Names stand in the syntax trees too.
  const renamed = JSON.stringify({ solcVersion, input: { language: "Solidity", settings, sources: {} }, output });
  return renamed.replaceAll(/"(?:project|npm)\/[^"]+"/g, (quoted) => JSON.stringify(pathOfSource(quoted.slice(1, -1))));
}

function analyse(bin: string): { findings: Finding[]; said: string } | { problem: string } {
  const folder = join(proofDir, "slither");
  const builds = join(folder, "artifacts", "build-info");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(builds, { recursive: true });
  for (const name of ["contracts", "node_modules"]) symlinkSync(join(root, name), join(folder, name));
  writeFileSync(join(folder, "hardhat.config.js"), "");
  const whole = readCompilations(root).filter(({ made }) => [...made].some((s) => isDeployed(pathOfSource(s))));
  for (const compilation of whole) writeFileSync(join(builds, `${compilation.id}.json`), projectFor(compilation));
  if (whole.length === 0) return { problem: "nothing is compiled" };

  const report = join(folder, "report.json");
  const args = [".", "--ignore-compile", "--npx-disable", "--filter-paths", "node_modules", "--json", report];
  const { stderr, error } = spawnSync(join(bin, "slither"), args, {
    cwd: folder,
    // Nothing else on the path: Slither asks a Hardhat that it finds there where things are, and would look in this checkout.
    env: { ...process.env, PATH: bin },
    encoding: "utf8",
    timeout: 5 * 60_000,
  });
  // Slither's exit code counts findings; only its report says whether it worked.
  const said = stderr.trim().split("\n").at(-1) ?? "";
  if (error !== undefined) return { problem: error.message };
  try {
    const { success, results } = JSON.parse(readFileSync(report, "utf8"));
    return success === true ? { findings: results.detectors ?? [], said } : { problem: said };
  } catch {
    return { problem: said };
  }
}

function check(): Outcome {
  const tools = findTools();
  if ("missing" in tools) {
    console.log(`cannot check here: ${tools.missing}`);
    return "unchecked";
  }
  const analysis = analyse(tools.bin);
  if ("problem" in analysis) {
    console.log(`Slither did not finish: ${analysis.problem}`);
    return "fails";
  }
  const { unanswered, wrong, unexplained } = judgeFindings(analysis.findings, answers);
  for (const finding of unanswered) console.log(`not answered: ${finding}`);
  for (const answer of wrong) console.log(`answer does not fit: ${answer}`);
  for (const answer of unexplained) console.log(`answer without a reason: ${answer}`);
  console.log(analysis.said);
  console.log(`${analysis.findings.length} findings, ${unanswered.length} without an answer`);
  return unanswered.length + wrong.length + unexplained.length === 0 ? "holds" : "fails";
}

if (import.meta.main) process.exitCode = exitCodeOf[check()];
