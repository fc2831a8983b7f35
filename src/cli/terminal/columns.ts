import type { Example } from "../optionTable.ts";

const INDENT = 2;
const GAP = 3;
const LINE = 110;
/**
 * What is not torn apart: a word with the spaces after it, or a wide character with the punctuation
 * after it.
 */
const PARTS = /[\u{2e80}-\u{9fff}][\p{P}]*\s*|[^\s\u{2e80}-\u{9fff}]+\s*|\s+/gu;

/**
 * Two columns, the second wrapped. Chinese characters are two columns wide, as terminals draw them.
 */
export function columns(rows: readonly Example[]): string {
  const width = Math.max(...rows.map(([left]) => widthOf(left))) + GAP;
  const margin = " ".repeat(INDENT + width);
  return rows
    .map(([left, right]) => {
      const lines = wrap(right, LINE - INDENT - width);
      return `${" ".repeat(INDENT)}${left}${" ".repeat(width - widthOf(left))}${lines.join(`\n${margin}`)}`;
    })
    .join("\n");
}

const isWide = (char: string) =>
  /[\u{1100}-\u{115f}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}]/u.test(
    char,
  );

const widthOf = (text: string) => [...text].reduce((sum, char) => sum + (isWide(char) ? 2 : 1), 0);

/** Lines break at spaces, and between any two wide characters but before punctuation. */
const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const part of text.match(PARTS) ?? [""]) {
    if (line !== "" && widthOf(line) + widthOf(part.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = part;
    } else line += part;
  }
  return [...lines, line];
};
