/** Names in braces in a text: `"seller" | "amount"` of `"{seller} gets {amount}"`. */
export type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** What a text leaves open. */
export type Values = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A text with its `{name}` filled in; a value that is not known reads `?`. */
export function fillIn(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? "?"));
}

/** Whether every `{name}` of a text has a value. */
export function isComplete(text: string, values: Values): boolean {
  return [...text.matchAll(/\{(\w+)\}/g)].every(([, name]) => values[name!] !== undefined && values[name!] !== null);
}
