// Proves the proofs: breaks the real code in one place at a time (`broken.json`) and demands that Halmos finds a counterexample.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import breaks from "./broken.json" with { type: "json" };
import { judgeReport } from "./checks.ts";
import { runHalmos } from "./halmos.ts";
import { compileHarness, writeFoundryProject } from "./harness.ts";
import { exitCodeOf, type Outcome } from "./outcome.ts";
import { findTools, proofDir } from "./tools.ts";

const root = new URL("../..", import.meta.url).pathname;

async function main(): Promise<Outcome> {
  const { values } = parseArgs({
    options: { short: { type: "boolean" }, install: { type: "boolean" }, only: { type: "string" } },
  });
  const tools = findTools();
  if ("missing" in tools) {
    console.log(`cannot check here: ${tools.missing}`);
    return "unchecked";
  }
  const wanted = breaks.filter(({ contract }) => values.only === undefined || contract.includes(values.only));
  let unnoticed = 0;
  for (const { check, contract, file, from, to } of wanted) {
    const source = readFileSync(join(root, file), "utf8");
    const parts = source.split(from);
    if (parts.length !== 2) {
      console.log(`${file} has ${parts.length - 1} times: ${from}`);
      unnoticed += 1;
      continue;
    }
    const folder = join(proofDir, "halmos-broken");
    writeFoundryProject(folder, compileHarness([`test/proofs/${contract}.sol`], { [file]: parts.join(to) }));
    const [verdict = "proven all the same"] = judgeReport(await runHalmos(tools.bin, folder, contract, [check]), [
      check,
    ]);
    const isNoticed = verdict.endsWith("a counterexample");
    if (!isNoticed) unnoticed += 1;
    console.log(`${isNoticed ? "noticed" : "NOT NOTICED"}: ${verdict}: ${from} -> ${to}`);
  }
  console.log(`${wanted.length - unnoticed} of ${wanted.length} broken libraries noticed`);
  return wanted.length > 0 && unnoticed === 0 ? "holds" : "fails";
}

if (import.meta.main) process.exitCode = exitCodeOf[await main()];
