import { expect } from "chai";
import { network } from "hardhat";
import { statusNumber, undisputed } from "../../src/core/deals.ts";
import { DAY, deployEscrow, FAR } from "../fixtures/escrow.ts";
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
      const inspectionUntil = at + deal.terms.inspection;
      await f.time.setNextBlockTimestamp(at);
      const delivery = f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x");

      await expect(delivery).to.emit(f.escrow, "DealDelivered").withArgs(deal.id, f.digest("proof"), inspectionUntil);
      await expect(delivery).not.to.emit(f.escrow, "BackstopExtended");
      await expect(delivery).to.changeEtherBalances(ethers, [f.escrow, f.seller], [0n, 0n]);
      expect(await f.stateOf(deal.id)).to.deep.equal(undisputed("delivered", deal.terms.price, inspectionUntil));
    });

    it("counts as opening the dispute again: time to answer and the whole backstop from delivery", async () => {
      const f = await load();
      const deal = await f.reach("disputed-shipped");
      const before = await f.stateOf(deal.id);
      const at = before.disputedAt + 5 * DAY;
      await f.time.setNextBlockTimestamp(at);
      const delivery = f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x");

      await expect(delivery)
        .to.emit(f.escrow, "DealDelivered")
        .withArgs(deal.id, f.digest("proof"), at + deal.terms.inspection);
      await expect(delivery)
        .to.emit(f.escrow, "BackstopExtended")
        .withArgs(deal.id, at + deal.terms.backstop);
      expect(await f.stateOf(deal.id)).to.deep.equal({
        ...before,
        disputedFrom: "delivered",
        disputedAt: at,
        until: at + deal.terms.backstop,
        resumeUntil: at + deal.terms.inspection,
      });
    });

    it("never brings forward a backstop that the tribunal moved further", async () => {
      const f = await load();
      const { tribunal, changes } = await f.openTribunal();
      const deal = await f.reach("disputed-shipped", changes);
      const { disputedAt } = await f.stateOf(deal.id);
      const until = disputedAt + 170 * DAY;
      await tribunal.extendBackstop(deal.packed, until);
      await expect(f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x")).not.to.emit(
        f.escrow,
        "BackstopExtended",
      );
      expect(await f.stateOf(deal.id)).to.include({ until, disputedAt: await f.time.latest() });
    });

    it("ends a dispute whose backstop is over, and not one a second before", async () => {
      const f = await load();
      const { changes } = await f.openTribunal();
      const clocks = { inspection: 3_600, backstop: 3_600 };
      for (const [late, status] of [
        [-1, "disputed"],
        [0, "delivered"],
      ] as const) {
        const deal = await f.reach("disputed-shipped", { ...changes, ...clocks });
        const { until, disputedAt } = await f.stateOf(deal.id);
        await f.time.setNextBlockTimestamp(until + late);
        await f.escrow.connect(f.attestor).deliver(deal.packed, f.digest("proof"), "0x");
        const delivered = await f.stateOf(deal.id);
        expect(delivered.status).to.equal(status);
        if (late === 0) {
          expect(delivered).to.deep.equal(undisputed("delivered", deal.terms.price, until + 3_600, disputedAt));
        }
      }
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
