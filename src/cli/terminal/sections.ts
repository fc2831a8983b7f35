import type { Section } from "../../core/text/sections.ts";
import { columns } from "./columns.ts";

/** A heading, its rows in two columns, and the sentence after them. */
export function sectionText({ title, rows, closing }: Section): string {
  return [title, columns(rows), ...(closing === undefined ? [] : [closing])].join("\n\n");
}

/** Headings with their rows, apart from each other. */
export function sectionsText(sections: readonly Section[]): string {
  return sections.map(sectionText).join("\n\n");
}
