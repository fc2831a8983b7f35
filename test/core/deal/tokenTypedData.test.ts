import { describe, it } from "node:test";
import { expect } from "chai";
import { keccak256, TypedDataEncoder, toUtf8Bytes } from "ethers";
import { hashTypedData } from "viem";
import { termsSchema } from "../../../src/core/deal/terms.ts";
import { fundingAuthorization, fundingPermit2 } from "../../../src/core/deal/tokenTypedData.ts";
import { dealVectors } from "../../fixtures/deals.ts";

const { domain, deals } = dealVectors;
const { terms: json, id } = deals.find(({ name }) => name === "plain")!;
const terms = termsSchema.parse(json);

/** Hash of the type string, as ethers writes it out. */
const typeHashOf = (types: object, primaryType: string) => {
  const encoder = TypedDataEncoder.from(types as ConstructorParameters<typeof TypedDataEncoder>[0]);
  return keccak256(toUtf8Bytes(encoder.encodeType(primaryType)));
};

describe("fundingAuthorization", () => {
  const typedData = fundingAuthorization(terms, domain, { name: "USD Coin", version: "2" });

  it("has the type hash that ERC-3009 prints", () => {
    expect(typeHashOf(typedData.types, typedData.primaryType)).to.equal(
      "0xd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8",
    );
  });

  it("lets exactly the deposit go to the escrow, for this deal, until it must be funded", () => {
    expect(typedData.domain.verifyingContract).to.equal(terms.token);
    expect(typedData.message).to.deep.equal({
      from: terms.buyer,
      to: domain.escrow,
      value: terms.deposit,
      validAfter: 0n,
      validBefore: BigInt(terms.fundBy),
      nonce: id,
    });
  });

  it("has the digest that ethers computes", () => {
    const { domain: signedIn, types, message } = typedData;
    const fields = types as unknown as Parameters<typeof TypedDataEncoder.hash>[1];
    expect(hashTypedData(typedData)).to.equal(TypedDataEncoder.hash(signedIn, fields, message));
  });
});

describe("fundingPermit2", () => {
  it("has the type hash of Permit2's witness transfer with the escrow's witness", () => {
    const { types, primaryType } = fundingPermit2(terms, domain, 7n);
    const transfer =
      "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,";
    const witness = "Deal witness)Deal(bytes32 id)TokenPermissions(address token,uint256 amount)";
    expect(typeHashOf(types, primaryType)).to.equal(keccak256(toUtf8Bytes(transfer + witness)));
  });

  it("names the deal as its witness", () => {
    const { message } = fundingPermit2(terms, domain, 7n);
    expect(message.witness.id).to.equal(id);
    expect(message).to.include({ spender: domain.escrow, nonce: 7n, deadline: BigInt(terms.fundBy) });
  });
});
