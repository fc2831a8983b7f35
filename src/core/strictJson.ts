/**
 * Reads JSON in which one value has one spelling. White space between tokens and a byte order mark
 * before them are free; apart from that a repeated key, an escape that is not needed or a number
 * like `1.0` is refused, because readers would disagree on it.
 *
 * @throws SyntaxError if it is no JSON or spelled otherwise, RangeError where the nesting is deeper
 *   than the stack
 */
export function parseStrictJson(text: string): unknown {
  const json = text.replace(/^\uFEFF/, "");
  const value: unknown = JSON.parse(json);
  if (JSON.stringify(value) !== withoutWhiteSpace(json)) throw new SyntaxError("second spelling of a value");
  return value;
}

/**
 * Drops white space outside strings. A string ends at the first quote that no backslash escapes.
 */
function withoutWhiteSpace(json: string) {
  return json.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, "$1");
}
