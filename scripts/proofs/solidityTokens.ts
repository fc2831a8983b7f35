const STRING = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//;
const TOKEN = new RegExp(`${STRING.source}|${COMMENT.source}|[\\w$]+|\\S`, "g");

/** What the compiler reads of a source: one token a line, without comments. Equal for sources that differ in comments and white space. */
export function solidityTokens(source: string): string {
  const tokens = source.match(TOKEN) ?? [];
  return tokens.filter((token) => !/^\/[/*]/.test(token)).join("\n");
}
