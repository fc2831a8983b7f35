import { expect } from "chai";
import { network } from "hardhat";
import { consent, deployEscrow, statusNumber } from "../fixtures/escrow.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

describe("Escrow", () => {
  describe("deliver", () => {
    it("records delivery, starts the inspection and moves no money", async () => {
      const f = await load();
      const deal = await f.reach("shipped");
      const at = (await f.time.latest()) + 100;
      await f.time.setNextBlockTimestamp(at);
      const delivery = f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x");

      await expect(delivery)
        .to.emit(f.escrow, "DealDelivered")
        .withArgs(deal.id, f.digest("proof"), at + deal.terms.inspection);
      await expect(delivery).to.changeEtherBalances(ethers, [f.escrow, f.seller], [0n, 0n]);
      expect(await f.escrow.dealOf(deal.id)).to.deep.equal([
        statusNumber("delivered"),
        0n,
        deal.terms.price,
        BigInt(at + deal.terms.inspection),
        0n,
        0n,
      ]);
    });

    it("is possible one second before deliverBy and reverts with DeadlinePassed at deliverBy", async () => {
      const f = await load();
      const deal = await f.reach("shipped");
      const send = () => f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x");
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(deal.terms.deliverBy);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [deal.terms.deliverBy] });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(deal.terms.deliverBy - 1);
      await expect(send()).to.emit(f.escrow, "DealDelivered");
    });

    it("reverts with NotCaller for anybody but the attestor, the seller above all", async () => {
      const f = await load();
      const deal = await f.reach("shipped");
      for (const caller of [f.seller, f.buyer, f.relayer])
        await f.expectRefusal(deal, () => f.escrow.connect(caller).deliver(deal.packed, f.digest("proof"), "0x"), {
          error: "NotCaller",
          args: [caller, f.attestor],
        });
    });

    it("reverts with WrongStatus before shipping and the second time", async () => {
      const f = await load();
      for (const status of ["funded", "delivered"] as const) {
        const deal = await f.reach(status);
        await f.expectRefusal(deal, () => f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x"), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("shipped")],
        });
      }
    });
  });

  describe("deliverFor", () => {
    itTakesOneSignature(load, {
      by: "attestor",
      arrange: (f, changes) => f.reach("shipped", changes),
      intent: (deal, deadline, f) => ({
        kind: "AttestDelivery",
        message: { deal: deal.id, proof: f.digest("proof"), deadline },
      }),
      send: (f, deal, { deadline, signature }) =>
        f.escrow.connect(f.relayer).deliver(deal.packed, f.digest("proof"), consent(deadline, signature)),
      event: "DealDelivered",
      replay: (deal) => ({
        error: "WrongStatus",
        args: [deal.id, statusNumber("delivered"), statusNumber("shipped")],
      }),
    });

    it("reverts with SignatureInvalid for another proof", async () => {
      const f = await load();
      const deal = await f.reach("shipped");
      const message = { deal: deal.id, proof: f.digest("proof"), deadline: deal.terms.deliverBy };
      const signature = await f.signIntent(f.attestor, { kind: "AttestDelivery", message });
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.relayer).deliver(deal.packed, f.digest("other"), consent(message.deadline, signature)),
        { error: "SignatureInvalid", args: [f.attestor] },
      );
    });
  });
});
