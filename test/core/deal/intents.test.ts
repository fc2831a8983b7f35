import { describe, it } from "node:test";
import { expect } from "chai";
import { TypedDataEncoder } from "ethers";
import { keccak256, stringToBytes } from "viem";
import {
  allTypes,
  determinationDigest,
  determinationSchema,
  determinationTypedData,
  type Intent,
  type IntentKind,
  intentDigest,
  intentSchemas,
  intentTypedData,
  intentTypes,
} from "../../../src/core/deal/intents.ts";
import { dealVectors } from "../../fixtures/deals.ts";

const { domain, panelDomain, intents, determination, types } = dealVectors;

const intentOf = ({ kind, message }: (typeof intents)[number]): Intent =>
  ({ kind, message: intentSchemas[kind].parse(message) }) as Intent;

const mutable = (given: Readonly<Record<string, readonly { name: string; type: string }[]>>) =>
  Object.fromEntries(Object.entries(given).map(([name, fields]) => [name, fields.map((field) => ({ ...field }))]));

describe("intents", () => {
  it("have the digests of the vectors, as viem and as ethers compute them", () => {
    expect(intents.map(({ kind }) => kind).sort()).to.deep.equal(Object.keys(intentTypes).sort());
    for (const vector of intents) {
      const intent = intentOf(vector);
      expect(intentDigest(intent, domain), vector.kind).to.equal(vector.digest);
      const data = intentTypedData(intent, domain);
      expect(TypedDataEncoder.hash(data.domain, mutable(data.types), data.message), vector.kind).to.equal(
        vector.digest,
      );
    }
  });

  it("have the type strings and hashes of the vectors", () => {
    expect(types.map(({ type }) => type.slice(0, type.indexOf("(")))).to.deep.equal(Object.keys(allTypes));
    for (const { type, typeHash } of types) {
      const name = type.slice(0, type.indexOf("(")) as keyof typeof allTypes;
      expect(TypedDataEncoder.from(mutable({ [name]: allTypes[name] })).encodeType(name)).to.equal(type);
      expect(keccak256(stringToBytes(type))).to.equal(typeHash);
    }
  });

  it("have another digest with any field, chain or contract changed", () => {
    for (const vector of intents) {
      const intent = intentOf(vector);
      const digests = new Set([vector.digest]);
      for (const [field, value] of Object.entries(intent.message)) {
        const other =
          typeof value === "bigint"
            ? value + 1n
            : typeof value === "number"
              ? Math.abs(value - 1)
              : String(value).replace(/.$/, (last) => (last === "0" ? "1" : "0"));
        digests.add(
          intentDigest({ kind: intent.kind, message: { ...intent.message, [field]: other } } as Intent, domain),
        );
      }
      digests.add(intentDigest(intent, { ...domain, chainId: 1 }));
      digests.add(intentDigest(intent, { ...domain, escrow: panelDomain.tribunal }));
      expect(digests.size, vector.kind).to.equal(1 + Object.keys(intent.message).length + 2);
    }
  });

  it("are read from the wire with exactly the fields that are signed", () => {
    for (const { kind, message } of intents) {
      const schema = intentSchemas[kind];
      expect(Object.keys(schema.shape)).to.deep.equal(intentTypes[kind as IntentKind].map(({ name }) => name));
      expect(schema.safeParse({ ...message, extra: 1 }).success, kind).to.equal(false);
      for (const field of Object.keys(message)) {
        const without = Object.fromEntries(Object.entries(message).filter(([name]) => name !== field));
        expect(schema.safeParse(without).success, `${kind} without ${field}`).to.equal(false);
      }
    }
  });

  it("refuse a nonce that is not a decimal number below 2^256", () => {
    const { message } = intents.find(({ kind }) => kind === "WithdrawCredit")!;
    for (const nonce of ["-1", "01", "0x1", "1e3", "", 1, "9".repeat(78)])
      expect(intentSchemas.WithdrawCredit.safeParse({ ...message, nonce }).success, String(nonce)).to.equal(false);
  });
});

describe("determination", () => {
  it("has the digest of the vectors, as viem and as ethers compute it", () => {
    const message = determinationSchema.parse(determination.message);
    expect(determinationDigest(message, panelDomain)).to.equal(determination.digest);
    const data = determinationTypedData(message, panelDomain);
    expect(TypedDataEncoder.hash(data.domain, mutable(data.types), data.message)).to.equal(determination.digest);
  });

  it("has another digest before another tribunal, on another chain, and with other amounts", () => {
    const message = determinationSchema.parse(determination.message);
    const digests = new Set([
      determination.digest,
      determinationDigest(message, { ...panelDomain, chainId: 1 }),
      determinationDigest(message, { ...panelDomain, tribunal: domain.escrow }),
      determinationDigest({ ...message, toBuyer: message.toBuyer + 1n }, panelDomain),
      determinationDigest({ ...message, compensation: 0n }, panelDomain),
    ]);
    expect(digests.size).to.equal(5);
  });
});
