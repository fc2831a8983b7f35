import type { Example, OptionTable } from "./optionTable.ts";

type Described = {
  readonly summary: string;
  readonly usage: string;
  readonly about: string;
  readonly examples: readonly Example[];
  readonly options: OptionTable;
  readonly exitCodes?: readonly Example[];
};

const generalOptions = [
  ["--json", "print one line of JSON on stdout, for success and for errors"],
  ["--help", "print this"],
] as const satisfies readonly Example[];

/** Codes that every command shares; `exitCodes.ts` has the rule for each error. */
const generalExitCodes = [
  ["0", "done"],
  ["64", "the command was typed wrong"],
  ["65", "the input is wrong"],
  ["66", "an input file is missing or cannot be read"],
  ["69", "a relayer, chain or database cannot be reached"],
  ["70", "a defect of this program"],
  ["73", "an output cannot be written, or is there already"],
  ["75", "not now: locked, busy or not yet known; try again"],
  ["77", "not permitted: wrong key, signature or password"],
  ["130", "stopped by Ctrl-C"],
] as const satisfies readonly Example[];

/** Help text of one command. `name` are the words that lead to it. */
export const commandHelp = (name: string, command: Described): string => {
  const options = Object.entries(command.options).map(
    ([option, { value, about }]): Example => [value === undefined ? `--${option}` : `--${option} ${value}`, about],
  );
  const special = command.exitCodes ?? [];
  const exitCodes = [
    ...special,
    ...generalExitCodes.filter(([code]) => !special.some(([taken]) => taken === code)),
  ].sort(([one], [other]) => Number(one) - Number(other));
  return [
    `${name} - ${command.summary}`,
    command.about,
    `Usage\n  ${name} ${command.usage}`.trimEnd(),
    `Examples\n${command.examples.map(([line, what]) => `  # ${what}\n  ${line}`).join("\n\n")}`,
    `Options\n${columns([...options, ...generalOptions])}`,
    `Exit codes\n${columns(exitCodes)}`,
  ].join("\n\n");
};

/** Help text of a command that leads to others. */
export const groupHelp = (
  name: string,
  group: { readonly summary: string; readonly about: string; readonly commands: Readonly<Record<string, Titled>> },
): string =>
  [
    `${name} - ${group.summary}`,
    group.about,
    `Commands\n${columns(titles(group.commands, `${name} `))}`,
    `${name} COMMAND --help explains each by example.`,
  ].join("\n\n");

type Titled = { readonly summary: string };

/** Names with their summaries, for a list of commands. */
export const titles = (commands: Readonly<Record<string, Titled>>, prefix = ""): Example[] =>
  Object.entries(commands).map(([word, { summary }]) => [`${prefix}${word}`, summary]);

const INDENT = 2;
const GAP = 3;
const LINE = 110;

/** Two columns, the second wrapped. */
export const columns = (rows: readonly Example[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length)) + GAP;
  const margin = " ".repeat(INDENT + width);
  return rows
    .map(([left, right]) => {
      const lines = wrap(right, LINE - INDENT - width);
      return `${" ".repeat(INDENT)}${left.padEnd(width)}${lines.join(`\n${margin}`)}`;
    })
    .join("\n");
};

const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
};
