/** JSON for a column: amounts, which are `bigint` in code, become decimal text. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? part.toString() : part));
}
