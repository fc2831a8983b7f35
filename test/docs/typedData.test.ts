import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";
import { TypedDataEncoder } from "ethers";
import { keccak256, stringToBytes } from "viem";
import { typedDataPage } from "../../scripts/typedDataPage.ts";
import { allTypes } from "../../src/core/deal/intents.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/typed-data.md"), "utf8");
const examples = [...page.matchAll(/^```json\n([\s\S]*?)^```\n\nDigest: `(0x\w+)`$/gm)];

describe("docs/typed-data.md", () => {
  it("is what scripts/generate-typed-data.ts writes", () => {
    expect(page).equal(typedDataPage());
  });

  it("has examples whose JSON has the digest that stands beside it", () => {
    for (const [, text = "", digest] of examples) {
      const { domain, types: all, message } = JSON.parse(text);
      const { EIP712Domain: _, ...types } = all;
      expect(TypedDataEncoder.hash(domain, types, message)).equal(digest);
    }
  });

  it("has every type of the protocol, with its hash", () => {
    const hashes = new Map(
      [...page.matchAll(/^```text\n(.*)\n```\n\nType hash: `(0x\w+)`$/gm)].map(([, type = "", hash]) => [type, hash]),
    );
    for (const [type, hash] of hashes) expect(keccak256(stringToBytes(type))).equal(hash);
    const names = [...hashes.keys()].map((type) => type.slice(0, type.indexOf("(")));
    const others = ["ReceiveWithAuthorization", "PermitWitnessTransferFrom", "Evidence"];
    expect(names).have.members([...Object.keys(allTypes), ...others]);
    // Payments in a token have three examples of one type; Permit2 and evidence have one each.
    expect(examples).length(Object.keys(allTypes).length + 5);
  });
});
