import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";

const root = join(import.meta.dirname, "../..");
const pages = globSync(["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/**/*.md"], { cwd: root })
  .sort()
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

/** Folders whose files the pages name by their path from the root of the checkout. */
const folders = ["src", "contracts", "test", "scripts", "docs", "bench", "examples", "ignition"];

const withoutBlocks = (text: string) => text.replaceAll(/^```[\s\S]*?^```$/gm, "");

/** A change log also tells of what is gone. */
const withoutHistory = (text: string) => text.replaceAll(/^### Removed\n[\s\S]*?(?=^##|(?![\s\S]))/gm, "");

/** Code of a page: what stands in backticks, on a line or as a block. */
const codeOf = (text: string) => [
  ...[...text.matchAll(/^```[^\n]*\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? ""),
  ...[...withoutBlocks(text).matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""),
];

/** Paths from the root of the checkout that the code of a page names. */
const pathsIn = (text: string) => {
  const path = new RegExp(`(?<![\\w./*-])(?:\\./)?((?:${folders.join("|")})/[\\w./*{},-]*[\\w/*}])`, "g");
  const named = codeOf(text).flatMap((code) => [...code.matchAll(path)].map((match) => match[1] ?? ""));
  return [...new Set(named)];
};

/** Links of a page to files of the checkout and to its own sections. */
const linksIn = (text: string) =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s#]*)(?:#([^)\s]*))?\)/g)].flatMap(([, path = "", section]) =>
    /^[a-z]+:/.test(path) ? [] : [{ path, section }],
  );

const sectionsOf = (text: string) =>
  [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );

const isThere = (path: string) => globSync(path, { cwd: root }).length > 0;

describe("the pages", () => {
  it("are found, with their links and paths", () => {
    expect(pages.map(({ file }) => file)).to.include.members(["README.md", "CONTRIBUTING.md", "docs/architecture.md"]);
    const page =
      "See [a](b.md#c), [d](https://e.org), `src/f.ts`, `node scripts/g.ts`.\n```ts\nimport './src/h.ts';\n```\n";
    expect(linksIn(page)).to.deep.equal([{ path: "b.md", section: "c" }]);
    expect(pathsIn(page)).to.deep.equal(["src/h.ts", "src/f.ts", "scripts/g.ts"]);
    expect(pathsIn(withoutHistory("### Removed\n\n- `src/i.ts`\n\n## 0.1.0\n\n- `src/j.ts`\n"))).to.deep.equal([
      "src/j.ts",
    ]);
  });

  for (const { file, text } of pages) {
    it(`link in ${file} to files and sections that exist`, () => {
      const broken = linksIn(text).filter(({ path, section }) => {
        const target = path === "" ? join(root, file) : join(root, dirname(file), path);
        return !existsSync(target) || (section && !sectionsOf(readFileSync(target, "utf8")).includes(section));
      });
      expect(broken).to.deep.equal([]);
    });

    it(`name in ${file} only paths that exist`, () => {
      const told = file === "CHANGELOG.md" ? withoutHistory(text) : text;
      expect(pathsIn(told).filter((path) => !isThere(path))).to.deep.equal([]);
    });
  }
});
