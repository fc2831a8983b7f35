import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { clockOf, type DealClock, seenIn, statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import { COVERAGE, FAR, type Fixture, startingPoint } from "../fixtures/escrow.ts";
import { itTakesOneSignature } from "../fixtures/signedForm.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

const load = startingPoint(connection);

/** Where a dispute can be opened: by whom, and which clock ends the window. */
const windows = [
  ["deposited", ["buyer"], "balanceBy"],
  ["funded", ["buyer", "seller"], "shipBy"],
  ["shipped", ["buyer", "seller"], "deliverBy"],
  ["delivered", ["buyer"], "until"],
  ["released", ["buyer"], "until"],
] as const satisfies readonly (readonly [string, readonly ("buyer" | "seller")[], DealClock])[];

/** A covered deal in the tail that a silent tribunal left: the only way in which a dispute ends and the deal does not. */
const overtaken = async (f: Fixture, stage: "shipped" | "delivered") => {
  const deal = await f.reach(`disputed-${stage}`, { coverage: COVERAGE });
  await f.time.increaseTo((await f.stateOf(deal.id)).until);
  await f.escrow.connect(f.stranger).lapse(deal.packed);
  return deal;
};

describe("Escrow", () => {
  describe("dispute", () => {
    for (const [status, parties, clock] of windows) {
      for (const party of parties)
        it(`freezes a ${status} deal for the ${party}, until the backstop after the end of the window`, async () => {
          const f = await load();
          const deal = await f.reach(status, { coverage: COVERAGE });
          const before = await f.stateOf(deal.id);
          const at = (await f.time.latest()) + 100;
          await f.time.setNextBlockTimestamp(at);
          const backstopAt = clockOf(clock, deal.terms, before) + deal.terms.backstop;
          const disputing = f.escrow.connect(f[party]).dispute(deal.packed, f[party], f.digest("statement"), "0x");

          await expect(disputing)
            .to.emit(f.escrow, "DealDisputed")
            .withArgs(deal.id, f[party], f.digest("statement"), backstopAt);
          await expect(disputing).to.changeEtherBalances(ethers, [f.escrow], [0n]);
          expect(await f.stateOf(deal.id)).to.deep.equal({
            status: "disputed",
            disputedFrom: status,
            held: before.held,
            until: backstopAt,
            disputedAt: at,
          });
          expect(await f.escrow.bondOf(f.seller, deal.terms.token)).to.deep.equal([COVERAGE, COVERAGE, 0n]);
        });

      for (const party of parties)
        it(`has the same backstop in the first and the last second of a ${status} deal, for the ${party}`, async () => {
          const f = await load();
          const deal = await f.reach(status);
          const end = clockOf(clock, deal.terms, await f.stateOf(deal.id));
          const until = end + deal.terms.backstop;
          for (const at of [(await f.time.latest()) + 1, end - 1]) {
            const snapshot = await networkHelpers.takeSnapshot();
            await f.time.setNextBlockTimestamp(at);
            await expect(f.escrow.connect(f[party]).dispute(deal.packed, f[party], f.digest("statement"), "0x"))
              .to.emit(f.escrow, "DealDisputed")
              .withArgs(deal.id, f[party], f.digest("statement"), until);
            expect(await f.stateOf(deal.id)).to.include({ until, disputedAt: at });
            await snapshot.restore();
          }
        });

      it(`is possible one second before the window of a ${status} deal ends and reverts with DeadlinePassed at its end`, async () => {
        const f = await load();
        const deal = await f.reach(status);
        const end = clockOf(clock, deal.terms, await f.stateOf(deal.id));
        const send = () => f.escrow.connect(f.buyer).dispute(deal.packed, f.buyer, f.digest("statement"), "0x");
        await f.expectUntil(deal, end, send, "DealDisputed");
      });
    }

    for (const [status, why] of [
      ["deposited", "who waits for balanceBy like anybody"],
      ["delivered", "whom silence pays"],
      ["released", "who has no claim in the tail"],
    ] as const)
      it(`reverts with NotDisputant for the seller of a ${status} deal, ${why}`, async () => {
        const f = await load();
        const deal = await f.reach(status);
        const own = () => f.escrow.connect(f.seller).dispute(deal.packed, f.seller, f.digest("statement"), "0x");
        for (const send of [own, () => f.dispute(deal, deal.terms.seller)])
          await f.expectRefusal(deal, send, { error: "NotDisputant", args: [f.seller, statusNumber(status)] });
      });

    it("reverts with NotDisputant for anybody but buyer and seller", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      for (const caller of [f.attestor, f.marketplace, f.stranger])
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(caller).dispute(deal.packed, caller, f.digest("statement"), "0x"),
          { error: "NotDisputant", args: [caller, statusNumber("funded")] },
        );
    });

    it("reverts with NotCaller when a party, or anybody else, calls in the name of the other", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      for (const [caller, by] of [
        [f.seller, f.buyer],
        [f.buyer, f.seller],
        [f.stranger, f.buyer],
      ] as const)
        await f.expectRefusal(
          deal,
          () => f.escrow.connect(caller).dispute(deal.packed, by, f.digest("statement"), "0x"),
          { error: "NotCaller", args: [caller, by] },
        );
    });

    it("reverts with DealNotOpen before funding, after the end, and the second time", async () => {
      const f = await load();
      for (const [place, status] of [
        ["none", "none"],
        ["closed", "closed"],
        ["disputed-funded", "disputed"],
        ["disputed-released", "disputed"],
      ] as const) {
        const deal = await f.reach(place);
        for (const by of [f.buyer, f.seller])
          await f.expectRefusal(
            deal,
            () => f.escrow.connect(by).dispute(deal.packed, by, f.digest("statement"), "0x"),
            { error: "DealNotOpen", args: [deal.id, statusNumber(status)] },
          );
      }
    });

    for (const stage of ["shipped", "delivered"] as const)
      it(`is possible a second time in the tail that a silent tribunal left of a ${stage} deal`, async () => {
        const f = await load();
        const deal = await overtaken(f, stage);
        const { status, until } = await f.stateOf(deal.id);
        expect(status).to.equal("released");
        const at = until - 1;
        await f.time.setNextBlockTimestamp(at);
        await expect(f.escrow.connect(f.buyer).dispute(deal.packed, f.buyer, f.digest("again"), "0x"))
          .to.emit(f.escrow, "DealDisputed")
          .withArgs(deal.id, f.buyer, f.digest("again"), until + deal.terms.backstop);
        expect(await f.stateOf(deal.id)).to.deep.equal({
          status: "disputed",
          disputedFrom: "released",
          held: 0n,
          until: until + deal.terms.backstop,
          disputedAt: at,
        });
      });

    it("is not possible a third time: at the backstop the tail is over and the deal is closed", async () => {
      const f = await load();
      const deal = await overtaken(f, "delivered");
      await f.dispute(deal);
      await f.time.increaseTo((await f.stateOf(deal.id)).until);
      await f.escrow.connect(f.stranger).lapse(deal.packed);
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.buyer).dispute(deal.packed, f.buyer, f.digest("third"), "0x"),
        { error: "DealNotOpen", args: [deal.id, statusNumber("none")] },
      );
    });
  });

  describe("dispute by a party's OpenDispute", () => {
    for (const by of ["buyer", "seller"] as const)
      describe(`of the ${by}`, () => {
        itTakesOneSignature(load, {
          by,
          arrange: (f, changes) => f.reach("funded", changes),
          intent: (deal, deadline, f) => ({
            kind: "OpenDispute",
            message: {
              deal: deal.id,
              by: deal.terms[by],
              statement: f.digest("statement"),
              ...seenIn(undisputed("funded")),
              deadline,
            },
          }),
          send: (f, deal, { from, consent }) =>
            f.escrow.connect(from).dispute(deal.packed, deal.terms[by], f.digest("statement"), consent),
          event: "DealDisputed",
          // The intent names the status and the last dispute of before.
          replay: (deal) => ({ error: "SignatureInvalid", args: [deal.terms[by]] }),
        });
      });

    it("reverts with NotDisputant for a stranger who signs for themselves", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const by = f.stranger.address.toLowerCase() as Hex;
      await f.expectRefusal(deal, () => f.dispute(deal, by), {
        error: "NotDisputant",
        args: [f.stranger, statusNumber("funded")],
      });
    });

    it("reverts with SignatureInvalid when the buyer's signature is submitted as the seller's", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const statement = f.digest("statement");
      const message = {
        deal: deal.id,
        by: deal.terms.seller,
        statement,
        ...seenIn(undisputed("funded")),
        deadline: FAR,
      };
      const consent = await f.consentTo(deal.terms.buyer, { kind: "OpenDispute", message });
      await f.expectRefusal(
        deal,
        () => f.escrow.connect(f.relayer).dispute(deal.packed, deal.terms.seller, statement, consent),
        { error: "SignatureInvalid", args: [f.seller] },
      );
    });

    it("reverts with SignatureInvalid for another statement and for another deal", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const other = await f.reach("funded");
      const by = deal.terms.buyer;
      const statement = f.digest("statement");
      const message = { deal: deal.id, by, statement, ...seenIn(undisputed("funded")), deadline: FAR };
      const consent = await f.consentTo(by, { kind: "OpenDispute", message });
      const as = f.escrow.connect(f.relayer);
      const refusal = { error: "SignatureInvalid", args: [f.buyer] };
      await f.expectRefusal(deal, () => as.dispute(deal.packed, by, f.digest("other"), consent), refusal);
      await f.expectRefusal(other, () => as.dispute(other.packed, by, statement, consent), refusal);
    });

    it("reverts with SignatureInvalid in every status but the one that was signed", async () => {
      const f = await load();
      const deal = await f.reach("deposited", { coverage: COVERAGE });
      const by = deal.terms.buyer;
      const statement = f.digest("statement");
      const refuses = async (status: "deposited" | "funded" | "shipped" | "delivered") => {
        const message = { deal: deal.id, by, statement, ...seenIn(undisputed(status)), deadline: FAR };
        const consent = await f.consentTo(by, { kind: "OpenDispute", message });
        await f.expectRefusal(deal, () => f.escrow.connect(f.relayer).dispute(deal.packed, by, statement, consent), {
          error: "SignatureInvalid",
          args: [f.buyer],
        });
      };
      await f.payBalance(deal);
      await refuses("deposited");
      await f.ship(deal);
      await refuses("funded");
      await f.deliver(deal);
      await refuses("shipped");
      await f.confirm(deal);
      await refuses("delivered");
      await f.dispute(deal);
      expect((await f.stateOf(deal.id)).disputedFrom).to.equal("released");
    });

    it("reverts with SignatureInvalid for the paper that opened the dispute before", async () => {
      const f = await load();
      const deal = await f.reach("delivered", { coverage: COVERAGE });
      const by = deal.terms.buyer;
      const statement = f.digest("statement");
      const signed = async (seen: Awaited<ReturnType<typeof f.seenOf>>) => {
        const message = { deal: deal.id, by, statement, ...seen, deadline: FAR };
        const consent = await f.consentTo(by, { kind: "OpenDispute", message });
        return () => f.escrow.connect(f.relayer).dispute(deal.packed, by, statement, consent);
      };
      const first = await signed(await f.seenOf(deal.id));
      await expect(first()).to.emit(f.escrow, "DealDisputed");
      await f.time.increaseTo((await f.stateOf(deal.id)).until);
      await f.escrow.connect(f.stranger).lapse(deal.packed);
      const seen = await f.seenOf(deal.id);
      await f.expectRefusal(deal, first, { error: "SignatureInvalid", args: [f.buyer] });
      await expect((await signed(seen))()).to.emit(f.escrow, "DealDisputed");
    });
  });
});
