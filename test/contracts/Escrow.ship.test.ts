import { expect } from "chai";
import { network } from "hardhat";
import { statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { FAR, startingPoint } from "../fixtures/escrow.ts";
import { itMovesTheBackstop } from "../fixtures/movedBackstop.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);

describe("Escrow", () => {
  describe("ship", () => {
    it("records that the goods left and moves no money", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const shipping = f.escrow.connect(f.seller).ship(deal.packed, f.digest("tracking"), "0x");

      await expect(shipping).to.emit(f.escrow, "DealShipped").withArgs(deal.id, f.digest("tracking"));
      await expect(shipping).not.to.emit(f.escrow, "BackstopMoved");
      await expect(shipping).to.changeEtherBalances(ethers, [f.escrow, f.seller], [0n, 0n]);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("shipped", deal.terms.price));
    });

    it("is possible while disputed: the dispute goes on over a shipped deal, until after deliverBy", async () => {
      const f = await load();
      const deal = await f.reach("disputed-funded");
      const before = await f.stateOf(deal.id);
      const until = deal.terms.deliverBy + deal.terms.backstop;
      const shipping = f.escrow.connect(f.seller).ship(deal.packed, f.digest("tracking"), "0x");
      await expect(shipping).to.emit(f.escrow, "DealShipped").withArgs(deal.id, f.digest("tracking"));
      await expect(shipping).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, until);
      await expect(shipping).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [0n, 0n, 0n]);
      expect(await f.stateOf(deal.id)).to.deep.equal({ ...before, disputedFrom: "shipped", until });
    });

    itMovesTheBackstop(load, {
      from: "funded",
      before: "shipBy",
      windowEnd: ({ deliverBy }) => deliverBy,
      send: (f, deal) => f.escrow.connect(f.seller).ship(deal.packed, f.digest("tracking"), "0x"),
    });

    for (const place of ["funded", "disputed-funded"] as const)
      it(`is possible one second before shipBy and reverts with DeadlinePassed at shipBy (${place})`, async () => {
        const f = await load();
        const deal = await f.reach(place);
        const send = () => f.escrow.connect(f.seller).ship(deal.packed, f.digest("tracking"), "0x");
        await f.expectUntil(deal, deal.terms.shipBy, send, "DealShipped");
      });

    it("reverts with NotCaller for the buyer, the attestor and anybody else", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      for (const caller of [f.buyer, f.attestor, f.stranger])
        await f.expectRefusal(deal, () => f.escrow.connect(caller).ship(deal.packed, f.digest("tracking"), "0x"), {
          error: "NotCaller",
          args: [caller, f.seller],
        });
    });

    it("reverts with WrongStatus in every other place, and the second time", async () => {
      const f = await load();
      for (const [place, status] of [
        ["none", "none"],
        ["deposited", "deposited"],
        ["shipped", "shipped"],
        ["delivered", "delivered"],
        ["released", "released"],
        ["disputed-deposited", "disputed"],
        ["disputed-shipped", "disputed"],
        ["disputed-delivered", "disputed"],
        ["disputed-released", "disputed"],
        ["closed", "closed"],
      ] as const) {
        const deal = await f.reach(place);
        await f.expectRefusal(deal, () => f.escrow.connect(f.seller).ship(deal.packed, f.digest("tracking"), "0x"), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("funded")],
        });
      }
    });
  });

  describe("ship by the seller's ShipGoods", () => {
    itTakesOneSignature(load, {
      by: "seller",
      arrange: (f, changes) => f.reach("funded", changes),
      intent: (deal, deadline, f) => ({
        kind: "ShipGoods",
        message: { deal: deal.id, tracking: f.digest("tracking"), deadline },
      }),
      send: (f, deal, { from, consent }) => f.escrow.connect(from).ship(deal.packed, f.digest("tracking"), consent),
      event: "DealShipped",
      replay: (deal) => ({
        error: "WrongStatus",
        args: [deal.id, statusNumber("shipped"), statusNumber("funded")],
      }),
    });

    it("reverts with SignatureInvalid for another tracking digest and for another deal", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const other = await f.reach("funded");
      const message = { deal: deal.id, tracking: f.digest("tracking"), deadline: FAR };
      const consent = await f.consentTo(deal.terms.seller, { kind: "ShipGoods", message });
      const as = f.escrow.connect(f.relayer);
      const refusal = { error: "SignatureInvalid", args: [f.seller] };
      await f.expectRefusal(deal, () => as.ship(deal.packed, f.digest("other"), consent), refusal);
      await f.expectRefusal(other, () => as.ship(other.packed, message.tracking, consent), refusal);
    });
  });
});
