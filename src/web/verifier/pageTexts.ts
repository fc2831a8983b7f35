import type { Language } from "../../core/text/language.ts";
import { type PageText, pageText } from "../../core/text/page.ts";
import { reportText } from "../../core/text/report.ts";
import type { ReportText } from "../../core/text/reportContent.ts";

/** What the page says: its own words and those of the report. Nothing else is built into it. */
export type PageTexts = Readonly<{ page: PageText; report: ReportText }>;

/** The words of the page in a language. */
export function pageTextsIn(language: Language): PageTexts {
  return { page: pageText[language], report: reportText[language] };
}
