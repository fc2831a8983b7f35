// The figures of a run, and docs/mutation.md.
import type { Mutant } from "./operators.ts";
import { nameOf } from "./operators.ts";
import { isCounted, type Outcome } from "./records.ts";

export type Tried = Readonly<{ mutant: Mutant; outcome: Outcome }>;
/** Why a survivor is no hole in the tests, by `nameOf` its mutant. */
export type Answers = Readonly<Record<string, string>>;

export type Summary = Readonly<{ counted: number; killed: number; rate: number; survivors: readonly Mutant[] }>;

export const summaryOf = (tried: readonly Tried[]): Summary => {
  const counted = tried.filter(({ outcome }) => isCounted(outcome));
  const survivors = counted.filter(({ outcome }) => outcome.outcome === "survived").map(({ mutant }) => mutant);
  const killed = counted.length - survivors.length;
  return { counted: counted.length, killed, rate: counted.length === 0 ? 0 : killed / counted.length, survivors };
};

export const unanswered = (survivors: readonly Mutant[], answers: Answers): readonly Mutant[] =>
  survivors.filter((mutant) => answers[nameOf(mutant)] === undefined);

export const percent = (rate: number): string => `${(rate * 100).toFixed(1)} %`;

const tableOf = (title: string, tried: readonly Tried[], groupOf: (mutant: Mutant) => string): readonly string[] => {
  const groups = [...Map.groupBy(tried, ({ mutant }) => groupOf(mutant))].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = groups.map(([name, members]) => {
    const { counted, killed, survivors } = summaryOf(members);
    const same = members.filter(({ outcome }) => outcome.outcome === "same code").length;
    return `| ${name} | ${counted} | ${killed} | ${survivors.length} | ${same} |`;
  });
  const { counted, killed, survivors } = summaryOf(tried);
  const same = tried.filter(({ outcome }) => outcome.outcome === "same code").length;
  return [
    `| ${title} | tried | killed | survived | same bytecode |`,
    "|---|---:|---:|---:|---:|",
    ...rows,
    `| **all** | ${counted} | ${killed} | ${survivors.length} | ${same} |`,
  ];
};

export const tables = (tried: readonly Tried[]): string =>
  [
    ...tableOf("contract", tried, ({ scope }) => scope.split(".")[0] ?? scope),
    "",
    ...tableOf("mistake", tried, ({ operator }) => operator),
  ].join("\n");

const code = (text: string) => `\`${text.replace(/\s+/g, " ").replaceAll("|", "\\|")}\``;

/** The page for docs/, complete. */
export const pageOf = (tried: readonly Tried[], all: number, seed: number, answers: Answers): string => {
  const { counted, killed, rate, survivors } = summaryOf(tried);
  const functions = new Set(tried.filter(({ outcome }) => isCounted(outcome)).map(({ mutant }) => mutant.scope)).size;
  const rows = survivors.map((mutant) => {
    const change = `${code(mutant.original)} became ${code(mutant.replacement === "" ? "nothing" : mutant.replacement)}`;
    return `| ${mutant.scope}, line ${mutant.line} | ${change} | ${answers[nameOf(mutant)] ?? "no answer yet"} |`;
  });
  return `# Mutation of the contracts

Written by \`npm run mutate -- --count ${counted} --seed ${seed} --write\`; not edited by hand.

A mutant is the contract with one small mistake in it: a comparison off by one, a check or a statement left out, two arguments
swapped. The tests of \`test/contracts\` (all but the gas snapshot) must fail on each. A mutant that survives shows a rule that no
test holds, or a change that nobody can notice.

The tool makes ${all} mutants of the deployed contracts and their libraries. Seed ${seed} draws them in turn, one of each function,
then a second one of each: ${counted} mutants in ${functions} functions and constants. **${killed} were killed: ${percent(rate)}.** What compiles to the
same bytecode is no mistake and is not counted.

${tables(tried)}

## Survivors

${rows.length === 0 ? "None." : ["| where | change | why no test notices |", "|---|---|---|", ...rows].join("\n")}
`;
};
