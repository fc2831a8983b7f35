import { describe, it } from "node:test";
import { expect } from "chai";
import { AbiCoder, keccak256, TypedDataEncoder } from "ethers";
import { zeroAddress } from "viem";
import {
  dealIdOf,
  escrowDomain,
  MAX_BACKSTOP,
  MAX_COVERED_EXPOSURE,
  MAX_EXPOSURE,
  MIN_WINDOW,
  requireFundable,
  type Terms,
  termsDigest,
  termsSchema,
  termsToJson,
  termsTypes,
} from "../../../src/core/deal/terms.ts";
import { ProtocolError } from "../../../src/core/errors.ts";
import { dealVectors } from "../../fixtures/deals.ts";

const { domain, deals } = dealVectors;
const plain = termsSchema.parse(deals.find(({ name }) => name === "plain")!.terms);
const NOW = plain.fundBy - 1;

/** The fact that makes the terms unsafe, or `undefined`. */
const factOf = (terms: Terms, now = NOW) => {
  try {
    requireFundable(terms, now, domain.escrow);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "terms-unsafe") return error.details.fact;
    throw error;
  }
  return undefined;
};

describe("terms", () => {
  it("have the name and the digest of the vectors, as viem and as ethers compute them", () => {
    for (const { terms: json, id, termsDigest: digest, words } of deals) {
      const terms = termsSchema.parse(json);
      expect(dealIdOf(terms, domain)).to.equal(id);
      const encoded = AbiCoder.defaultAbiCoder().encode(
        ["uint256", "address", "bytes32[8]"],
        [domain.chainId, domain.escrow, words],
      );
      expect(keccak256(encoded)).to.equal(id);
      expect(termsDigest(terms, domain)).to.equal(digest);
      const types = { Terms: termsTypes.Terms.map((field) => ({ ...field })) };
      expect(TypedDataEncoder.hash(escrowDomain(domain), types, terms)).to.equal(digest);
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
    const split = { deposit: plain.price / 2n, balanceBy: plain.fundBy + MIN_WINDOW };
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
      ["buyer-is-marketplace", { marketplace: plain.buyer }],
      ["escrow-is-party", { buyer: domain.escrow }],
      ["escrow-is-party", { seller: domain.escrow }],
      ["escrow-is-party", { marketplace: domain.escrow }],
      ["tribunal-is-party", { marketplace: plain.tribunal }],
      ["earnest-too-high", { ...split, deposit: plain.price / 5n + 1n, earnest: true }],
      ["earnest-not-covered", { ...split, deposit: plain.price / 5n, coverage: plain.price / 5n - 1n, earnest: true }],
      [undefined, { ...split, deposit: plain.price / 5n, coverage: plain.price / 5n, earnest: true }],
      ["clocks-out-of-order", { shipBy: plain.fundBy + MIN_WINDOW - 1 }],
      [undefined, { shipBy: plain.fundBy + MIN_WINDOW }],
      ["clocks-out-of-order", { deliverBy: plain.shipBy + MIN_WINDOW - 1 }],
      ["clocks-out-of-order", { ...split, balanceBy: plain.fundBy + MIN_WINDOW - 1 }],
      ["clocks-out-of-order", { ...split, balanceBy: plain.shipBy - MIN_WINDOW + 1 }],
      ["inspection-too-short", { inspection: MIN_WINDOW - 1 }],
      ["backstop-too-short", { backstop: MIN_WINDOW - 1 }],
      [undefined, { backstop: MIN_WINDOW }],
      ["exposure-too-long", { backstop: MAX_BACKSTOP + 1 }],
      [undefined, { backstop: MAX_BACKSTOP }],
      ["tail-too-short", { coverage: 1n, tail: plain.inspection - 1 }],
      [undefined, { coverage: 1n, tail: plain.inspection }],
      [undefined, { tail: 0 }],
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
