/**
 * What somebody else wrote, unable to begin a line of its own, to turn the reading direction, to
 * command a terminal or to hide a letter, and so to pass for what a program says. Joiners stay:
 * scripts and emoji need them.
 */
export function escapeInvisible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}
