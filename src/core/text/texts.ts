import { en } from "./en/texts.ts";
import type { Language, Translated } from "./language.ts";
import { zh } from "./zh/texts.ts";

/** Every text for people in one language, by where it is shown. */
export type Texts = Translated<typeof en>;

const texts: Readonly<Record<Language, Texts>> = { en, zh };

/** Every text for people in a language. */
export function textsIn(language: Language): Texts {
  return texts[language];
}
