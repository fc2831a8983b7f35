import type { ProtocolError } from "../core/errors.ts";
import type { CommandText, GroupText } from "../core/text/commandText.ts";
import type { Language } from "../core/text/language.ts";
import type { Texts } from "../core/text/texts.ts";
import { commandHelp, groupHelp } from "./help.ts";
import { nearest } from "./nearest.ts";
import type { OptionTable, OptionValues } from "./optionTable.ts";
import { parseArguments } from "./parseArguments.ts";
import { usageInvalid } from "./problems.ts";

/** What a command may use of the world. */
export type CommandContext = {
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  readonly isJson: boolean;
  /** That of `--lang`. */
  readonly language: Language;
  /** Every text for people in this language. */
  readonly texts: Texts;
  /** Says something on stderr, for people who wait. */
  readonly progress: (line: string) => void;
  /** Like `progress`, for a line that the next one replaces; silent where stderr is no terminal. */
  readonly progressHere: (line: string) => void;
  /** Prints an outcome on stdout before the command ends, as servers do. */
  readonly print: (outcome: Outcome) => void;
  /** Unix seconds. */
  readonly now: () => number;
};

/** What a command has to say: `text` for people, `json` for programs. */
export type Outcome = {
  readonly text: string;
  readonly json: object;
  /** 0 unless said otherwise. */
  readonly exitCode?: number;
};

type Definition<O extends OptionTable> = {
  /** What its help says, out of the texts of a language. */
  readonly text: (texts: Texts) => CommandText<keyof O & string>;
  /** What follows the command's name. */
  readonly usage: string;
  /** Command lines that its text explains, in the same order. */
  readonly examples: readonly string[];
  readonly options: O;
  /** Least and most arguments that are no options. */
  readonly positionals: readonly [least: number, most: number];
  readonly run: (
    input: { readonly values: OptionValues<O>; readonly positionals: readonly string[] },
    context: CommandContext,
  ) => Promise<Outcome | undefined>;
};

/**
 * A command as the dispatcher sees it. `help` takes the words that lead to it, like `holdfast deal
 * sign`.
 */
export type Command = {
  readonly summary: (texts: Texts) => string;
  readonly help: (name: string, texts: Texts) => string;
  readonly run: (args: readonly string[], context: CommandContext, name: string) => Promise<Outcome | undefined>;
};

const asksForHelp = (arg: string | undefined) => arg === "--help" || arg === "-h";

const helpOutcome = (text: string): Outcome => ({ text, json: { help: text } });

/** A command from its description: options are declared once, for parsing and for the help text. */
export function defineCommand<const O extends OptionTable>(definition: Definition<O>): Command {
  return {
    summary: (texts) => definition.text(texts).summary,
    help: (name, texts) => commandHelp(name, definition, texts),
    run: async (args, context, name) => {
      const end = args.indexOf("--");
      if (args.slice(0, end < 0 ? args.length : end).some(asksForHelp)) {
        return helpOutcome(commandHelp(name, definition, context.texts));
      }
      return definition.run(parseArguments(args, { ...definition, name }), context);
    },
  };
}

type Group = {
  readonly text: (texts: Texts) => GroupText;
  readonly commands: Readonly<Record<string, Command>>;
};

/** A command that only leads to others: `holdfast keys new`. */
export function defineGroup(group: Group): Command {
  return {
    summary: (texts) => group.text(texts).summary,
    help: (name, texts) => groupHelp(name, group, texts),
    run: async (args, context, name) => {
      const [word, ...rest] = args.filter((arg, index) => index === 0 || args[0] !== "--json" || arg !== "--json");
      if (asksForHelp(word)) return helpOutcome(groupHelp(name, group, context.texts));
      const command = word === undefined ? undefined : group.commands[word];
      if (word === undefined || command === undefined) throw unknownCommand(name, word, Object.keys(group.commands));
      return command.run(rest, context, `${name} ${word}`);
    },
  };
}

/** The refusal of a command that does not exist, with the one that was probably meant. */
export function unknownCommand(name: string, word: string | undefined, known: readonly string[]): ProtocolError {
  if (word === undefined) {
    return usageInvalid(name, "command-missing", { name, known: known.join(", ") });
  }
  const meant = nearest(word, known);
  return meant === undefined
    ? usageInvalid(name, "command-unknown", { name, word, known: known.join(", ") })
    : usageInvalid(name, "command-mistyped", { name, word, meant });
}
