import { globSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";

const root = join(import.meta.dirname, "..");
/** From top to bottom, as in docs/architecture.md. "." is `service.ts` and `config.ts`. */
const layers = ["core", "abi", "chain", "ipfs", "wire", "sdk", "db", "relayer", "api", ".", "devnet", "cli", "web"];
const emptyNames = ["utils", "util", "helpers", "helper", "common", "misc", "manager"];
const barrels = ["src/abi/index.ts", "src/core/evidence/verify/index.ts", "src/core/index.ts", "src/sdk/index.ts"];

const find = (...patterns: string[]) => globSync(patterns, { cwd: root }).sort();
const read = (file: string) => readFileSync(join(root, file), "utf8");

const sources = find("src/**/*.{ts,tsx}");
const own = find("{src,scripts,bench,test,ignition}/**/*.{ts,tsx,mjs}", "contracts/**/*.sol");

/** The code alone: what stands in comments and strings forbids nothing. */
const codeOf = (file: string) =>
  read(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$|(?<=[\s;{}(),])\/\/ .*$/gm, "")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""');

const importsOf = (file: string) =>
  [
    ...read(file).matchAll(
      /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\("([^"]+)"\)/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? "");

/** The folder of src that a file stands in. */
const layerOf = (file: string) => {
  const [, folder = "", inFolder] = file.split("/");
  return inFolder === undefined ? "." : folder;
};

const rankOf = (file: string) => layers.indexOf(layerOf(file));

const linesWith = (files: readonly string[], pattern: RegExp) =>
  files.flatMap((file) =>
    codeOf(file)
      .split("\n")
      .flatMap((line) => (pattern.test(line) ? [`${file}: ${line.trim()}`] : [])),
  );

describe("architecture", () => {
  it("has sources to look at", () => {
    expect(sources.length).to.be.greaterThan(20);
    expect(sources.flatMap(importsOf).length).to.be.greaterThan(50);
  });

  it("keeps every folder of src in the list of layers", () => {
    expect([...new Set(sources.map(layerOf))].filter((name) => !layers.includes(name))).to.deep.equal([]);
    expect(sources.filter((file) => layerOf(file) === ".")).to.deep.equal(["src/config.ts", "src/service.ts"]);
  });

  it("imports only from the folders above", () => {
    const upward = sources.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith("."))
        .map((target) => relative(root, join(root, dirname(file), target)))
        .filter((target) => target.startsWith("src/") && rankOf(target) > rankOf(file))
        .map((target) => `${file} imports ${target}`),
    );
    expect(upward).to.deep.equal([]);
  });

  it("keeps the server out of what runs at a user's", () => {
    const server = ["db", "relayer", "api", ".", "devnet", "cli"];
    const reached = sources
      .filter((file) => ["core", "wire", "sdk", "web"].includes(layerOf(file)))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith("."))
          .map((target) => relative(root, join(root, dirname(file), target)))
          .filter((target) => server.includes(layerOf(target)))
          .map((target) => `${file} imports ${target}`),
      );
    expect(reached).to.deep.equal([]);
  });

  it("keeps exit codes, HTTP and terminals out of core", () => {
    const core = sources.filter((file) => layerOf(file) === "core");
    expect(linesWith(core, /\bexitCode|\bhttpStatus\b|\bisTTY\b|\\x1b|\\u001b\[/i)).to.deep.equal([]);
  });

  it("lets nothing in src depend on tests, scripts, benchmarks or Hardhat", () => {
    const foreign = sources.flatMap((file) =>
      importsOf(file)
        .filter((target) => /^hardhat\b|\/(?:test|scripts|bench)\//.test(target))
        .map((target) => `${file} imports ${target}`),
    );
    expect(foreign).to.deep.equal([]);
  });

  it("keeps core free of Node, so that it runs in a browser", () => {
    const platform = sources
      .filter((file) => layerOf(file) === "core")
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith("node:"))
          .map((target) => `${file}: ${target}`),
      );
    expect(platform).to.deep.equal([]);
  });

  it("keeps core free of clock, randomness and environment", () => {
    const core = sources.filter((file) => layerOf(file) === "core");
    expect(
      linesWith(
        core,
        /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bgetRandomValues\b|\brandomUUID\b|\bprocess\.|\bfetch\(/,
      ),
    ).to.deep.equal([]);
  });

  it("reads the environment in config.ts only", () => {
    expect(
      linesWith(
        sources.filter((file) => file !== "src/config.ts"),
        /\bprocess\.env\b/,
      ),
    ).to.deep.equal([]);
  });

  it("prints and exits in the entries of processes and in cli only", () => {
    const processes = ["src/service.ts", "src/devnet/anvilProcess.ts"];
    const silent = sources.filter((file) => !processes.includes(file) && !["cli", "web"].includes(layerOf(file)));
    expect(linesWith(silent, /\bconsole\.|\bprocess\.(?:exit|exitCode|stdout)\b/)).to.deep.equal([]);
  });

  it("has named exports only", () => {
    expect(linesWith(sources, /\bexport default\b/)).to.deep.equal([]);
  });

  it("has barrels only at the entries of the package", () => {
    const indexes = sources.filter((file) => basename(file) === "index.ts");
    expect(indexes.filter((file) => !barrels.includes(file))).to.deep.equal([]);
    const throughBarrel = sources.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.endsWith("/index.ts") && !barrels.includes(file))
        .map((target) => `${file} imports ${target}`),
    );
    expect(throughBarrel).to.deep.equal([]);
  });

  it("writes the suffix of every file that it imports", () => {
    const bare = own
      .filter((file) => !file.endsWith(".sol"))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith(".") && extname(target) === "")
          .map((target) => `${file} imports ${target}`),
      );
    expect(bare).to.deep.equal([]);
  });

  it("uses no any, and switches no type check off", () => {
    const typed = own.filter((file) => /\.tsx?$/.test(file) && file !== "test/architecture.test.ts");
    const anything = /(?:\bas|[:<,|&])\s+any\b|<any\b|\bany\[\]/;
    expect(linesWith(typed, anything)).to.deep.equal([]);
    const escapes = typed.filter((file) => /^\s*\/\/\s*@ts-(?:ignore|nocheck|expect-error)/m.test(read(file)));
    expect(escapes).to.deep.equal([]);
  });

  it("declares no interface, enum or namespace, and no class but errors", () => {
    expect(linesWith(sources, /^\s*(?:export\s+)?(?:interface|enum|const enum|namespace)\s+\w/)).to.deep.equal([]);
    expect(linesWith(sources, /^\s*(?:export\s+)?(?:abstract\s+)?class\s+\w+(?!.*\bextends \w*Error\b)/)).to.deep.equal(
      [],
    );
  });

  it("gives no file or folder a name that says nothing", () => {
    const vague = own.filter((file) =>
      file.split("/").some((part) => emptyNames.includes(part.replace(/\..*$/, "").toLowerCase())),
    );
    expect(vague).to.deep.equal([]);
  });

  it("names sources of src in camelCase, contracts in PascalCase", () => {
    const wrong = [
      ...sources.filter(
        (file) => !/^(?:\d{4}-[a-z0-9-]+|[a-z][A-Za-z0-9]*)\.tsx?$/.test(basename(file)) && layerOf(file) !== "web",
      ),
      ...find("contracts/**/*.sol").filter((file) => !/^[A-Z][A-Za-z0-9]*\.sol$/.test(basename(file))),
    ];
    expect(wrong).to.deep.equal([]);
  });

  it("leaves no work for later and no test skipped or alone", () => {
    // Put together here, so that this file does not find itself.
    const later = new RegExp(
      `\\b(?:${["TO", "FIX", "XX"].map((head, i) => head + ["DO", "ME", "X"][i]).join("|")})\\b`,
    );
    expect(own.filter((file) => later.test(read(file)))).to.deep.equal([]);
    const tests = own.filter((file) => file.startsWith("test/") && file.endsWith(".test.ts"));
    expect(linesWith(tests, /\b(?:it|describe|test)\.(?:only|skip)\b/)).to.deep.equal([]);
  });
});
