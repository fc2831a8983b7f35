import { sha256, stringToBytes } from "viem";
import type { RecordStatus } from "../../../core/evidence/verify/recordStatus.ts";
import { escapeInvisible } from "../../../core/text/escapeInvisible.ts";
import type { Report } from "../../../core/text/report.ts";
import { roleText } from "../../../core/text/reportContent.ts";
import { formatTimes } from "../../../core/text/units.ts";
import type { VerdictSentence } from "../../../core/text/verdict.ts";
import type { Checked } from "../checkPairs.ts";
import type { PageTexts } from "../pageTexts.ts";
import { type Pair, pathOf, type Unpaired } from "../pairing.ts";
import { element } from "./element.ts";
import { qrCode } from "./qrCode.ts";
import { factList, fileSections, sharedSections } from "./reportView.ts";

/** A checked pair in the words of a language. */
export type Told = Checked &
  Readonly<{ report: Report; sentences: readonly VerdictSentence[]; status: RecordStatus | undefined }>;

type DocumentContext = Readonly<{
  unpaired: readonly Unpaired[];
  /** Seconds. */
  generatedAt: number;
  timeZone: string;
  tool: string;
  toolDigest: string;
  isSound: boolean;
  /** What the reader writes for the printed report. */
  notes: readonly HTMLInputElement[];
}>;

/** The whole document: the summary first, then file by file, then the limits and the signature. */
export function documentView(told: readonly Told[], texts: PageTexts, context: DocumentContext): HTMLElement {
  const { page, report: text } = texts;
  const number = documentNumber(told);
  const [first] = told;
  const [caseNumber, checkedBy] = context.notes;
  return element(
    "article",
    { class: "document" },
    element("h2", { tabindex: "-1", id: "document", "data-focus": true }, text.title),
    factList([
      { label: page.documentNumber, value: number },
      { label: text.label.generated, value: formatTimes(context.generatedAt, context.timeZone) },
      { label: text.label.tool, value: context.tool },
      {
        label: page.selfCheck.title,
        value: context.isSound ? page.selfCheck.passed : page.selfCheck.failed,
      },
    ]),
    element(
      "div",
      { class: "notes" },
      element("label", { for: "case-number" }, page.print.caseNumber),
      caseNumber,
      element("label", { for: "checked-by" }, page.print.checkedBy),
      checkedBy,
    ),
    element("h3", {}, page.summary),
    element("p", {}, page.counted(told.length)),
    summaryTable(told, texts),
    unpairedView(context.unpaired, texts),
    told.map((one, i) => fileView(one, i + 1, texts)),
    element("section", { class: "shared" }, first === undefined ? [] : sharedSections(first.report, text)),
    element("p", { class: "hint" }, page.toolDigestHint),
    element(
      "footer",
      {},
      element(
        "div",
        { class: "signing" },
        element("p", {}, `${text.label.signedBy}: `, element("span", { class: "blank" })),
        element("p", {}, `${text.label.signedOn}: `, element("span", { class: "blank" })),
        element("div", { class: "stamp" }, page.stamp),
      ),
      element(
        "figure",
        {},
        qrCode(codeText(told, { number, toolDigest: context.toolDigest }), page.code),
        element("figcaption", {}, page.code),
      ),
    ),
  );
}

/** Equal for equal input, whenever it is made. */
function documentNumber(told: readonly Told[]): string {
  const numbers = told.map(({ report }) => report.number);
  return numbers.length === 1 ? numbers[0]! : sha256(stringToBytes(numbers.join("\n"))).slice(2, 18);
}

/** What a camera reads: enough to compare this document with one that is made again. */
function codeText(told: readonly Told[], { number, toolDigest }: { number: string; toolDigest: string }): string {
  const results = told.slice(0, 8).map(({ report, verification }) => `${report.number} ${verification.verdict.status}`);
  return ["holdfast-report/1", number, toolDigest, ...results].join("\n");
}

function summaryTable(told: readonly Told[], { page, report: text }: PageTexts): HTMLElement {
  const { column } = page;
  return element(
    "table",
    {},
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        [column.number, column.file, column.result, column.time, column.signer].map((name) =>
          element("th", { scope: "col" }, name),
        ),
      ),
    ),
    element(
      "tbody",
      {},
      told.map(({ verification, ...one }, i) => {
        const { verdict, time, subject } = verification;
        return element(
          "tr",
          {},
          element("td", {}, String(i + 1)),
          element("td", {}, element("a", { href: `#file-${i + 1}` }, nameOf(one))),
          element(
            "td",
            {},
            element("span", { class: `verdict ${verdict.status}` }, text.verdict[verdict.status]),
            ...(one.status === undefined || one.status.state === "not-checked"
              ? []
              : [element("br"), text.state[one.status.state]]),
          ),
          element("td", {}, text.time[time.status]),
          element("td", {}, subject === null ? "-" : roleText(subject, text)),
        );
      }),
    ),
  );
}

function fileView(told: Told, number: number, { page, report: text }: PageTexts): HTMLElement {
  const { report, sentences, verification } = told;
  const [verdict = "", meaning = "", ...rest] = report.statement;
  const exhibit = `exhibit-${number}`;
  return element(
    "section",
    { class: "file", id: `file-${number}` },
    element("h3", {}, `${number}. ${nameOf(told)}`),
    element("p", { class: `verdict ${verification.verdict.status}` }, verdict),
    element("p", {}, meaning),
    rest.map((line) => element("p", {}, line)),
    element(
      "ul",
      { class: "sentences" },
      sentences.map((sentence) => element("li", {}, `${sentence.label} ${sentence.text}`)),
    ),
    element(
      "div",
      { class: "notes" },
      element("label", { for: exhibit }, page.print.exhibit),
      element("input", { id: exhibit, type: "text", autocomplete: "off" }),
    ),
    factList(report.head.slice(0, 1)),
    fileSections(report, text),
  );
}

function unpairedView(unpaired: readonly Unpaired[], { page }: PageTexts): HTMLElement | undefined {
  if (unpaired.length === 0) return undefined;
  return element(
    "section",
    { class: "unpaired" },
    element("h3", {}, page.unpaired),
    element(
      "ul",
      {},
      unpaired.map(({ file, why }) => element("li", {}, `${escapeInvisible(file.path)}: ${page.why[why]}`)),
    ),
  );
}

const nameOf = (pair: Pair) => escapeInvisible(pathOf(pair));
