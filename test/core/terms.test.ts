import { describe, it } from "node:test";
import { expect } from "chai";
import { TypedDataEncoder } from "ethers";
import { zeroAddress } from "viem";
import { ProtocolError } from "../../src/core/errors.ts";
import {
  dealIdOf,
  escrowDomain,
  MAX_COVERED_EXPOSURE,
  MAX_EXPOSURE,
  requireFundable,
  type Terms,
  termsSchema,
  termsToJson,
  termsTypes,
} from "../../src/core/terms.ts";
import { dealVectors } from "../fixtures/deals.ts";

const { domain, deals } = dealVectors;
const plain = termsSchema.parse(deals.find(({ name }) => name === "plain")!.terms);
const NOW = plain.fundBy - 1;

/** The fact that makes the terms unsafe, or `undefined`. */
const factOf = (terms: Terms, now = NOW) => {
  try {
    requireFundable(terms, now);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "terms-unsafe") return error.details.fact;
    throw error;
  }
  return undefined;
};

describe("terms", () => {
  it("are named by the digest of the vectors, as viem and as ethers compute it", () => {
    for (const { terms: json, id } of deals) {
      const terms = termsSchema.parse(json);
      expect(dealIdOf(terms, domain)).to.equal(id);
      const types = { Terms: termsTypes.Terms.map((field) => ({ ...field })) };
      expect(TypedDataEncoder.hash(escrowDomain(domain), types, terms)).to.equal(id);
    }
  });

  it("have another name with any field, chain or contract changed", () => {
    const ids = new Set([dealIdOf(plain, domain)]);
    for (const field of Object.keys(plain) as (keyof Terms)[]) {
      const value = plain[field];
      const other =
        typeof value === "boolean"
          ? !value
          : typeof value === "bigint"
            ? value + 1n
            : typeof value === "number"
              ? value + 1
              : value.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
      ids.add(dealIdOf({ ...plain, [field]: other } as Terms, domain));
    }
    ids.add(dealIdOf(plain, { ...domain, chainId: 1 }));
    ids.add(dealIdOf(plain, { ...domain, escrow: zeroAddress }));
    expect(ids.size).to.equal(1 + Object.keys(plain).length + 2);
  });

  it("go over the wire and back", () => {
    for (const { terms: json } of deals) expect(termsToJson(termsSchema.parse(json))).to.deep.equal(json);
  });

  it("are refused on the wire with a field too many or too few", () => {
    const { terms } = deals[0]!;
    expect(termsSchema.safeParse({ ...terms, salt: "0x" }).success).to.equal(false);
    const { order: _, ...without } = terms;
    expect(termsSchema.safeParse(without).success).to.equal(false);
  });

  it("are fundable until the second before fundBy", () => {
    expect(factOf(plain)).to.equal(undefined);
    expect(factOf(plain, plain.fundBy)).to.equal("fund-by-passed");
  });

  it("are refused with the first fact that makes them unsafe", () => {
    const split = { deposit: plain.price / 2n, balanceBy: plain.fundBy + 1 };
    const cases: readonly (readonly [fact: string | undefined, changes: Partial<Terms>])[] = [
      ["address-zero", { buyer: zeroAddress }],
      ["address-zero", { seller: zeroAddress }],
      ["address-zero", { attestor: zeroAddress }],
      ["address-zero", { tribunal: zeroAddress }],
      ["marketplace-missing", { feeBps: 1 }],
      ["buyer-is-seller", { seller: plain.buyer }],
      ["attestor-is-seller", { attestor: plain.seller }],
      [undefined, { attestor: plain.buyer }],
      ["amount-zero", { deposit: 0n }],
      ["deposit-exceeds-price", { deposit: plain.price + 1n }],
      ["earnest-too-high", { ...split, deposit: plain.price / 5n + 1n, earnest: true }],
      [undefined, { ...split, deposit: plain.price / 5n, earnest: true }],
      ["clocks-out-of-order", { shipBy: plain.fundBy }],
      ["clocks-out-of-order", { deliverBy: plain.shipBy }],
      ["clocks-out-of-order", { ...split, balanceBy: plain.fundBy }],
      ["clocks-out-of-order", { ...split, balanceBy: plain.shipBy }],
      ["clocks-out-of-order", { inspection: 0 }],
      ["clocks-out-of-order", { backstop: 0 }],
      ["exposure-too-long", { backstop: MAX_EXPOSURE + 1 }],
      ["exposure-too-long", { coverage: 1n, backstop: MAX_COVERED_EXPOSURE + 1 }],
      [undefined, { backstop: MAX_EXPOSURE }],
    ];
    for (const [fact, changes] of cases)
      expect(factOf({ ...plain, ...changes }), JSON.stringify(Object.keys(changes))).to.equal(fact);
  });

  it("are fundable up to the longest course, to the second", () => {
    const rest = plain.deliverBy - NOW + plain.inspection;
    for (const [coverage, longest] of [
      [0n, MAX_EXPOSURE],
      [1n, MAX_COVERED_EXPOSURE],
    ] as const) {
      expect(factOf({ ...plain, coverage, tail: longest - rest })).to.equal(undefined);
      expect(factOf({ ...plain, coverage, tail: longest - rest + 1 })).to.equal("exposure-too-long");
    }
  });
});
