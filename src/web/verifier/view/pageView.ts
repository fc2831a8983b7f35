import { type RecordStatus, recordStatuses } from "../../../core/evidence/verify/recordStatus.ts";
import { escapeInvisible } from "../../../core/text/escapeInvisible.ts";
import type { Language } from "../../../core/text/language.ts";
import { reportOf } from "../../../core/text/report.ts";
import { formatBytes } from "../../../core/text/units.ts";
import { sentencesAbout } from "../../../core/text/verdict.ts";
import type { Checked } from "../checkPairs.ts";
import type { Gathered } from "../gathered.ts";
import type { Notice, PageState } from "../pageState.ts";
import type { PageTexts } from "../pageTexts.ts";
import { pathOf } from "../pairing.ts";
import { documentView, type Told } from "./documentView.ts";
import { element } from "./element.ts";
import { intakeView } from "./intakeView.ts";
import type { SourcesForm } from "./sourcesView.ts";

type PageContext = Readonly<{
  texts: PageTexts;
  language: Language;
  sources: SourcesForm;
  tool: string;
  toolDigest: string;
  isSound: boolean;
  onGathered: (gathered: Promise<readonly Gathered[]>) => Promise<void>;
  onAgain: () => Promise<void>;
  onClear: () => Promise<void>;
  onLanguage: () => Promise<void>;
}>;

/** Notes for the printed report; they stay when the words change. */
const notes = ["case-number", "checked-by"].map((id) => element("input", { id, type: "text", autocomplete: "off" }));

/** The page in a state. What the reader is to hear of first carries `data-focus`. */
export async function pageView(state: PageState, context: PageContext): Promise<readonly HTMLElement[]> {
  return [headerView(context), element("main", {}, await contentOf(state, context))];
}

function headerView({ texts: { page }, language, onLanguage }: PageContext): HTMLElement {
  return element(
    "header",
    {},
    element("p", { class: "brand" }, "Holdfast"),
    element(
      "button",
      { type: "button", class: "quiet", lang: language === "zh" ? "en" : "zh-CN", onclick: onLanguage },
      page.otherLanguage,
    ),
  );
}

async function contentOf(state: PageState, context: PageContext): Promise<readonly HTMLElement[]> {
  const { texts, sources } = context;
  const { page } = texts;
  switch (state.status) {
    case "waiting":
      return [
        element("h1", {}, page.title),
        element("p", { class: "lead" }, page.lead),
        ...(state.notice === undefined
          ? []
          : [
              element(
                "p",
                { class: "notice", role: "alert", tabindex: "-1", "data-focus": true },
                noticeText(state.notice, texts),
              ),
            ]),
        intakeView(texts, context),
        sources.view(texts),
        element("p", { class: "hint digest" }, `${page.toolDigest}: `, element("code", {}, context.toolDigest)),
      ];
    case "checking":
      return [
        element("h1", {}, page.title),
        element(
          "section",
          { class: "running" },
          element("p", { id: "running", role: "status" }, page.running(escapeInvisible(state.name))),
          element("progress", { "aria-labelledby": "running", max: "1", value: "0" }),
          element("p", { class: "hint", id: "amount" }),
          element("button", { type: "button", onclick: state.cancel, "data-focus": true }, page.cancel),
        ),
      ];
    case "checked": {
      const named = state.checked.map((one) => ({ name: one.bundle.path, verification: one.verification }));
      const statuses = recordStatuses(named);
      const told = await Promise.all(
        state.checked.map((one, i) => tell(one, { generatedAt: state.generatedAt, status: statuses[i] }, context)),
      );
      return [
        element("h1", { class: "screen" }, page.title),
        element(
          "p",
          { class: "buttons screen" },
          element("button", { type: "button", class: "primary", onclick: () => print() }, page.printReport),
          element("button", { type: "button", onclick: context.onClear }, page.clear),
        ),
        documentView(told, texts, {
          unpaired: state.unpaired,
          generatedAt: state.generatedAt,
          timeZone: localZone(),
          tool: context.tool,
          toolDigest: context.toolDigest,
          isSound: context.isSound,
          notes,
        }),
        element(
          "section",
          { class: "screen" },
          sources.view(texts),
          element("button", { type: "button", onclick: context.onAgain }, page.sources.again),
        ),
      ];
    }
  }
}

/** Brings the numbers of a check that goes on up to date. */
export function showProgress(place: HTMLElement, state: PageState & { status: "checking" }, { page }: PageTexts): void {
  const { name, done, all } = state;
  const running = place.querySelector("#running");
  const text = page.running(escapeInvisible(name));
  // Said once for each file: a screen reader reads every change aloud.
  if (running !== null && running.textContent !== text) running.textContent = text;
  const bar = place.querySelector("progress");
  if (bar !== null) bar.value = all === 0 ? 0 : done / all;
  const amount = place.querySelector("#amount");
  if (amount !== null) amount.textContent = page.progress(formatBytes(done), formatBytes(all));
}

async function tell(
  one: Checked,
  { generatedAt, status }: { generatedAt: number; status: RecordStatus | undefined },
  { language, tool }: PageContext,
): Promise<Told> {
  const { verification, bundleText } = one;
  const report = await reportOf(verification, {
    language,
    bundleText,
    generatedAt,
    status,
    timeZone: localZone(),
    tool,
  });
  const about = { file: pathOf(one), text: bundleText };
  return { ...one, report, status, sentences: sentencesAbout(verification, about, language) };
}

function noticeText(notice: Notice, { page }: PageTexts): string {
  if (notice === "cancelled") return page.cancelled;
  if (notice === "nothing-found") return page.nothingFound;
  const [name = "", entry = ""] = notice.names.map(escapeInvisible);
  const said = page.problem[notice.problem];
  return typeof said === "string" ? said : said(name, entry);
}

const localZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
