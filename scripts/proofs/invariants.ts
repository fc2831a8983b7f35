// Plays the invariant test in slices, each from another seed, until the wanted number of calls. Slices are kept and committed, in
// `docs/invariants.jsonl`, so that it can be stopped at any time and goes on where it was, on any machine. The short form plays anew:
// `node scripts/proofs/invariants.ts [--short] [--calls N] [--seed 0x5] [--workers 2]`.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { exitCodeOf, type Outcome } from "./outcome.ts";
import { build, digestOfSources, play } from "./player.ts";
import { parseSlices, playedOf, runsIn, type Slice, seedToPlay } from "./slices.ts";
import { proofDir } from "./tools.ts";

const DEPTH = 64;
const CALLS = 10_000_000;
const SHORT_CALLS = 40_000;
/** A minute or two of play, which is what a stop can lose. */
const SLICE_RUNS = 2_500;
const SHORT_RUNS = 313;

function optionsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: "boolean", default: false },
      install: { type: "boolean" },
      calls: { type: "string" },
      seed: { type: "string" },
      workers: { type: "string", default: "1" },
    },
  });
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1 || workers > 64) throw new Error("--workers must be from 1 to 64");
  return {
    record: values.short
      ? join(proofDir, `invariants-${process.pid}.jsonl`)
      : new URL("../../docs/invariants.jsonl", import.meta.url).pathname,
    asked: values.seed,
    workers: values.seed === undefined ? workers : 1,
    wanted: Number(values.calls ?? (values.short ? SHORT_CALLS : CALLS)),
    runs: values.short ? SHORT_RUNS : SLICE_RUNS,
  };
}

async function main(): Promise<Outcome> {
  const { record, asked, workers, wanted, runs } = optionsOf(process.argv.slice(2));
  const sources = digestOfSources();
  mkdirSync(proofDir, { recursive: true });
  const slices = existsSync(record) ? parseSlices(readFileSync(record, "utf8")) : [];
  const before = playedOf(slices, sources);
  if (before.calls > 0) console.log(`${before.calls} calls were played before, from ${before.seeds.length} seeds`);

  // A seed that was asked for is played even when enough were, which is how a failure is looked at again.
  const askedSeeds = asked === undefined ? undefined : [asked];
  const inWork = new Set<string>();
  const next = () =>
    askedSeeds === undefined
      ? seedToPlay(playedOf(slices, sources), { inWork, calls: runs * DEPTH, wanted })
      : askedSeeds.pop();

  let outcome: Outcome = "holds";
  const stop = new AbortController();
  const end = (how: Outcome, why: string) => {
    console.log(why);
    outcome = how;
    stop.abort();
  };
  const work = async () => {
    for (let seed = next(); seed !== undefined && !stop.signal.aborted; seed = next()) {
      inWork.add(seed);
      const startedAt = Date.now();
      const { output, exitCode } = await play(seed, { runs, depth: DEPTH, signal: stop.signal });
      const seconds = (Date.now() - startedAt) / 1000;
      inWork.delete(seed);
      if (stop.signal.aborted) return;
      if (exitCode !== 0 || runsIn(output) !== runs) {
        console.log(output);
        end("fails", `an invariant fails with the seed ${seed}: node scripts/proofs/invariants.ts --seed ${seed}`);
        return;
      }
      if (digestOfSources() !== sources) {
        end("unchecked", "cannot check here: the sources changed while they were played");
        return;
      }
      const slice: Slice = { sources, seed, runs, depth: DEPTH, seconds };
      appendFileSync(record, `${JSON.stringify(slice)}\n`);
      slices.push(slice);
      const played = playedOf(slices, sources);
      const rate = (workers * played.calls) / played.seconds;
      const left = Math.max(0, wanted - played.calls) / rate / 60;
      console.log(
        `${seed}: ${played.calls} of ${wanted} calls, ${rate.toFixed(0)} a second, ${left.toFixed(0)} minutes left`,
      );
    }
  };

  if (asked !== undefined || before.calls < wanted) {
    const problem = build();
    if (problem !== undefined) {
      console.log(problem);
      return "fails";
    }
    await Promise.all(Array.from({ length: workers }, work));
  }
  if (outcome === "holds") {
    const { calls, seeds, seconds } = playedOf(slices, sources);
    console.log(
      `${calls} calls from ${seeds.length} seeds in ${seconds.toFixed(0)} process-seconds: every invariant held`,
    );
  }
  return outcome;
}

if (import.meta.main) process.exitCode = exitCodeOf[await main()];
