/**
 * What somebody else wrote, unable to begin a line, to move a terminal's cursor, to turn the reading direction or to hide:
 * such characters are written as `\u{1b}`.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}
