import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { headersFormat } from "../../../src/core/evidence/headersFile.ts";
import { chromiumPath, launchBrowser, noChromium } from "../../fixtures/browser.ts";
import { ANCHORED_AT, evidenceDomain, photo } from "../../fixtures/evidence.ts";
import { type Entry, zipOf } from "../../fixtures/zip.ts";
import vectors from "../../vectors/evidence.json" with { type: "json" };

const pagePath = join(import.meta.dirname, "../../../src/web/verifier.html");
const html = await readFile(pagePath);
const bundleText = vectors.bundles.good[0]!.text;
const CLOCK = new Date((ANCHORED_AT + 3_600) * 1_000);

describe("verifier.html", () => {
  it("is one file that loads nothing, within its size and of the published digest", async () => {
    const text = html.toString();
    expect(text).to.include("default-src 'none'").and.to.include("connect-src 'none'");
    expect(text).not.to.match(/<(?:link|img|iframe|object|embed)\b|<script[^>]+src=/i);
    expect(text.split("</script>")).to.have.length(2);
    const digest = createHash("sha256").update(html).digest("hex");
    const published = await readFile(join(import.meta.dirname, "../../../docs/verifier.sha256"), "utf8");
    expect(published).to.equal(`${digest}  src/web/verifier.html\n`);
    expect(html.length).to.be.at.most(600_000);
    expect(gzipSync(html, { level: 9 }).length).to.be.at.most(200_000);
  });
});

