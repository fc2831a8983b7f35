/**
 * What the help of a command says: when somebody needs it, its examples in order, its options by
 * name.
 */
export type CommandText<Option extends string = string> = Readonly<{
  summary: string;
  about: readonly string[];
  examples: readonly string[];
  options: Readonly<Record<Option, string>>;
  /** Exit codes that mean something special here. */
  codes?: Readonly<Record<number, string>>;
}>;

/** What the help of a group of commands says. */
export type GroupText = Readonly<{ summary: string; about: readonly string[] }>;
