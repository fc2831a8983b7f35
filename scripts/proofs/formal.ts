// Proves the contracts of `test/proofs/` with Halmos: each `check_` function for every value of its arguments, on the code that the
// pinned compiler makes of the real libraries and contracts. `node scripts/proofs/formal.ts [--short] [--only WindowsProofs]`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checksIn, judgeReport } from "./checks.ts";
import { runHalmos } from "./halmos.ts";
import { compileHarness, harnessFiles, writeFoundryProject } from "./harness.ts";
import { exitCodeOf, type Outcome } from "./outcome.ts";
import { findTools, proofDir } from "./tools.ts";

const root = new URL("../..", import.meta.url).pathname;

async function main(): Promise<Outcome> {
  const { values } = parseArgs({
    options: { short: { type: "boolean", default: false }, install: { type: "boolean" }, only: { type: "string" } },
  });
  const tools = findTools();
  if ("missing" in tools) {
    console.log(`cannot check here: ${tools.missing}`);
    return "unchecked";
  }
  const files = harnessFiles().filter((file) => values.only === undefined || file.includes(values.only));
  const wanted = files.flatMap((file) => checksIn(readFileSync(join(root, file), "utf8")));
  const checks = wanted.filter(({ isLong }) => !values.short || !isLong);
  if (checks.length < wanted.length)
    console.log(`${wanted.length - checks.length} long checks are left to the full form`);
  const folder = join(proofDir, "halmos");
  console.log(`compiling ${files.length} proof contracts`);
  writeFoundryProject(folder, compileHarness(files));

  const failures: string[] = [];
  for (const contract of new Set(checks.map(({ contract }) => contract))) {
    const names = checks.filter((check) => check.contract === contract).map(({ name }) => name);
    failures.push(...judgeReport(await runHalmos(tools.bin, folder, contract, names), names));
  }
  for (const failure of failures) console.log(`not proven: ${failure}`);
  console.log(`${checks.length - failures.length} of ${checks.length} properties proven for all inputs`);
  return checks.length > 0 && failures.length === 0 ? "holds" : "fails";
}

if (import.meta.main) process.exitCode = exitCodeOf[await main()];
