// Proves what tests only try: `npm run prove` runs every proof, `--short` a form for every change. `npm run prove -- slither` runs one.
// Names and options that a proof has, like `--install`, go on to it.
import { spawn } from "node:child_process";
import { exitCodeOf, type Outcome, outcomeOf, proofSummary } from "./proofs/outcome.ts";

type Proof = Readonly<{ name: string; what: string; file: string; isShort: boolean }>;

const proofs: readonly Proof[] = [
  { name: "warnings", what: "The compiler has nothing to say", file: "warnings.ts", isShort: true },
  { name: "slither", what: "Every finding of Slither is answered", file: "slither.ts", isShort: true },
  { name: "formal", what: "Bytes, windows, shares and panels, for all inputs", file: "formal.ts", isShort: true },
  { name: "broken", what: "A broken library is noticed by its proof", file: "broken.ts", isShort: false },
  {
    name: "invariants",
    what: "Money is where the deals say, whatever is called",
    file: "invariants.ts",
    isShort: true,
  },
  { name: "coverage", what: "The tests take both ways of every branch", file: "coverage.ts", isShort: false },
];

const run = (file: string, args: readonly string[]) =>
  new Promise<Outcome>((resolve) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", file, ...args], {
      stdio: "inherit",
    });
    child.on("close", (code) => resolve(outcomeOf(code)));
  });

process.chdir(new URL("..", import.meta.url).pathname);
const options = process.argv.slice(2).filter((argument) => argument.startsWith("-"));
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const unknown = names.filter((name) => !proofs.some((proof) => proof.name === name));
if (unknown.length > 0) console.log(`no such proof: ${unknown.join(", ")}`);

const outcomes: Outcome[] = unknown.map(() => "fails");
for (const { name, what, file, isShort } of proofs) {
  if (names.length > 0 ? !names.includes(name) : options.includes("--short") && !isShort) continue;
  console.log(`\n== ${name}: ${what}`);
  const startedAt = Date.now();
  const outcome = await run(`scripts/proofs/${file}`, options);
  outcomes.push(outcome);
  console.log(`   ${outcome}, ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
}
console.log(`\n${proofSummary(outcomes)}`);
process.exitCode = exitCodeOf[outcomes.includes("fails") ? "fails" : "holds"];
