import { escapeInvisible } from "./escapeInvisible.ts";

/**
 * Letters that show as nothing, or as an empty place. What scripts and emoji are joined with stays.
 */
const BLANKS = /(?!\u200c|\u200d|\ufe0f)\p{Default_Ignorable_Code_Point}|\u2800/gu;

/**
 * What somebody else wrote, in quotation marks: runs of white space are one space, so that it
 * cannot be moved below another line's words, and what cannot be seen is written out.
 *
 * @example quoted("x      [agrees] everything") // '"x [agrees] everything"'
 */
export function quoted(text: string): string {
  const flat = escapeInvisible(text).replaceAll(/\p{Zs}+/gu, " ");
  const seen = flat.replaceAll(BLANKS, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
  return `"${seen.replaceAll('"', "'").trim()}"`;
}
