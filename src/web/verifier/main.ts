import { config } from "zod";
import { createDigester } from "../../core/evidence/digest.ts";
import type { Language } from "../../core/text/language.ts";
import { checkGathered } from "./checkGathered.ts";
import type { Gathered } from "./gathered.ts";
import type { PageState } from "./pageState.ts";
import { pageTextsIn } from "./pageTexts.ts";
import { runsAsKnown } from "./selfCheck.ts";
import { pageDigest } from "./shell.ts";
import { pageView, showProgress } from "./view/pageView.ts";
import { createSourcesForm } from "./view/sourcesView.ts";
import { createWorkerDigester } from "./workerDigester.ts";

// The page's policy lets no text be run as a program, which zod would try for speed.
config({ jitless: true });

const workerUrl = URL.createObjectURL(new Blob([__DIGEST_WORKER__], { type: "text/javascript" }));
const inThreads = createWorkerDigester(() => new Worker(workerUrl));

/** Digests in threads where this browser runs them right, else in the page's own. */
const digesting = runsAsKnown(inThreads).then(
  (isSound) => ({ createDigester: inThreads, isSound }),
  async () => ({ createDigester, isSound: await runsAsKnown(createDigester).catch(() => false) }),
);

const own = {
  shell: __SHELL__,
  style: document.querySelector("style")?.textContent ?? "",
  script: document.currentScript?.textContent ?? "",
};
const toolDigest = pageDigest(own);
const tool = `holdfast ${__VERSION__} verifier.html SHA-256 ${toolDigest}`;
const sources = createSourcesForm();

let language: Language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
let state: PageState = { status: "waiting" };
let given: readonly Gathered[] = [];

function show(next: PageState): Promise<void> {
  const isNew = next.status !== state.status;
  state = next;
  return render(isNew);
}

async function check(gathered: Promise<readonly Gathered[]>): Promise<void> {
  if (state.status === "checking") return;
  const stopping = new AbortController();
  const cancel = () => stopping.abort();
  await show({ status: "checking", name: "", done: 0, all: 0, cancel });
  const { createDigester } = await digesting;
  const outcome = await checkGathered(gathered, {
    sources: sources.read(),
    now: () => Math.floor(Date.now() / 1_000),
    createDigester,
    signal: stopping.signal,
    onGiven: (all) => (given = all),
    onProgress: (progress) => show({ status: "checking", cancel, ...progress }),
  });
  await show(outcome);
}

let renders = 0;

/** Shows the state as it is now; where another rendering began meanwhile, that one shows it. */
async function render(isNew: boolean): Promise<void> {
  const place = document.getElementById("page")!;
  const texts = pageTextsIn(language);
  if (state.status === "checking" && !isNew) return showProgress(place, state, texts);
  renders += 1;
  const turn = renders;
  const view = await pageView(state, {
    texts,
    language,
    sources,
    tool,
    toolDigest,
    isSound: (await digesting).isSound,
    onGathered: check,
    onAgain: () => check(Promise.resolve(given)),
    onClear: () => show({ status: "waiting" }),
    onLanguage: () => {
      language = language === "zh" ? "en" : "zh";
      return render(true);
    },
  });
  if (turn !== renders) return;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = `${texts.page.title} - Holdfast`;
  place.replaceChildren(...view);
  if (isNew) place.querySelector<HTMLElement>("[data-focus]")?.focus();
}

// What is dropped beside the zone must not replace the page.
for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
addEventListener("unhandledrejection", () =>
  show({ status: "waiting", notice: { problem: "page-failed", names: [] } }),
);
addEventListener("DOMContentLoaded", () => render(false));
