/**
 * A value as JSON, with every `bigint` as a decimal string: amounts are `bigint` in code and
 * decimal strings on the wire.
 *
 * @example decimalJson({ amount: 1_000_000n }) // '{"amount":"1000000"}'
 */
export function decimalJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? one.toString() : one), indent);
}
