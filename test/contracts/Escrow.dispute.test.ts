import { expect } from "chai";
import { network } from "hardhat";
import type { DealStatus } from "../../src/core/deals.ts";
import { COVERAGE, consent, deployEscrow, type Fixture, statusNumber, type TestDeal } from "../fixtures/escrow.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const load = () => networkHelpers.loadFixture(deployed);

/** End of the window in which a deal in this state can be disputed. */
const windowEnd = async (f: Fixture, { terms, id }: TestDeal, status: DealStatus): Promise<number> => {
  if (status === "deposited") return terms.balanceBy;
  if (status === "funded") return terms.shipBy;
  if (status === "shipped") return terms.deliverBy;
  return Number((await f.escrow.dealOf(id)).until);
};

describe("Escrow", () => {
  describe("dispute", () => {
    for (const status of ["deposited", "funded", "shipped", "delivered", "released"] as const) {
      const parties = status === "released" ? (["buyer"] as const) : (["buyer", "seller"] as const);
      it(`freezes a ${status} deal until the backstop, for ${parties.join(" and ")}`, async () => {
        const f = await load();
        for (const party of parties.map((name) => f[name])) {
          const deal = await f.reach(status);
          const { held } = await f.escrow.dealOf(deal.id);
          const at = (await f.time.latest()) + 100;
          await f.time.setNextBlockTimestamp(at);
          const disputing = f.escrow.connect(party).dispute(deal.packed, party, f.digest("statement"), "0x");
          await expect(disputing)
            .to.emit(f.escrow, "DealDisputed")
            .withArgs(deal.id, party, f.digest("statement"), at + deal.terms.backstop);
          await expect(disputing).to.changeEtherBalances(ethers, [f.escrow], [0n]);
          expect(await f.escrow.dealOf(deal.id)).to.deep.equal([
            statusNumber("disputed"),
            held,
            BigInt(at + deal.terms.backstop),
          ]);
        }
      });

      it(`is possible one second before the window of a ${status} deal ends and reverts with DeadlinePassed at its end`, async () => {
        const f = await load();
        const deal = await f.reach(status);
        const end = await windowEnd(f, deal, status);
        const send = () => f.escrow.connect(f.buyer).dispute(deal.packed, f.buyer, f.digest("statement"), "0x");
        const snapshot = await networkHelpers.takeSnapshot();
        await f.time.setNextBlockTimestamp(end);
        await f.expectRefusal(deal, send, { error: "DeadlinePassed", args: [end] });
        await snapshot.restore();
        await f.time.setNextBlockTimestamp(end - 1);
        await expect(send()).to.emit(f.escrow, "DealDisputed");
      });
    }

    it("reverts with NotParty for the seller in the tail, who would cut the buyer's time short", async () => {
      const f = await load();
      const deal = await f.reach("released");
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.seller).dispute(deal.packed, f.seller, f.digest("statement"), "0x"),
        {
          error: "NotParty",
          args: [f.seller],
        },
      );
    });

    it("keeps the coverage reserved", async () => {
      const f = await load();
      const deal = await f.reach("disputed", { coverage: COVERAGE });
      expect((await f.escrow.bondOf(f.seller, deal.terms.token)).reserved).to.equal(COVERAGE);
    });

    it("reverts with NotParty for anybody but buyer and seller", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      for (const caller of [f.attestor, f.marketplace, f.stranger])
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(caller).dispute(deal.packed, caller, f.digest("statement"), "0x"),
          {
            error: "NotParty",
            args: [caller],
          },
        );
    });

    it("reverts with DealNotOpen before funding, after the end, and the second time", async () => {
      const f = await load();
      for (const status of ["none", "closed", "disputed"] as const) {
        const deal = await f.reach(status);
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(f.seller).dispute(deal.packed, f.seller, f.digest("statement"), "0x"),
          {
            error: "DealNotOpen",
            args: [deal.id, statusNumber(status)],
          },
        );
      }
    });
  });

  describe("disputeFor", () => {
    for (const by of ["buyer", "seller"] as const)
      describe(`by the ${by}`, () => {
        itTakesOneSignature(load, {
          by,
          arrange: (f, changes) => f.reach("funded", changes),
          intent: (deal, deadline, f) => ({
            kind: "OpenDispute",
            message: { deal: deal.id, by: deal.terms[by], statement: f.digest("statement"), deadline },
          }),
          send: (f, deal, { deadline, signature }) =>
            f.escrow
              .connect(f.relayer)
              .dispute(deal.packed, deal.terms[by], f.digest("statement"), consent(deadline, signature)),
          event: "DealDisputed",
          replay: (deal) => ({ error: "DealNotOpen", args: [deal.id, statusNumber("disputed")] }),
        });
      });

    it("reverts with NotParty for a stranger who signs for themselves", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const by = f.stranger.address as `0x${string}`;
      const message = { deal: deal.id, by, statement: f.digest("statement"), deadline: deal.terms.shipBy };
      const signature = await f.signIntent(f.stranger, { kind: "OpenDispute", message });
      await f.expectRefusal(
        deal,
        () =>
          f.escrow.connect(f.relayer).dispute(deal.packed, by, message.statement, consent(message.deadline, signature)),
        { error: "NotParty", args: [f.stranger] },
      );
    });

    it("reverts with SignatureInvalid when the buyer's signature is carried as the seller's", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const message = {
        deal: deal.id,
        by: deal.terms.seller,
        statement: f.digest("statement"),
        deadline: deal.terms.shipBy,
      };
      const signature = await f.signIntent(f.buyer, { kind: "OpenDispute", message });
      await f.expectRefusal(
        deal,
        () =>
          f.escrow
            .connect(f.relayer)
            .dispute(deal.packed, deal.terms.seller, message.statement, consent(message.deadline, signature)),
        { error: "SignatureInvalid", args: [f.seller] },
      );
    });
  });
});
