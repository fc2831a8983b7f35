import { describe, it } from "node:test";
import { expect } from "chai";
import fc from "fast-check";
import type { Address, Hex } from "viem";
import { type Terms, termsSchema } from "../../../src/core/deal/terms.ts";
import { packTerms } from "../../../src/core/deal/termsCodec.ts";
import { unpackTerms } from "../../../src/core/deal/unpackTerms.ts";
import { ProtocolError } from "../../../src/core/errors.ts";
import { dealVectors } from "../../fixtures/deals.ts";

const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((value) => `0x${Buffer.from(value).toString("hex")}` as Hex);
const account = hex(20) as fc.Arbitrary<Address>;
const units = fc.bigInt({ min: 0n, max: 2n ** 96n - 1n });
const time = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const share = fc.integer({ min: 0, max: 10_000 });
const anyTerms: fc.Arbitrary<Terms> = fc.record({
  buyer: account,
  seller: account,
  marketplace: account,
  attestor: account,
  token: account,
  price: units,
  deposit: units,
  coverage: units,
  feeBps: share,
  earnest: fc.boolean(),
  fundBy: time,
  balanceBy: time,
  shipBy: time,
  deliverBy: time,
  inspection: time,
  tail: time,
  tribunal: account,
  rules: hex(32),
  backstop: time,
  silenceBps: share,
  order: hex(32),
});

const codeOf = (words: readonly Hex[]) => {
  try {
    unpackTerms({ words });
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return undefined;
};

describe("termsCodec", () => {
  it("packs the vectors and reads them back", () => {
    for (const { terms: json, words } of dealVectors.deals) {
      const terms = termsSchema.parse(json);
      expect(packTerms(terms).words).to.deep.equal(words);
      expect(unpackTerms({ words })).to.deep.equal(terms);
    }
  });

  it("reads back whatever it packed", () => {
    fc.assert(fc.property(anyTerms, (terms) => void expect(unpackTerms(packTerms(terms))).to.deep.equal(terms)));
  });

  it("reads words in upper case too", () => {
    const { words, terms } = dealVectors.deals[1]!;
    const upper = words.map((word) => `0x${word.slice(2).toUpperCase()}` as Hex);
    expect(unpackTerms({ words: upper })).to.deep.equal(termsSchema.parse(terms));
  });

  it("refuses seven words and nine", () => {
    const { words } = dealVectors.deals[1]!;
    expect(codeOf(words.slice(0, 7))).to.equal("terms-malformed");
    expect(codeOf([...words, words[7]])).to.equal("terms-malformed");
  });

  it("refuses a share above the whole and a yes that is neither zero nor one", () => {
    const words: Hex[] = [...dealVectors.deals[0]!.words];
    const withWord = (index: number, rest: bigint) => words.with(index, `0x${rest.toString(16).padStart(64, "0")}`);
    expect(codeOf(withWord(3, 10_001n << 80n))).to.equal("terms-malformed");
    expect(codeOf(withWord(3, 10_001n << 64n))).to.equal("terms-malformed");
    for (let bit = 1n; bit < 32n; bit += 1n) {
      expect(codeOf(withWord(5, BigInt(words[5]!) | (1n << bit))), `bit ${bit}`).to.equal("terms-malformed");
    }
  });
});
