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
  describe("ship", () => {
    it("records that the goods left and moves no money", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const shipping = f.escrow.connect(f.seller).ship(deal.packed, f.digest("tracking"), "0x");

      await expect(shipping).to.emit(f.escrow, "DealShipped").withArgs(deal.id, f.digest("tracking"));
      await expect(shipping).to.changeEtherBalances(ethers, [f.escrow, f.seller], [0n, 0n]);
      expect(await f.escrow.dealOf(deal.id)).to.deep.equal([statusNumber("shipped"), 0n, deal.terms.price, 0n, 0n, 0n]);
    });

    it("is possible one second before shipBy and reverts with DeadlinePassed at shipBy", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const send = () => f.escrow.connect(f.seller).ship(deal.packed, f.digest("tracking"), "0x");
      const snapshot = await networkHelpers.takeSnapshot();
      await f.time.setNextBlockTimestamp(deal.terms.shipBy);
      await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [deal.terms.shipBy] });
      await snapshot.restore();
      await f.time.setNextBlockTimestamp(deal.terms.shipBy - 1);
      await expect(send()).to.emit(f.escrow, "DealShipped");
    });

    it("reverts with NotCaller for anybody but the seller", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      await f.expectRefusal(deal, () => f.escrow.connect(f.buyer).ship(deal.packed, f.digest("tracking"), "0x"), {
        error: "NotCaller",
        args: [f.buyer, f.seller],
      });
    });

    it("reverts with WrongStatus before the balance is paid and the second time", async () => {
      const f = await load();
      for (const status of ["deposited", "shipped"] as const) {
        const deal = await f.reach(status);
        await f.expectRefusal(deal, () => f.escrow.connect(f.seller).ship(deal.packed, f.digest("tracking"), "0x"), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("funded")],
        });
      }
    });
  });

  describe("shipFor", () => {
    itTakesOneSignature(load, {
      by: "seller",
      arrange: (f, changes) => f.reach("funded", changes),
      intent: (deal, deadline, f) => ({
        kind: "ShipGoods",
        message: { deal: deal.id, tracking: f.digest("tracking"), deadline },
      }),
      send: (f, deal, { deadline, signature }) =>
        f.escrow.connect(f.relayer).ship(deal.packed, f.digest("tracking"), consent(deadline, signature)),
      event: "DealShipped",
      replay: (deal) => ({
        error: "WrongStatus",
        args: [deal.id, statusNumber("shipped"), statusNumber("funded")],
      }),
    });

    it("reverts with SignatureInvalid for another tracking digest", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const message = { deal: deal.id, tracking: f.digest("tracking"), deadline: deal.terms.shipBy };
      const signature = await f.signIntent(f.seller, { kind: "ShipGoods", message });
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.relayer).ship(deal.packed, f.digest("other"), consent(message.deadline, signature)),
        { error: "SignatureInvalid", args: [f.seller] },
      );
    });
  });
});
