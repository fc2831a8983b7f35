// Plays the invariant test in slices, each from another seed, until the wanted number of calls. Slices are kept, so that it can be
// stopped at any time and goes on where it was: `node scripts/proofs/invariants.ts [--short] [--calls N] [--seed 0x5]`.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { exitCodeOf, type Outcome } from "./outcome.ts";
import { nextSeed, parseSlices, playedOf, runsIn, type Slice } from "./slices.ts";
import { proofDir } from "./tools.ts";

const DEPTH = 64;
const CALLS = 10_000_000;
const SHORT_CALLS = 40_000;
/** A minute or two of play, which is what a stop can lose. */
const SLICE_RUNS = 1_000;
const SHORT_RUNS = 313;

const root = new URL("../..", import.meta.url).pathname;
const record = join(proofDir, "invariants.jsonl");

/** Changes with anything that a call could go through: contracts, handler, the pinned compiler and player. */
function digestOfSources(): string {
  const hash = createHash("sha256");
  const files = globSync(["contracts/**/*.sol", "test/contracts/*.sol", "hardhat.config.ts", "package-lock.json"], {
    cwd: root,
  });
  for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

function play(seed: string, runs: number): Promise<{ output: string; exitCode: number | null }> {
  const args = ["node_modules/hardhat/dist/src/cli.js", "test", "solidity", "test/contracts/EscrowInvariants.t.sol"];
  const env = {
    ...process.env,
    NO_COLOR: "1",
    HOLDFAST_FUZZ_SEED: seed,
    HOLDFAST_INVARIANT_RUNS: String(runs),
    HOLDFAST_INVARIANT_DEPTH: String(DEPTH),
  };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return new Promise((resolve) => child.on("close", (exitCode) => resolve({ output, exitCode })));
}

async function main(): Promise<Outcome> {
  const { values } = parseArgs({
    options: {
      short: { type: "boolean", default: false },
      install: { type: "boolean" },
      calls: { type: "string" },
      seed: { type: "string" },
    },
  });
  const wanted = Number(values.calls ?? (values.short ? SHORT_CALLS : CALLS));
  const sliceRuns = values.short ? SHORT_RUNS : SLICE_RUNS;
  const sources = digestOfSources();
  mkdirSync(proofDir, { recursive: true });
  const kept = existsSync(record) ? parseSlices(readFileSync(record, "utf8")) : [];
  let played = playedOf(kept, sources);
  if (played.calls > 0) console.log(`${played.calls} calls were played before, from ${played.seeds.length} seeds`);

  // A seed that was asked for is played even when enough were, which is how a failure is looked at again.
  for (let seed = values.seed ?? nextSeed(played.seeds); values.seed !== undefined || played.calls < wanted; ) {
    const startedAt = Date.now();
    const { output, exitCode } = await play(seed, sliceRuns);
    const runs = runsIn(output);
    if (exitCode !== 0 || runs !== sliceRuns) {
      console.log(output);
      console.log(`an invariant fails with the seed ${seed}: node scripts/proofs/invariants.ts --seed ${seed}`);
      return "fails";
    }
    const seconds = (Date.now() - startedAt) / 1000;
    const slice: Slice = { sources, seed, runs, depth: DEPTH, seconds };
    appendFileSync(record, `${JSON.stringify(slice)}\n`);
    played = playedOf([...kept, slice], sources);
    kept.push(slice);
    const rate = played.calls / played.seconds;
    const left = Math.max(0, wanted - played.calls) / rate / 60;
    console.log(
      `${seed}: ${played.calls} of ${wanted} calls, ${rate.toFixed(0)} a second, ${left.toFixed(0)} minutes left`,
    );
    if (values.seed !== undefined) break;
    seed = nextSeed(played.seeds);
  }
  console.log(
    `${played.calls} calls from ${played.seeds.length} seeds in ${played.seconds.toFixed(0)} s: every invariant held`,
  );
  return "holds";
}

if (import.meta.main) process.exitCode = exitCodeOf[await main()];
