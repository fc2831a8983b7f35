import type { Report } from "../../../core/text/report.ts";
import type { ReportFact, ReportRow, ReportSection, ReportText } from "../../../core/text/reportContent.ts";
import { element } from "./element.ts";

/** Sections that are the same for every file and stand once, at the end of the document. */
const SHARED: readonly ReportSection["id"][] = ["limits", "repeat", "law", "signature"];

/** What the report says of one file. */
export function fileSections({ sections }: Report, text: ReportText): HTMLElement[] {
  return sections.filter(({ id }) => !SHARED.includes(id)).map((section) => sectionView(section, text));
}

/** What the report says of every file alike. */
export function sharedSections({ sections }: Report, text: ReportText): HTMLElement[] {
  return sections
    .filter(({ id }) => SHARED.includes(id) && id !== "signature")
    .map((section) => sectionView(section, text));
}

/** Named facts, one below the other. */
export function factList(facts: readonly ReportFact[]): HTMLElement {
  return element("dl", {}, facts.map(factView));
}

function sectionView({ title, rows }: ReportSection, text: ReportText): HTMLElement {
  return element(
    "section",
    {},
    element("h4", {}, title),
    groupsOf(rows).map((group) => groupView(group, text)),
  );
}

/** Facts that follow each other make one list, as do checks and sentences. */
function groupsOf(rows: readonly ReportRow[]): ReportRow[][] {
  const groups: ReportRow[][] = [];
  let last = "";
  for (const row of rows) {
    const kind = kindOf(row);
    if (kind === last) groups.at(-1)?.push(row);
    else groups.push([row]);
    last = kind;
  }
  return groups;
}

const kindOf = (row: ReportRow) => ("result" in row ? "check" : "sentence" in row ? "sentence" : "fact");

function groupView(rows: readonly ReportRow[], text: ReportText): HTMLElement {
  const facts = rows.filter((row) => "label" in row);
  if (facts.length > 0) return factList(facts);
  return element(
    "ul",
    { class: rows.some((row) => "result" in row) ? "checks" : "sentences" },
    rows.map((row) => rowView(row, text)),
  );
}

function rowView(row: ReportRow, text: ReportText): HTMLElement | undefined {
  if ("result" in row) {
    return element(
      "li",
      { class: row.result },
      element("span", { class: "mark" }, text.result[row.result]),
      element("div", {}, row.check, row.details.length > 0 && factList(row.details)),
    );
  }
  if (!("sentence" in row)) return undefined;
  return element("li", {}, row.isQuoted === true ? element("q", {}, row.sentence) : row.sentence);
}

function factView(fact: ReportFact & { readonly isQuoted?: boolean }): HTMLElement {
  return element(
    "div",
    { class: fact.isQuoted === true ? "fact quoted" : "fact" },
    element("dt", {}, fact.label),
    element("dd", {}, fact.value),
  );
}
