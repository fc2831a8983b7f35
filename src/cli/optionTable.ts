/** One option: whether it takes a value. What its help says stands in `core/text`. */
type OptionSpec = {
  readonly type: "string" | "boolean";
  /** Name of the value in the help text, like `FILE`. */
  readonly value?: string;
  readonly multiple?: boolean;
};

/** The options of a command, by name without dashes. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** What was given for them. */
export type OptionValues<O extends OptionTable> = {
  readonly [K in keyof O]?: O[K]["type"] extends "boolean"
    ? boolean
    : O[K] extends { readonly multiple: true }
      ? readonly string[]
      : string;
};

/** A line of help: what is typed, and what it is or does. */
export type Example = readonly [line: string, what: string];
