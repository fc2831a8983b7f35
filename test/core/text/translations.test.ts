import { describe, it } from "node:test";
import { expect } from "chai";
import { textsIn } from "../../../src/core/text/texts.ts";

type Leaf = Readonly<{ path: string; text: string; names: readonly string[] }>;

/** Texts that are the same in every language: what is filled in, marks, command lines. */
const sameInBoth = [
  /^problems\.field\.value-unexpected$/,
  /^report\.label\.(?:sha256|sm3)$/,
  /^report\.bySources\(\)$/,
  /^units\.percent\(\)$/,
  /^(?:report|verdict)\.(?:list|source)Separator$/,
  /\.separator$/,
  /^page\.otherLanguage$/,
  /^deal\.tokenAt\(\)$/,
  /^command\.evidenceList\.(?:kindAndState|withRole)\(\)$/,
];

/** An address in a line of its own. */
const isAddress = (text: string) => /^\s+\w+:\/\/\S+$/.test(text);

/** What a function of a text gets for each of its values; a number where it counts, a list where it joins. */
const samples = (count: number) => Array.from({ length: count }, (_, index) => `${index + 7}`);

const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([name]) => name).toSorted();

/** Every text under an object, by its path. A function gives what it says of sample values, and those that it names. */
const leavesOf = (value: unknown, path: string): Leaf[] => {
  if (typeof value === "string") return [{ path, text: value, names: namesIn(value) }];
  if (typeof value === "function") {
    const values = samples(value.length);
    return leavesOf((value as (...values: string[]) => unknown)(...values), `${path}()`).map((leaf) => ({
      ...leaf,
      names: [...leaf.names, ...values.filter((sample) => leaf.text.includes(sample))],
    }));
  }
  return Object.entries(value as object).flatMap(([name, inner]) =>
    leavesOf(inner, path === "" ? name : `${path}.${name}`),
  );
};

/**
 * Words of Chinese law that would say more than is true, and second words for one thing. A court
 * gives a 裁定 or a 判决, an arbitration institution a 裁决; our arbitrators' is a 处理结果.
 */
const forbidden = /裁决|裁定|判决|陪审|意向|商家|押金|订金|可提取/u;

const english = leavesOf(textsIn("en"), "");
const chinese = new Map(leavesOf(textsIn("zh"), "").map((leaf) => [leaf.path, leaf]));

describe("translations", () => {
  it("exist for every text, and for nothing else", () => {
    expect(english.length).to.be.greaterThan(500);
    expect([...chinese.keys()]).to.have.members(english.map(({ path }) => path));
  });

  it("are Chinese", () => {
    const untranslated = english
      .filter(({ path, text }) => !sameInBoth.some((pattern) => pattern.test(path)) && !isAddress(text))
      .filter(({ path }) => !/\p{Script=Han}/u.test(chinese.get(path)?.text ?? ""))
      .map(({ path, text }) => `${path}: ${text}`);
    expect(untranslated).to.deep.equal([]);
  });

  it("name the same values", () => {
    const differing = english
      .filter(({ path, names }) => names.join() !== chinese.get(path)?.names.join())
      .map(({ path, names }) => `${path}: ${names.join()} and ${chinese.get(path)?.names.join()}`);
    expect(differing).to.deep.equal([]);
  });

  it("have one Chinese word for one thing", () => {
    const found = [...chinese.values()].filter(({ text }) => forbidden.test(text));
    expect(found.map(({ path, text }) => `${path}: ${text}`)).to.deep.equal([]);
  });

  it("say 定金 of earnest money only, which is forfeited or paid back double", () => {
    const found = english
      .filter(({ path, text }) => !/earnest/i.test(`${path} ${text}`) && chinese.get(path)?.text.includes("定金"))
      .map(({ path, text }) => `${path}: ${text}`);
    expect(found).to.deep.equal([]);
  });
});
