import { describe, it } from "node:test";
import { expect } from "chai";
import { ProtocolError } from "../../../src/core/errors.ts";
import {
  type HeadersFile,
  headersFormat,
  maxHeadersBytes,
  parseHeadersFile,
  serializeHeadersFile,
} from "../../../src/core/evidence/headersFile.ts";
import { named } from "../../fixtures/evidence.ts";

const block = (number: number) => ({
  number,
  hash: named(`block ${number}`),
  time: 1_800_000_000 + number,
  finalized: true,
  sources: ["a.example", "b.example:8545"],
});
const file: HeadersFile = {
  format: headersFormat,
  chainId: 1,
  collectedAt: 1_800_000_000,
  sources: ["a.example", "b.example:8545"],
  blocks: [block(9), block(10)],
};
const text = serializeHeadersFile(file);

const refusalOf = (changed: string) => {
  try {
    parseHeadersFile(changed);
  } catch (error) {
    if (error instanceof ProtocolError) return `${error.code} ${error.details.path ?? ""}`.trim();
    throw error;
  }
  return undefined;
};
const refusalWith = (changes: object) => refusalOf(JSON.stringify({ ...file, ...changes }));

describe("serializeHeadersFile", () => {
  it("is undone by parseHeadersFile, and writes keys in one order", () => {
    expect(parseHeadersFile(text)).to.deep.equal(file);
    const { format, ...rest } = file;
    expect(serializeHeadersFile({ ...rest, format })).to.equal(text);
  });

  it("refuses to write what could not be read", () => {
    const blocks = Array.from({ length: 6_000 }, (_, number) => block(number));
    expect(() => serializeHeadersFile({ ...file, blocks })).to.throw("headers-too-large");
    expect(() => serializeHeadersFile({ ...file, chainId: 0 })).to.throw("headers-malformed");
  });
});

describe("parseHeadersFile", () => {
  it("refuses another version with its own code, and another format as none", () => {
    expect(refusalWith({ format: "holdfast-headers/2" })).to.equal("headers-version-unknown");
    expect(refusalWith({ format: "holdfast-evidence-bundle/1" })).to.equal("headers-malformed format");
  });

  it("refuses what is no JSON, repeats a key or has a field that is not known", () => {
    expect(refusalOf("")).to.equal("headers-malformed");
    expect(refusalOf(text.slice(0, -3))).to.equal("headers-malformed");
    expect(refusalOf(text.replace('"chainId": 1', '"chainId": 1, "chainId": 1'))).to.equal("headers-malformed");
    expect(refusalWith({ url: "https://a.example/key" })).to.equal("headers-malformed");
    expect(refusalOf(`${text}${" ".repeat(maxHeadersBytes)}`)).to.equal("headers-too-large");
  });

  it("refuses blocks and sources that are repeated or out of order", () => {
    expect(refusalWith({ blocks: [] })).to.equal("headers-malformed blocks");
    expect(refusalWith({ blocks: [block(10), block(9)] })).to.equal("headers-malformed blocks");
    expect(refusalWith({ blocks: [block(9), block(9)] })).to.equal("headers-malformed blocks");
    expect(refusalWith({ sources: [...file.sources].reverse() })).to.equal("headers-malformed sources");
    expect(refusalWith({ sources: [] })).to.equal("headers-malformed sources");
  });

  it("refuses a block of a node that was not asked, and more of a node's address than its host", () => {
    const other = { ...block(9), sources: ["c.example"] };
    expect(refusalWith({ blocks: [other] })).to.equal("headers-malformed sources");
    for (const host of ["a.example/key", "user@a.example", "a.example?key=1", "A.example", "a b", ""]) {
      expect(refusalWith({ sources: [host] }), host).to.equal("headers-malformed sources.0");
    }
  });
});
