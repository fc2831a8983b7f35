import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { verifyBundle } from "../src/core/evidence/verify/verifyBundle.ts";
import { launchBrowser } from "../test/fixtures/browser.ts";
import vectors from "../test/vectors/evidence.json" with { type: "json" };

/** `target` is null where a number is only reported. */
type PageResult = Readonly<{
  name: string;
  value: number;
  unit: "kB" | "MB" | "MB/s" | "ms";
  target: number | null;
  better: "lower" | "higher";
}>;

const FILE_BYTES = 2 * 1024 ** 3;
const ROUNDS = 201;
const page = join(import.meta.dirname, "../src/web/verifier.html");
const bundle = vectors.bundles.good[0]!.text;

/**
 * The offline page in Chromium: its size, how fast it takes both digests of a file of 2 GiB, and the
 * peak of the resident set of its process over what it was before. And one bundle checked in Node.
 */
export async function pageSuite(): Promise<{ suite: "page"; results: readonly PageResult[] }> {
  const html = await readFile(page);
  const browser = await launchBrowser();
  try {
    const { seconds, memory } = await hashInPage(browser);
    return {
      suite: "page",
      results: [
        result("page.kB", html.length / 1_000, "kB", 600),
        result("page.gzip", gzipSync(html, { level: 9 }).length / 1_000, "kB", 200),
        { ...result("page.hashMBps", FILE_BYTES / 1e6 / seconds, "MB/s", 100), better: "higher" },
        result("page.memory", memory, "MB", 300),
        result("verify.ms", await millisecondsToVerify(), "ms", 5),
      ],
    };
  } finally {
    await browser.close();
  }
}

async function hashInPage(browser: Browser) {
  const dir = await mkdtemp(join(tmpdir(), "bench-page-"));
  try {
    const file = join(dir, "film.mp4");
    await writeFile(`${file}.evidence.json`, bundle);
    await writeFile(file, "");
    await truncate(file, FILE_BYTES);
    const opened = await browser.newPage({ offline: true, locale: "en" });
    await opened.goto(pathToFileURL(page).href);
    await opened.locator(".drop").waitFor();
    const before = await residentSet(browser, "VmRSS");
    const startedAt = performance.now();
    await opened.locator("input[webkitdirectory]").setInputFiles(dir);
    await opened.locator("#document").waitFor({ timeout: 300_000 });
    const seconds = (performance.now() - startedAt) / 1_000;
    return { seconds, memory: (await residentSet(browser, "VmHWM")) - before };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Megabytes of the largest process that runs pages. */
async function residentSet(browser: Browser, field: "VmRSS" | "VmHWM"): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  const sizes = await Promise.all(
    renderers.map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, "utf8");
      return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1_000;
    }),
  );
  return Math.max(...sizes);
}

/** A bundle without its file, as often as the median needs. */
async function millisecondsToVerify(): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const startedAt = performance.now();
    await verifyBundle(bundle);
    times.push(performance.now() - startedAt);
  }
  return times.sort((one, other) => one - other)[ROUNDS >> 1]!;
}

function result(name: string, value: number, unit: PageResult["unit"], target: number): PageResult {
  return { name, value: Math.round(value * 100) / 100, unit, target, better: "lower" };
}
