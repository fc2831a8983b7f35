// Puts small mistakes into the contracts, one at a time, and asks whether the tests notice. Can be stopped and goes on later.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadCompiler } from "./mutation/compiler.ts";
import { mutantsOf, nameOf } from "./mutation/operators.ts";
import { type Digests, digestOf, isCounted, openRecords } from "./mutation/records.ts";
import { type Answers, pageOf, percent, summaryOf, type Tried, tables, unanswered } from "./mutation/report.ts";
import { inTurn } from "./mutation/sample.ts";
import { affectedBy, DEPLOYED, importsOf, isSubject } from "./mutation/subjects.ts";
import { startWorkers, tryInOrder } from "./mutation/workers.ts";

const USAGE = `npm run mutate -- [--count 250] [--seed 7] [--require 0.95] [--only <Contract or Contract.function>]
                  [--workers 2] [--list] [--write]
  --count     how many mutants that compile to other bytecode
  --seed      draws the sample; the same seed draws the same one
  --require   share that must be killed; every survivor must be answered in scripts/mutation/answers.json too
  --only      only mutants of this contract or function
  --list      shows the sample and tries nothing
  --write     writes docs/mutation.md`;

const root = join(import.meta.dirname, "..");

const optionsOf = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: "string", default: "250" },
      seed: { type: "string", default: "7" },
      require: { type: "string", default: "0.95" },
      only: { type: "string" },
      workers: { type: "string", default: "2" },
      list: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const number = (name: "count" | "seed" | "require" | "workers", min: number, max: number) => {
    const value = Number(values[name]);
    const isInRange = value >= min && value <= max && (name === "require" || Number.isInteger(value));
    if (!isInRange) throw new Error(`--${name} must be a number from ${min} to ${max}`);
    return value;
  };
  return {
    count: number("count", 1, 1e6),
    seed: number("seed", 0, 2 ** 32 - 1),
    require: number("require", 0, 1),
    workers: number("workers", 1, 64),
    only: values.only,
    isList: values.list,
    isWrite: values.write,
  };
};

const allMutants = () =>
  Object.entries(loadCompiler(root).syntaxOf(DEPLOYED))
    .filter(isSubject)
    .flatMap(([file, tree]) => mutantsOf(file, readFileSync(join(root, file), "utf8"), tree));

const sourcesIn = (folder: string, end: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));

const digests = (): Digests => ({
  contractsOf: (file) =>
    digestOf(
      root,
      affectedBy(root, file).flatMap((compiled) => importsOf(root, compiled)),
    ),
  contracts: digestOf(root, sourcesIn("contracts", ".sol")),
  tests: digestOf(
    root,
    ["test/contracts", "test/fixtures", "src/core"].flatMap((folder) => sourcesIn(folder, ".ts")),
  ),
});

const run = async (options: ReturnType<typeof optionsOf>): Promise<number> => {
  const all = allMutants();
  const { only } = options;
  const wanted = only === undefined ? all : all.filter(({ scope }) => scope === only || scope.split(".")[0] === only);
  if (wanted.length === 0) throw new Error(`--only ${only}: no such contract or function`);
  const ordered = inTurn(wanted, options.seed);
  if (options.isList) {
    for (const mutant of ordered.slice(0, options.count))
      console.log(`${mutant.file}:${mutant.line}  ${nameOf(mutant)}`);
    return 0;
  }

  const records = openRecords(join(root, ".proof/mutation/records.jsonl"), digests());
  const workers = startWorkers(root, options.workers);
  try {
    if (!records.isSound()) {
      console.log("The tests without a change ...");
      const { outcome, by, seconds } = await workers.try(0, "unchanged");
      if (outcome === "killed") throw new Error(`a test fails without any change: ${by}`);
      console.log(`... pass (${seconds} s)`);
      records.addSound(seconds);
    }

    const tried: Tried[] = [];
    await tryInOrder(workers, ordered, options.count, records.of, (mutant, outcome, isNew) => {
      tried.push({ mutant, outcome });
      if (isNew) {
        records.add(mutant, outcome);
        const done = tried.filter((each) => isCounted(each.outcome)).length;
        console.log(
          `[${done}/${options.count}] ${outcome.outcome} in ${outcome.seconds} s  ${mutant.file}:${mutant.line}  ${nameOf(mutant)}`,
        );
      }
      return isCounted(outcome);
    });

    const answers = JSON.parse(readFileSync(join(import.meta.dirname, "mutation/answers.json"), "utf8")) as Answers;
    const { counted, killed, rate, survivors } = summaryOf(tried);
    const open = unanswered(survivors, answers);
    console.log(`\n${tables(tried)}\n`);
    for (const mutant of survivors) {
      console.log(
        `survived  ${mutant.file}:${mutant.line}  ${nameOf(mutant)}\n          ${answers[nameOf(mutant)] ?? "NO ANSWER"}`,
      );
    }
    if (options.isWrite)
      writeFileSync(join(root, "docs/mutation.md"), pageOf(tried, all.length, options.seed, answers));
    console.log(`${killed} of ${counted} mutants killed, ${percent(rate)}; ${open.length} survivors without an answer`);
    return rate >= options.require && open.length === 0 ? 0 : 1;
  } finally {
    workers.stop();
  }
};

try {
  process.exitCode = await run(optionsOf(process.argv.slice(2)));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
