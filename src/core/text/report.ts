import { sha256, stringToBytes } from "viem";
import { digestFile } from "../evidence/digest.ts";
import type { RecordStatus } from "../evidence/verify/recordStatus.ts";
import type { Verification } from "../evidence/verify/verifyBundle.ts";
import { report as en } from "./en/report.ts";
import type { Language } from "./language.ts";
import { type ReportFact, type ReportRow, type ReportSection, sectionsOf, statementOf } from "./reportContent.ts";
import { formatTimes } from "./units.ts";
import { report as zh } from "./zh/report.ts";

/** The words of the report by language. */
export const reportText = { en, zh } as const;

/** What the report says about its own making. */
export type ReportContext = {
  readonly language: Language;
  /** Text of the bundle as it was verified. */
  readonly bundleText: string;
  /** Seconds. */
  readonly generatedAt: number;
  /** Times are shown there too, beside UTC: an IANA name like `Asia/Shanghai`. */
  readonly timeZone?: string | undefined;
  /** What other records say of this one, where they were looked at (`recordStatuses`). */
  readonly status?: RecordStatus | undefined;
  /** Name, version and, if known, digest of the program. */
  readonly tool: string;
};

/** The report in parts, for screens and printers. */
export type Report = Readonly<{
  title: string;
  /** 16 hex digits, equal for equal input wherever and whenever the report is made. */
  number: string;
  /** Number and time of making. */
  head: readonly ReportFact[];
  /** Verdict and time, each with its meaning. */
  statement: readonly string[];
  sections: readonly ReportSection[];
}>;

/**
 * The report for a court: what was checked, what it proves and what it does not (`domain.md` 5).
 * Equal input gives an equal report number wherever and whenever it is made: the number is taken
 * over the report as text with times in UTC, without the time of making.
 */
export async function reportOf(verification: Verification, context: ReportContext): Promise<Report> {
  const { tool, status } = context;
  const text = reportText[context.language];
  const bundle = await digestFile(once(stringToBytes(context.bundleText)));
  const statement = statementOf(verification, text);
  const sectionsIn = (timeZone: string | undefined) =>
    sectionsOf(verification, { text, tool, bundle, status, at: (seconds) => formatTimes(seconds, timeZone) });
  const number = sha256(stringToBytes(contentText(statement, sectionsIn(undefined), text))).slice(2, 18);
  return {
    title: text.title,
    number,
    head: [
      { label: text.label.number, value: number },
      { label: text.label.generated, value: formatTimes(context.generatedAt, context.timeZone) },
    ],
    statement,
    sections: sectionsIn(context.timeZone),
  };
}

/** The report as plain text. */
export async function evidenceReport(verification: Verification, context: ReportContext): Promise<string> {
  const { title, head, statement, sections } = await reportOf(verification, context);
  const text = reportText[context.language];
  const heading = head.map((fact) => rowText(fact, text)).join("\n");
  return `${title}\n\n${heading}\n\n${contentText(statement, sections, text)}\n`;
}

function contentText(
  statement: readonly string[],
  sections: readonly ReportSection[],
  text: (typeof reportText)[Language],
): string {
  return [
    statement.map((line) => `  ${line}`).join("\n"),
    ...sections.map(({ title, rows }) =>
      [title, ...(rows.length > 0 ? rows.map((row) => rowText(row, text)) : ["  -"])].join("\n"),
    ),
  ].join("\n\n");
}

function rowText(row: ReportRow, text: (typeof reportText)[Language]): string {
  if ("result" in row) {
    return [
      `  [${text.result[row.result]}] ${row.check}`,
      ...row.details.map(({ label, value }) => `      ${label}: ${value}`),
    ].join("\n");
  }
  const gutter = row.isQuoted === true ? "> " : "  ";
  return gutter + ("sentence" in row ? row.sentence : `${row.label}: ${row.value}`);
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}
