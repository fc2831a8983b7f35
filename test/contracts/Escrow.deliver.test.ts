import { expect } from "chai";
import { network } from "hardhat";
import { statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { DAY, FAR, startingPoint } from "../fixtures/escrow.ts";
import { itMovesTheBackstop } from "../fixtures/movedBackstop.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers } = connection;

const load = startingPoint(connection);

describe("Escrow", () => {
  describe("deliver", () => {
    it("records delivery, starts the inspection and moves no money", async () => {
      const f = await load();
      const deal = await f.reach("shipped");
      const at = (await f.time.latest()) + 100;
      const inspectionUntil = at + deal.terms.inspection;
      await f.time.setNextBlockTimestamp(at);
      const delivery = f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x");

      await expect(delivery).to.emit(f.escrow, "DealDelivered").withArgs(deal.id, f.digest("proof"), inspectionUntil);
      await expect(delivery).not.to.emit(f.escrow, "BackstopMoved");
      await expect(delivery).to.changeEtherBalances(ethers, [f.escrow, f.seller], [0n, 0n]);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("delivered", deal.terms.price, inspectionUntil));
    });

    it("goes on with a dispute as one about the goods: it counts from the end of the inspection", async () => {
      const f = await load();
      const deal = await f.reach("disputed-shipped");
      const before = await f.stateOf(deal.id);
      const at = deal.terms.deliverBy - DAY;
      const inspectionUntil = at + deal.terms.inspection;
      await f.time.setNextBlockTimestamp(at);
      const delivery = f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x");

      await expect(delivery).to.emit(f.escrow, "DealDelivered").withArgs(deal.id, f.digest("proof"), inspectionUntil);
      await expect(delivery)
        .to.emit(f.escrow, "BackstopMoved")
        .withArgs(deal.id, inspectionUntil + deal.terms.backstop);
      await expect(delivery).to.changeEtherBalances(ethers, [f.escrow, f.buyer, f.seller], [0n, 0n, 0n]);
      expect(await f.stateOf(deal.id)).to.deep.equal({
        ...before,
        disputedFrom: "delivered",
        disputedAt: inspectionUntil,
        until: inspectionUntil + deal.terms.backstop,
      });
    });

    it("moves the backstop by the seconds that the inspection ends after deliverBy, and never to an earlier one", async () => {
      const f = await load();
      for (const later of [-DAY, 0, 1]) {
        const deal = await f.reach("disputed-shipped");
        const before = await f.stateOf(deal.id);
        const { deliverBy, inspection } = deal.terms;
        const inspectionUntil = deliverBy + later;
        await f.time.setNextBlockTimestamp(inspectionUntil - inspection);
        const delivery = f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x");
        const until = before.until + Math.max(later, 0);
        await (later > 0
          ? expect(delivery).to.emit(f.escrow, "BackstopMoved").withArgs(deal.id, until)
          : expect(delivery).not.to.emit(f.escrow, "BackstopMoved"));
        expect(await f.stateOf(deal.id)).to.deep.equal({
          ...before,
          disputedFrom: "delivered",
          disputedAt: inspectionUntil,
          until,
        });
      }
    });

    itMovesTheBackstop(load, {
      from: "shipped",
      before: "deliverBy",
      windowEnd: ({ inspection }, at) => at + inspection,
      send: (f, deal) => f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x"),
    });

    it("finds the dispute open in the last second before deliverBy, however short the backstop", async () => {
      const f = await load();
      const clocks = { inspection: 3_600, backstop: 3_600 };
      const deal = await f.reach("disputed-shipped", { ...(await f.openTribunal()).changes, ...clocks });
      const inspectionUntil = deal.terms.deliverBy - 1 + 3_600;
      await f.time.setNextBlockTimestamp(deal.terms.deliverBy - 1);
      await f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x");
      expect(await f.stateOf(deal.id)).to.deep.equal({
        status: "disputed",
        disputedFrom: "delivered",
        held: deal.terms.price,
        until: inspectionUntil + 3_600,
        disputedAt: inspectionUntil,
      });
    });

    for (const place of ["shipped", "disputed-shipped"] as const)
      it(`is possible one second before deliverBy and reverts with DeadlinePassed at deliverBy (${place})`, async () => {
        const f = await load();
        const deal = await f.reach(place);
        const send = () => f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x");
        await f.expectUntil(deal, deal.terms.deliverBy, send, "DealDelivered");
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

    it("reverts with WrongStatus in every other place, and the second time", async () => {
      const f = await load();
      for (const [place, status] of [
        ["none", "none"],
        ["deposited", "deposited"],
        ["funded", "funded"],
        ["delivered", "delivered"],
        ["released", "released"],
        ["disputed-deposited", "disputed"],
        ["disputed-funded", "disputed"],
        ["disputed-delivered", "disputed"],
        ["disputed-released", "disputed"],
        ["closed", "closed"],
      ] as const) {
        const deal = await f.reach(place);
        await f.expectRefusal(deal, () => f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x"), {
          error: "WrongStatus",
          args: [deal.id, statusNumber(status), statusNumber("shipped")],
        });
      }
    });
  });

  describe("deliver by the attestor's AttestDelivery", () => {
    itTakesOneSignature(load, {
      by: "attestor",
      arrange: (f, changes) => f.reach("shipped", changes),
      intent: (deal, deadline, f) => ({
        kind: "AttestDelivery",
        message: { deal: deal.id, proof: f.digest("proof"), deadline },
      }),
      send: (f, deal, { from, consent }) => f.escrow.connect(from).deliver(deal.packed, f.digest("proof"), consent),
      event: "DealDelivered",
      replay: (deal) => ({
        error: "WrongStatus",
        args: [deal.id, statusNumber("delivered"), statusNumber("shipped")],
      }),
    });

    it("reverts with SignatureInvalid for another proof and for another deal", async () => {
      const f = await load();
      const deal = await f.reach("shipped");
      const other = await f.reach("shipped");
      const message = { deal: deal.id, proof: f.digest("proof"), deadline: FAR };
      const consent = await f.consentTo(deal.terms.attestor, { kind: "AttestDelivery", message });
      const as = f.escrow.connect(f.relayer);
      const refusal = { error: "SignatureInvalid", args: [f.attestor] };
      await f.expectRefusal(deal, () => as.deliver(deal.packed, f.digest("other"), consent), refusal);
      await f.expectRefusal(other, () => as.deliver(other.packed, message.proof, consent), refusal);
    });
  });
});
