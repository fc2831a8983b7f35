import { describe, it } from "node:test";
import { expect } from "chai";
import { TypedDataEncoder } from "ethers";
import { intentExamples } from "../../../scripts/typedDataExamples.ts";
import { intentFacts } from "../../../src/core/deal/intentFacts.ts";
import { previewIntent } from "../../../src/core/deal/intentPreview.ts";
import { intentRules, type SignableKind } from "../../../src/core/deal/intentRules.ts";
import { ProtocolError } from "../../../src/core/errors.ts";
import { requestSchema } from "../../../src/wire/relayRequests.ts";
import { dealVectors } from "../../fixtures/deals.ts";

const { domain, panelDomain, intents, determination, extension } = dealVectors;
const example = (kind: SignableKind) => intentExamples.find(({ intent }) => intent.kind === kind)!;
const preview = (kind: SignableKind) => previewIntent(example(kind).intent, example(kind).place);
const codeOf = (run: () => unknown) => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof ProtocolError ? error.code : error;
  }
};

describe("previewIntent", () => {
  it("knows every kind that a relayer takes", () => {
    const kinds = requestSchema.options.map((option) => option.shape.kind.value);
    expect(Object.keys(intentRules)).to.have.members(kinds);
    expect(intentExamples.map(({ intent }) => intent.kind)).to.have.members(kinds);
  });

  it("gives JSON of which another library computes the same digest", () => {
    for (const { intent, place } of intentExamples) {
      const shown = JSON.parse(JSON.stringify(previewIntent(intent, place)));
      const { EIP712Domain, ...types } = shown.typedData.types;
      const { domain: signedIn, message, primaryType } = shown.typedData;
      expect(TypedDataEncoder.hash(signedIn, types, message), intent.kind).to.equal(shown.digest);
      expect(TypedDataEncoder.getPrimaryType(types)).to.equal(primaryType);
      expect(EIP712Domain.map(({ name }: { name: string }) => name)).to.deep.equal(Object.keys(signedIn));
      expect(primaryType).to.equal(intentRules[intent.kind].signs);
    }
  });

  it("has the digests of the vectors for what is signed under the escrow and the tribunal", () => {
    for (const { kind, digest } of intents) {
      if (kind !== "PostBond") expect(preview(kind).digest, kind).to.equal(digest);
    }
    expect(preview("Determination").digest).to.equal(determination.digest);
    expect(preview("Extension").digest).to.equal(extension.digest);
    expect(preview("PostBond").typedData.message.nonce).to.equal(
      intents.find(({ kind }) => kind === "PostBond")?.digest,
    );
  });

  it("says who signs, how many, until when and by which call", () => {
    const { terms } = example("FundDealWithAuthorization").place;
    expect(preview("FundDealWithAuthorization")).to.deep.include({
      action: "fund",
      signers: [{ role: "buyer", address: terms?.buyer }],
      threshold: 1,
      deadline: terms?.fundBy,
      call: { contract: "escrow", to: domain.escrow, function: "fundWithAuthorization" },
    });
    expect(preview("PayBalanceWithAuthorization").deadline).to.equal(terms?.balanceBy);
    expect(preview("Settlement").signers.map(({ role }) => role)).to.deep.equal(["buyer", "seller"]);
    const decided = preview("Determination");
    expect(decided).to.include({ threshold: 3, action: "award" });
    expect(decided.signers).to.have.length(5);
    expect(decided.call).to.deep.equal({ contract: "tribunal", to: panelDomain.tribunal, function: "determine" });
    expect(preview("WithdrawCredit")).to.deep.include({ action: null, threshold: 1 });
  });

  it("refuses the terms of another deal, and none", () => {
    const { intent, place } = example("ShipGoods");
    expect(codeOf(() => previewIntent(intent, { domain }))).to.equal("deal-unknown");
    const { terms } = example("FundDeal").place;
    expect(codeOf(() => previewIntent(intent, { domain, terms }))).to.equal("deal-unknown");
    const elsewhere = { ...place, domain: { ...domain, chainId: 1 } };
    expect(codeOf(() => previewIntent(intent, elsewhere))).to.equal("deal-unknown");
  });

  it("refuses a dispute by neither party, and a panel that the terms do not name", () => {
    const { intent: dispute, place } = example("OpenDispute");
    if (dispute.kind !== "OpenDispute") throw new Error("another example");
    const message = { ...dispute.message, by: domain.escrow };
    expect(codeOf(() => previewIntent({ ...dispute, message }, place))).to.equal("signature-invalid");
    const { intent: award } = example("Determination");
    if (award.kind !== "Determination") throw new Error("another example");
    const other = { ...award, panel: { ...award.panel, threshold: 1 } };
    expect(codeOf(() => previewIntent(other, place))).to.equal("panel-mismatch");
  });
});

describe("intentFacts", () => {
  it("names the state in which an intent holds, what it divides, and the balance that it pays", () => {
    const factsOf = (kind: SignableKind) => intentFacts(example(kind).intent, example(kind).place.terms);
    const seen = { status: 1, disputedFrom: 0, disputedAt: 0 };
    for (const kind of ["PayBalance", "PayBalanceWithAuthorization", "ConfirmReceipt", "Settlement"] as const) {
      expect(factsOf(kind).signedIn, kind).to.deep.equal(seen);
    }
    expect(factsOf("ShipGoods")).to.include({ signedIn: null, split: null, balance: null, disputedAt: null });
    const { price, deposit } = example("PayBalance").place.terms!;
    expect(factsOf("PayBalance")).to.include({ split: null, balance: price - deposit });
    expect(factsOf("RefundBuyer").split).to.deep.equal({ toBuyer: 20_000_000_000n, toSeller: 0n, compensation: 0n });
    expect(factsOf("Determination")).to.include({ answerWindow: 3 * 86_400, disputedAt: 2_000_864_000 });
    expect(factsOf("Extension")).to.include({ answerWindow: 0, disputedAt: 2_000_864_000 });
  });
});
