import { describe, it } from "node:test";
import { expect } from "chai";
import { type AbiEntry, abiModule } from "../../scripts/abiModule.ts";

const transfer: AbiEntry = {
  type: "function",
  name: "transfer",
  inputs: [{ name: "deal", type: "tuple", components: [{ name: "price", type: "uint96" }] }],
  outputs: [],
  stateMutability: "nonpayable",
};
const moved: AbiEntry = {
  type: "event",
  name: "Moved",
  inputs: [{ name: "id", type: "bytes32", indexed: true }],
  anonymous: false,
};
const tooLate: AbiEntry = { type: "error", name: "TooLate", inputs: [] };

describe("abiModule", () => {
  it("writes the entries in an order that does not depend on the compiler", () => {
    const written = abiModule("escrow", [transfer, moved, tooLate]);
    expect(abiModule("escrow", [tooLate, transfer, moved])).to.equal(written);
    expect(written.indexOf("transfer")).to.be.lessThan(written.indexOf("Moved"));
    expect(written.indexOf("Moved")).to.be.lessThan(written.indexOf("TooLate"));
  });

  it("writes an entry that came twice once", () => {
    expect(abiModule("escrow", [tooLate, tooLate])).to.equal(abiModule("escrow", [tooLate]));
  });

  it("leaves out what only the compiler needs", () => {
    const annotated = { ...moved, inputs: [{ name: "id", type: "bytes32", indexed: true, internalType: "DealId" }] };
    expect(abiModule("escrow", [annotated])).to.equal(abiModule("escrow", [moved]));
  });

  it("keeps the components of structs and whether a parameter is indexed", () => {
    const written = abiModule("escrow", [transfer, moved]);
    expect(written).to.include('"components":[{"name":"price","type":"uint96"}]').and.include('"indexed":true');
    expect(written)
      .to.match(/^export const escrowAbi = \[$/m)
      .and.match(/^\] as const;$/m);
  });
});
