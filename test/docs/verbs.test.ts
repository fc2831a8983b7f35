import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";
import type { AbiParameter } from "viem";
import { escrowAbi } from "../../src/abi/escrow.ts";
import { evidenceRegistryAbi } from "../../src/abi/evidenceRegistry.ts";
import { panelTribunalAbi } from "../../src/abi/panelTribunal.ts";
import { allTypes, receiveWithAuthorizationTypes } from "../../src/core/deal/intents.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "docs/verbs");
const pages = globSync("*.md", { cwd: folder })
  .sort()
  .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
const index = pages.find(({ file }) => file === "README.md")?.text ?? "";
const verbs = pages.filter(({ file }) => file !== "README.md");

const abi = [...escrowAbi, ...panelTribunalAbi, ...evidenceRegistryAbi];
/** The escrow calls it on itself; the index says so. */
const notAnAction = "transferErc20";
/** Permit2's own type around our witness (https://github.com/Uniswap/permit2). */
const permitType =
  "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,Deal witness)Deal(bytes32 id)TokenPermissions(address token,uint256 amount)";

const unique = (names: readonly string[]) => [...new Set(names)].sort();
const without = (names: readonly string[], known: readonly string[]) =>
  unique(names).filter((name) => !known.includes(name));

const written = (name: string, inputs: readonly AbiParameter[]) =>
  `${name}(${inputs.map((input) => input.name).join(", ")})`;

const declared = (type: "error" | "event") =>
  unique(abi.flatMap((entry) => (entry.type === type ? [written(entry.name, entry.inputs)] : [])));

const actions = unique(
  abi.flatMap((entry) =>
    entry.type === "function" && entry.stateMutability !== "view" && entry.stateMutability !== "pure"
      ? [entry.name]
      : [],
  ),
);

const codeOf = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");

const fenced = (text: string, language: string) =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap((match) =>
    match[1] === language ? [match[2] ?? ""] : [],
  );

const prose = (text: string) => text.replaceAll(/^```[\s\S]*?^```$/gm, "");

/** What the table of a section names in its first column. */
const tableOf = (text: string, section: string) =>
  (prose(text).split(`\n## ${section}\n`)[1]?.split("\n## ")[0] ?? "")
    .split("\n")
    .flatMap((line) => codeOf(/^\| (`[^|]+`) \|/.exec(line)?.[1] ?? ""));

const titleOf = (text: string) => codeOf(text.split("\n")[0] ?? "");

describe("docs/verbs", () => {
  it("has pages to look at", () => {
    expect(verbs.length).to.be.greaterThan(15);
    expect(actions.length).to.be.greaterThan(20);
    for (const { file, text } of verbs) {
      expect(titleOf(text), `title of ${file}`).not.to.be.empty;
      expect(tableOf(text, "Events"), `events of ${file}`).not.to.be.empty;
      expect(tableOf(text, "Errors"), `errors of ${file}`).not.to.be.empty;
    }
  });

  it("has a page for every action of the contracts, and only for those", () => {
    const titles = verbs.flatMap(({ text }) => titleOf(text));
    expect([...titles, notAnAction].sort()).to.deep.equal(actions);
  });

  it("lists every page and every action in its index", () => {
    const linked = [...index.matchAll(/\]\(([a-z-]+\.md)\)/g)].map((match) => match[1] ?? "");
    expect(unique(linked)).to.deep.equal(verbs.map(({ file }) => file));
    expect(without(actions, codeOf(index))).to.deep.equal([]);
  });

  it("names every error of the contracts", () => {
    const named = pages.flatMap(({ text }) => codeOf(prose(text)));
    expect(without(declared("error"), named)).to.deep.equal([]);
  });

  it("names every event of the contracts", () => {
    const named = pages.flatMap(({ text }) => codeOf(prose(text)));
    expect(without(declared("event"), named)).to.deep.equal([]);
  });

  for (const { file, text } of pages) {
    it(`names in ${file} only errors and events that exist, with their fields`, () => {
      expect(without(tableOf(text, "Errors"), declared("error")), "errors").to.deep.equal([]);
      expect(without(tableOf(text, "Events"), declared("event")), "events").to.deep.equal([]);
      const facts = codeOf(prose(text)).filter((code) => /^[A-Z]\w*\((\w+(, \w+)*)?\)$/.test(code));
      expect(without(facts, [...declared("error"), ...declared("event")])).to.deep.equal([]);
    });
  }

  it("prints the EIP-712 types as they are signed, and every one of them", () => {
    const types = Object.entries({ ...allTypes, ...receiveWithAuthorizationTypes }).map(
      ([name, fields]) => `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(",")})`,
    );
    const printed = verbs.flatMap(({ text }) => fenced(text, "text").flatMap((block) => block.trim().split("\n")));
    expect(unique(printed)).to.deep.equal(unique([...types, permitType]));
  });

  it("links to pages and sections that exist", () => {
    const anchorsOf = (text: string) =>
      [...prose(text).matchAll(/^#+ (.+)$/gm)].map((match) =>
        (match[1] ?? "")
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, "")
          .replaceAll(" ", "-"),
      );
    const broken = pages.flatMap(({ file, text }) =>
      [...prose(text).matchAll(/\]\(([^)#\s]*)#?([^)\s]*)\)/g)].flatMap(([, path = "", anchor = ""]) => {
        const target = globSync(join(folder, path === "" ? file : path))[0];
        const isThere =
          target !== undefined && (anchor === "" || anchorsOf(readFileSync(target, "utf8")).includes(anchor));
        return isThere ? [] : [`${file}: ${path}#${anchor}`];
      }),
    );
    expect(broken).to.deep.equal([]);
  });

  it("shows examples that type-check against the ABIs", () => {
    const [setup = ""] = fenced(index, "ts");
    const work = mkdtempSync(join(tmpdir(), "holdfast-verbs-"));
    try {
      symlinkSync(join(root, "node_modules"), join(work, "node_modules"));
      symlinkSync(join(root, "src"), join(work, "src"));
      writeFileSync(join(work, "package.json"), '{ "type": "module" }');
      const compilerOptions = { preserveSymlinks: true, types: ["node"] };
      const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["*.ts"] };
      writeFileSync(join(work, "tsconfig.json"), JSON.stringify(config));
      for (const { file, text } of verbs) {
        const examples = fenced(text, "ts");
        expect(examples, file).not.to.be.empty;
        const blocks = examples.map((example) => `{\n${example}}\n`);
        writeFileSync(join(work, `${basename(file, ".md")}.ts`), `${setup}\n${blocks.join("")}`);
      }
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const { status, stdout } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", work], { encoding: "utf8" });
      expect({ status, stdout }).to.deep.equal({ status: 0, stdout: "" });
    } finally {
      rmSync(work, { recursive: true });
    }
  });
});
