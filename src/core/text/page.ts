import { page as en } from "./en/page.ts";
import type { Translated } from "./language.ts";
import { page as zh } from "./zh/page.ts";

/** The words of the offline page in one language. */
export type PageText = Translated<typeof en>;

/** The words of the offline page by language. */
export const pageText = { en, zh } as const;
