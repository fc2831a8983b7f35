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
