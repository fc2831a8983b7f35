import { parseArgs } from "node:util";
import { nearest } from "./nearest.ts";
import type { OptionTable, OptionValues } from "./optionTable.ts";
import { usageInvalid } from "./problems.ts";

type Grammar<O extends OptionTable> = {
  /** The words that lead to the command. */
  readonly name: string;
  readonly options: O;
  readonly positionals: readonly [least: number, most: number];
  readonly usage: string;
};

/**
 * Reads the arguments of one command. Throws `usage-invalid` for an option that it does not know,
 * with the one that was probably meant, for a value that is missing or too much, for an option
 * given twice, for too few or too many arguments.
 */
export function parseArguments<O extends OptionTable>(
  args: readonly string[],
  { name, options, positionals: [least, most], usage }: Grammar<O>,
): { values: OptionValues<O>; positionals: string[] } {
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
      const unknown = { name, option: token.rawName };
      throw meant === undefined
        ? usageInvalid(name, "option-unknown", unknown)
        : usageInvalid(name, "option-mistyped", { ...unknown, meant });
    }
    if (spec.type === "boolean") {
      if (token.value !== undefined) throw usageInvalid(name, "value-not-taken", { option: `--${option}` });
      values[option] = true;
      continue;
    }
    // A value that begins with a dash is the next option, unless it is written --option=-value.
    if (token.value === undefined || (!token.inlineValue && /^-./.test(token.value))) {
      throw usageInvalid(name, "value-missing", { option: `--${option}`, value: spec.value ?? "VALUE" });
    }
    if (spec.multiple === true) values[option] = [...((values[option] as string[] | undefined) ?? []), token.value];
    else if (Object.hasOwn(values, option)) {
      throw usageInvalid(name, "option-repeated", { option: `--${option}` });
    } else values[option] = token.value;
  }
  if (positionals.length < least) throw usageInvalid(name, "argument-missing", { usage: `${name} ${usage}` });
  if (positionals.length > most) {
    throw usageInvalid(name, "argument-surplus", { argument: positionals[most]!, usage: `${name} ${usage}` });
  }
  return { values: values as OptionValues<O>, positionals };
}
