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

/** A sentence with its end, and the white space behind it. */
const sentence = /[^。]+?(?:\.(?= )|\.$|。|$)\s*/g;

/**
 * A text with its `{name}` filled in, without the clauses whose values are not known. A clause ends
 * at `;`, `:` or the end of its sentence.
 *
 * @example fillInKnown("Not sent. Repeat it; the step was {step}.", {}) // "Not sent. Repeat it."
 */
export function fillInKnown(text: string, values: Values): string {
  const known = text.match(sentence)?.map((one) => (isComplete(one, values) ? one : withoutUnknown(one, values))) ?? [];
  return fillIn(known.join("").trimEnd(), values);
}

const withoutUnknown = (text: string, values: Values): string => {
  const end = /[.。]?\s*$/.exec(text)![0];
  const clauses = text.slice(0, text.length - end.length).split(/(?<=[;:] |[；：])/);
  const known = clauses.filter((clause) => isComplete(clause, values)).join("");
  if (known === "") return "";
  return known[0]!.toUpperCase() + known.slice(1).replace(/[;:；：] ?$/, "") + end;
};
