import { parseArgs } from "node:util";
import { ProtocolError } from "../core/errors.ts";
import { nearest } from "./nearest.ts";
import type { OptionTable, OptionValues } from "./optionTable.ts";

type Grammar<O extends OptionTable> = {
  /** The words that lead to the command. */
  readonly name: string;
  readonly options: O;
  readonly positionals: readonly [least: number, most: number];
  readonly usage: string;
};

/**
 * Reads the arguments of one command. Throws `usage-invalid` for an option that it does not know, with the one that was
 * probably meant, for a value that is missing or too much, for an option given twice, for too few or too many arguments.
 */
export const parseArguments = <O extends OptionTable>(
  args: readonly string[],
  { name, options, positionals: [least, most], usage }: Grammar<O>,
): { values: OptionValues<O>; positionals: string[] } => {
  const refuse = (problem: string) => new ProtocolError("usage-invalid", { problem, help: name });
  const known: OptionTable = { ...options, json: { type: "boolean" } };
  const types = Object.fromEntries(Object.entries(known).map(([option, { type }]) => [option, { type }]));
  const { tokens } = parseArgs({ args: [...args], options: types, strict: false, tokens: true });

  const values: Record<string, string | boolean | string[]> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = token.name;
    const spec = Object.hasOwn(known, option) ? known[option] : undefined;
    if (spec === undefined) {
      const meant = nearest(option, Object.keys(known));
      const suggestion = meant === undefined ? "" : ` Did you mean --${meant}?`;
      throw refuse(`${name} has no option ${token.rawName}.${suggestion}`);
    }
    if (spec.type === "boolean") {
      if (token.value !== undefined) throw refuse(`--${option} takes no value.`);
      values[option] = true;
      continue;
    }
    // A value that begins with a dash is the next option, unless it is written --option=-value.
    if (token.value === undefined || (!token.inlineValue && /^-./.test(token.value))) {
      throw refuse(`--${option} needs a value: --${option} ${spec.value ?? "VALUE"}.`);
    }
    if (spec.multiple === true) values[option] = [...((values[option] as string[] | undefined) ?? []), token.value];
    else if (Object.hasOwn(values, option)) throw refuse(`--${option} is given twice.`);
    else values[option] = token.value;
  }
  if (positionals.length < least) throw refuse(`Something is missing. Usage: ${name} ${usage}`);
  if (positionals.length > most) throw refuse(`"${positionals[most]}" is one too many. Usage: ${name} ${usage}`);
  return { values: values as OptionValues<O>, positionals };
};
