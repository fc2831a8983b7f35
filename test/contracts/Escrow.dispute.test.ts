import { expect } from "chai";
import { network } from "hardhat";
import type { DealStatus } from "../../src/core/deals.ts";
import { statusNumber as placeInStatus } from "../../src/core/deals.ts";
import { COVERAGE, consent, deployEscrow, type Fixture, statusNumber, type TestDeal } from "../fixtures/escrow.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  return f;
}

const FUNDED = placeInStatus("funded");
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
      const parties =
        status === "released" || status === "deposited" ? (["buyer"] as const) : (["buyer", "seller"] as const);
      it(`freezes a ${status} deal until the backstop, for ${parties.join(" and ")}`, async () => {
        const f = await load();
        for (const party of parties.map((name) => f[name])) {
          const deal = await f.reach(status);
          const before = await f.stateOf(deal.id);
          const { held } = before;
          const at = (await f.time.latest()) + 100;
          await f.time.setNextBlockTimestamp(at);
          const disputing = f.escrow.connect(party).dispute(deal.packed, party, f.digest("statement"), "0x");
          await expect(disputing)
            .to.emit(f.escrow, "DealDisputed")
            .withArgs(deal.id, party, f.digest("statement"), at + deal.terms.backstop);
          await expect(disputing).to.changeEtherBalances(ethers, [f.escrow], [0n]);
          expect(await f.stateOf(deal.id)).to.deep.equal({
            status: "disputed",
            disputedFrom: status,
            held,
            until: at + deal.terms.backstop,
            resumeUntil: before.until,
            disputedAt: at,
          });
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

    it("reverts with NotDisputant for the seller before payment and in the tail", async () => {
      const f = await load();
      for (const status of ["deposited", "released"] as const) {
        const deal = await f.reach(status);
        const send = () => f.escrow.connect(f.seller).dispute(deal.packed, f.seller, f.digest("statement"), "0x");
        await f.expectRefusal(deal, send, { error: "NotDisputant", args: [f.seller, statusNumber(status)] });
      }
    });

    it("keeps the coverage reserved", async () => {
      const f = await load();
      const deal = await f.reach("disputed", { coverage: COVERAGE });
      expect((await f.escrow.bondOf(f.seller, deal.terms.token)).reserved).to.equal(COVERAGE);
    });

    it("reverts with NotDisputant for anybody but buyer and seller", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      for (const caller of [f.attestor, f.marketplace, f.stranger])
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(caller).dispute(deal.packed, caller, f.digest("statement"), "0x"),
          {
            error: "NotDisputant",
            args: [caller, statusNumber("funded")],
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

  describe("dispute by signature", () => {
    for (const by of ["buyer", "seller"] as const)
      describe(`by the ${by}`, () => {
        itTakesOneSignature(load, {
          by,
          arrange: (f, changes) => f.reach("funded", changes),
          intent: (deal, deadline, f) => ({
            kind: "OpenDispute",
            message: {
              deal: deal.id,
              by: deal.terms[by],
              statement: f.digest("statement"),
              status: FUNDED,
              disputedAt: 0,
              deadline,
            },
          }),
          send: (f, deal, { deadline, signature }) =>
            f.escrow
              .connect(f.relayer)
              .dispute(deal.packed, deal.terms[by], f.digest("statement"), consent(deadline, signature)),
          event: "DealDisputed",
          replay: (deal) => ({ error: "SignatureInvalid", args: [deal.terms[by]] }),
        });
      });

    it("reverts with NotDisputant for a stranger who signs for themselves", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const by = f.stranger.address as `0x${string}`;
      const message = {
        deal: deal.id,
        by,
        statement: f.digest("statement"),
        status: FUNDED,
        disputedAt: 0,
        deadline: deal.terms.shipBy,
      };
      const signature = await f.signIntent(f.stranger, { kind: "OpenDispute", message });
      await f.expectRefusal(
        deal,
        () =>
          f.escrow.connect(f.relayer).dispute(deal.packed, by, message.statement, consent(message.deadline, signature)),
        { error: "NotDisputant", args: [f.stranger, statusNumber("funded")] },
      );
    });

    it("reverts with SignatureInvalid when the buyer's signature is carried as the seller's", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const message = {
        deal: deal.id,
        by: deal.terms.seller,
        statement: f.digest("statement"),
        status: FUNDED,
        disputedAt: 0,
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