if (chromiumPath === undefined) {
  describe("verifier.html in a browser", () => {
    it("checks evidence from disk with the network off", { skip: noChromium });
  });
} else {
  describe("verifier.html in a browser", () => {
    let browser: Browser;
    let dir: string;
    let heard: Server;
    let calls = 0;
    const spoken: string[] = [];

    before(async () => {
      browser = await launchBrowser();
      dir = await mkdtemp(join(tmpdir(), "holdfast-page-"));
      heard = createServer((_request, response) => {
        calls += 1;
        response.end();
      }).listen(0, "127.0.0.1");
      await new Promise((resolve) => heard.once("listening", resolve));
    });

    after(async () => {
      await browser.close();
      heard.close();
      await rm(dir, { recursive: true });
    });

    const open = async (locale = "en-GB", width = 1_200): Promise<Page> => {
      const context = await browser.newContext({
        locale,
        timezoneId: "Asia/Shanghai",
        viewport: { width, height: 900 },
        offline: true,
      });
      const page = await context.newPage();
      page.on("pageerror", ({ message }) => spoken.push(message));
      page.on("console", (message) => {
        if (message.type() === "error") spoken.push(message.text());
      });
      await page.clock.install({ time: CLOCK });
      await page.goto(pathToFileURL(pagePath).href);
      return page;
    };

    const folder = async (name: string, files: Readonly<Record<string, Uint8Array | string>>) => {
      const path = join(dir, name);
      await mkdir(path, { recursive: true });
      for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content);
      return path;
    };

    const drop = (page: Page, paths: string | string[]) => page.locator(".drop input").first().setInputFiles(paths);
    const dropFolder = (page: Page, path: string) => page.locator("input[webkitdirectory]").setInputFiles(path);
    const rows = (page: Page) => page.locator("tbody tr").allInnerTexts();
    const violations = async (page: Page) => {
      await page.evaluate(axe.source);
      const { violations: found } = await page.evaluate(() => Reflect.get(globalThis, "axe").run());
      return (found as { id: string; nodes: { html: string }[] }[]).map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`,
      );
    };

    it("checks a folder from disk with the network off, the summary first", async () => {
      const page = await open();
      const path = await folder("case", {
        "photo.jpg": photo,
        "photo.jpg.evidence.json": bundleText,
        "altered.jpg": photo.subarray(1),
        "altered.jpg.evidence.json": bundleText,
        "gone.jpg.evidence.json": bundleText,
        "later.jpg": photo,
        "later.jpg.evidence.json": bundleText.replace("bundle/2", "bundle/9"),
        "notes.txt": "hello",
        ".DS_Store": "x",
      });
      await dropFolder(page, path);
      await page.waitForSelector("#document");
      const [altered, gone, later, kept, ...rest] = await rows(page);
      expect(rest).to.deep.equal([]);
      expect(altered).to.include("case/altered.jpg").and.to.include("refuted");
      expect(gone).to.include("case/gone.jpg").and.to.include("missing");
      expect(later).to.include("case/later.jpg").and.to.include("unverifiable");
      expect(kept).to.include("case/photo.jpg").and.to.include("verified").and.to.include("stated, not confirmed");
      expect(kept).to.include("the buyer of the deal");
      const text = await page.locator("#page").innerText();
      expect(text).to.include("case/notes.txt: no bundle was given for it").and.not.to.include("DS_Store");
      expect(text).to.include(createHash("sha256").update(photo).digest("hex"));
      expect(text).to.include("gave the published results for known inputs");
      expect(await page.evaluate(() => document.activeElement?.id)).to.equal("document");
    });

    it("prints the digest of its own file", async () => {
      const page = await open();
      const digest = await page.locator(".digest code").innerText();
      expect(digest).to.equal(createHash("sha256").update(html).digest("hex"));
    });

    it("confirms the time with what the reader trusts, and only by choosing it", async () => {
      const page = await open();
      const { anchor } = JSON.parse(bundleText) as { anchor: { blockNumber: number; blockHash: string } };
      const headers = JSON.stringify({
        format: headersFormat,
        chainId: evidenceDomain.chainId,
        collectedAt: ANCHORED_AT + 600,
        sources: ["node.example"],
        blocks: [
          {
            number: anchor.blockNumber,
            hash: anchor.blockHash,
            time: ANCHORED_AT,
            finalized: true,
            sources: ["node.example"],
          },
        ],
      });
      const path = await folder("trusted", {
        "photo.jpg": photo,
        "photo.jpg.evidence.json": bundleText,
        "headers.json": headers,
      });
      await dropFolder(page, path);
      await page.waitForSelector("#document");
      expect((await rows(page))[0]).to.include("stated, not confirmed");
      await page.locator("summary").click();
      await page.locator("#headers").setInputFiles(join(path, "headers.json"));
      await page.getByRole("button", { name: "Check again with these" }).click();
      await page.getByText("nodes node.example").waitFor();
      expect((await rows(page))[0]).to.match(/verified\s+confirmed/);
      await page.locator("#blocks").fill(`${anchor.blockNumber}:0x${"ab".repeat(32)}`);
      await page.getByRole("button", { name: "Check again with these" }).click();
      await page.getByText("give different hashes for block").waitFor();
      await page.locator("#blocks").fill("1020:nonsense");
      await drop(page, [join(path, "photo.jpg"), join(path, "photo.jpg.evidence.json")]);
      await page.getByText("1020:nonsense cannot be read").waitFor();
    });

    it("opens an archive, and refuses one that programs read differently", async () => {
      const good: Entry[] = [
        { name: "exhibits/photo.jpg", content: photo },
        { name: "exhibits/photo.jpg.evidence.json", content: Buffer.from(bundleText) },
      ];
      const page = await open();
      const put = async (name: string, content: Uint8Array) => {
        const path = join(dir, name);
        await writeFile(path, content);
        await drop(page, path);
      };
      await put("good.zip", zipOf(good));
      await page.waitForSelector("#document");
      expect((await rows(page))[0])
        .to.include("good.zip/exhibits/photo.jpg")
        .and.to.include("verified");
      await page.getByRole("button", { name: "Check other files" }).click();
      await put("twice.zip", zipOf([...good, good[0]!]));
      await page.getByText("twice.zip was refused").waitFor();
      await put("torn.zip", zipOf(good).subarray(0, 9_000));
      await page.getByText("torn.zip is no archive that can be read").waitFor();
    });

    it("speaks Chinese to a Chinese reader, on a phone too", async () => {
      const page = await open("zh-CN", 390);
      const path = await folder("zh", { "photo.jpg": photo, "photo.jpg.evidence.json": bundleText });
      expect(await page.locator("h1").innerText()).to.equal("离线核验证据");
      await dropFolder(page, path);
      await page.waitForSelector("#document");
      expect(await page.locator("html").getAttribute("lang")).to.equal("zh-CN");
      expect((await rows(page))[0])
        .to.include("一致")
        .and.to.include("仅为陈述，未经确认");
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).to.be.at.most(0);
      await page.getByRole("button", { name: "English" }).click();
      await page.getByText("REPORT ON THE VERIFICATION").waitFor();
    });

    it("shows what a submitter wrote as text, and calls nobody", async () => {
      const address = heard.address();
      const port = typeof address === "object" ? address?.port : 0;
      const name = `"><img src=http:~~127.0.0.1:${port}~x onerror=document.title='pwned'>.jpg`.replaceAll("/", "~");
      const context = await browser.newContext({ locale: "en" });
      const page = await context.newPage();
      await page.goto(pathToFileURL(pagePath).href);
      const path = await folder("hostile", { [name]: photo, [`${name}.evidence.json`]: bundleText });
      await dropFolder(page, path);
      await page.waitForSelector("#document");
      expect(await page.locator("#page img").count()).to.equal(0);
      const blocked = await page.evaluate(
        (url) =>
          fetch(url).then(
            () => "called",
            () => "blocked",
          ),
        `http://127.0.0.1:${port}/x`,
      );
      expect(blocked).to.equal("blocked");
      expect(await page.title()).to.equal("Check evidence offline - Holdfast");
      expect(calls).to.equal(0);
      await context.close();
    });

    it("is used by keyboard, and axe finds nothing to mend", async () => {
      const page = await open();
      const path = await folder("keys", { "photo.jpg": photo, "photo.jpg.evidence.json": bundleText });
      expect(await violations(page)).to.deep.equal([]);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      const choosing = page.waitForEvent("filechooser");
      await page.keyboard.press("Enter");
      await (await choosing).setFiles([join(path, "photo.jpg"), join(path, "photo.jpg.evidence.json")]);
      await page.waitForSelector("#document");
      await page.locator("summary").click();
      expect(await violations(page)).to.deep.equal([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violations(page)).to.deep.equal([]);
      await page.getByRole("button", { name: "Check other files" }).click();
      await drop(page, join(path, "photo.jpg"));
      await page.getByText("nothing can be checked").waitFor();
      expect(await violations(page)).to.deep.equal([]);
    });

    it("is cancelled in the middle of a large file, and concludes nothing", async () => {
      const page = await open();
      const path = await folder("large", { "film.mp4.evidence.json": bundleText, "film.mp4": "" });
      await truncate(join(path, "film.mp4"), 8 * 1024 ** 3);
      await dropFolder(page, path);
      await page.getByText(/MB of 8.6 GB/).waitFor();
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByText("Nothing was concluded").waitFor();
      expect(await page.locator("table").count()).to.equal(0);
    });

    it("prints on A4 with the numbers of pages", async () => {
      const page = await open();
      const path = await folder("print", { "photo.jpg": photo, "photo.jpg.evidence.json": bundleText });
      await dropFolder(page, path);
      await page.waitForSelector("#document");
      await page.locator("#case-number").fill("(2027) 0192 1");
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
      expect(pdf).to.match(/\/MediaBox \[0 0 59[45](?:\.\d+)? 84[12](?:\.\d+)?\]/);
      expect(await page.locator("figure svg").getAttribute("aria-label")).to.include("Numbers of this document");
      await page.emulateMedia({ media: "print" });
      expect(await page.getByRole("button", { name: "Print" }).isVisible()).to.equal(false);
    });

    it("said nothing to the console that a reader would call a failure", () => {
      // A call that the policy stopped was made by the test itself.
      expect(spoken).to.deep.equal([]);
    });
  });
}
