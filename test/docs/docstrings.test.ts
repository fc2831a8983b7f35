import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";

const root = join(import.meta.dirname, "..", "..");
const rooms = ["core", "ipfs", "chain", "wire", "sdk", "db", "relayer", "api"];
const files = globSync(`src/{${rooms.join(",")}}/**/*.ts`, { cwd: root });
/** Texts say themselves what they are. */
const isText = (file: string) => /^src\/core\/text\/(en|zh)\//.test(file);
const declaration = /^export (?:declare )?(?:async )?(?:const|function|type|class) (\w+)/;
/** Also where its parameters go over several lines. */
const arrow = /^export const \w+ = (?:async )?(?:<.*>)?\((?:.*=>|[^)]*$)/;

const linesOf = (file: string) => readFileSync(join(root, file), "utf8").split("\n");

/** What the file exports without a comment above it; overloads have theirs above the first. */
const undocumented = (file: string): string[] => {
  const lines = linesOf(file);
  return lines.flatMap((line, index) => {
    const name = declaration.exec(line)?.[1];
    const above = lines[index - 1] ?? "";
    const isDocumented = above.trimEnd().endsWith("*/") || declaration.exec(above)?.[1] === name;
    return name === undefined || isDocumented ? [] : [`${file}: ${name}`];
  });
};

describe("the exports of src", () => {
  it("each have a comment that says what a reader gets", () => {
    expect(files.length).to.be.greaterThan(100);
    expect(files.filter((file) => !isText(file)).flatMap(undocumented)).to.deep.equal([]);
  });

  it("are function declarations where they are functions", () => {
    const found = globSync("src/**/*.ts", { cwd: root }).flatMap((file) =>
      linesOf(file).flatMap((line) => (arrow.test(line) ? [`${file}: ${line}`] : [])),
    );
    expect(found).to.deep.equal([]);
  });

  it("have comments of at most 100 characters a line, but for the code of examples", () => {
    const found = globSync("src/**/*.ts", { cwd: root }).flatMap((file) => {
      let isExample = false;
      return linesOf(file).filter((line) => {
        if (/@example/.test(line)) isExample = true;
        else if (/\*\/|\* @/.test(line)) isExample = false;
        return !isExample && /^\s*(\*|\/\/|\/\*\*)/.test(line) && line.length > 100;
      });
    });
    expect(found).to.deep.equal([]);
  });
});

/** What a caller of a contract can call, catch or read, with the line above it. */
const calledFrom = (file: string) => {
  const lines = linesOf(file);
  const isInterface = lines.some((line) => /^interface /.test(line));
  return lines.flatMap((line, index) => {
    const [, kind, name] = /^\s*(error|event|function) (\w+)/.exec(line) ?? [];
    if (name === undefined) return [];
    const rest = lines.slice(index).join(" ");
    const isForCallers =
      kind !== "function" || isInterface || /\b(?:external|public)\b/.test(rest.slice(0, rest.search(/[{;]/)));
    return isForCallers ? [{ name: `${file}: ${name}`, above: (lines[index - 1] ?? "").trim() }] : [];
  });
};

describe("the errors, events and external functions of the contracts", () => {
  const contracts = globSync("contracts/**/*.sol", { cwd: root, exclude: ["contracts/mocks/**"] });

  it("each have a comment, or the one of the interface", () => {
    const found = contracts.flatMap(calledFrom);
    expect(found.length).to.be.greaterThan(150);
    const isComment = (text: string) => /^\/\/\/ |\*\/$/.test(text);
    expect(found.filter(({ above }) => !isComment(above)).map(({ name }) => name)).to.deep.equal([]);
  });

  it("have their units said where the interface explains itself", () => {
    const ours = contracts.filter((file) => linesOf(file).some((line) => /^\s*event /.test(line)));
    expect(ours).to.have.length(3);
    expect(ours.filter((file) => !/minor units|\bseconds\b/.test(linesOf(file).join("\n")))).to.deep.equal([]);
  });
});
