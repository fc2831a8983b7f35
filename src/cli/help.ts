import type { CommandText, GroupText } from "../core/text/commandText.ts";
import { languages } from "../core/text/language.ts";
import type { Texts } from "../core/text/texts.ts";
import type { Example, OptionTable } from "./optionTable.ts";
import { columns } from "./terminal/columns.ts";

type Described = {
  readonly text: (texts: Texts) => CommandText;
  readonly usage: string;
  readonly examples: readonly string[];
  readonly options: OptionTable;
};

/** Help text of one command. `name` are the words that lead to it. */
export function commandHelp(name: string, command: Described, texts: Texts): string {
  const { summary, about, examples, options, codes: ownCodes } = command.text(texts);
  const { help } = texts;
  const optionRows = Object.entries(command.options).map(
    ([option, { value }]): Example => [value === undefined ? `--${option}` : `--${option} ${value}`, options[option]!],
  );
  // Integer keys come in the order of their numbers.
  const codes = Object.entries({ ...help.codes, ...ownCodes });
  return [
    `${name} - ${summary}`,
    about.join("\n"),
    `${help.usage}\n  ${name} ${command.usage}`.trimEnd(),
    `${help.examples}\n${command.examples.map((line, index) => `  # ${examples[index]}\n  ${line}`).join("\n\n")}`,
    `${help.options}\n${columns([...optionRows, ...generalOptions(help)])}`,
    `${help.codesTitle}\n${columns(codes)}`,
  ].join("\n\n");
}

const generalOptions = ({ json, lang, help }: Texts["help"]): Example[] => [
  ["--json", json],
  [`--lang ${languages.join("|")}`, lang],
  ["--help", help],
];

type DescribedGroup = {
  readonly text: (texts: Texts) => GroupText;
  readonly commands: Readonly<Record<string, Titled>>;
};

/** Help text of a command that leads to others. */
export function groupHelp(name: string, group: DescribedGroup, texts: Texts): string {
  const { summary, about } = group.text(texts);
  return [
    `${name} - ${summary}`,
    about.join("\n"),
    `${texts.help.commands}\n${columns(titles(group.commands, texts, `${name} `))}`,
    texts.help.eachByExample(name),
  ].join("\n\n");
}

type Titled = { readonly summary: (texts: Texts) => string };

/** Names with their summaries, for a list of commands. */
export function titles(commands: Readonly<Record<string, Titled>>, texts: Texts, prefix = ""): Example[] {
  return Object.entries(commands).map(([word, { summary }]) => [`${prefix}${word}`, summary(texts)]);
}
