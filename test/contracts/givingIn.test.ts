import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { statusNumber } from "../../src/core/deal/dealTable.ts";
import { consentOf, type Intent } from "../../src/core/deal/intents.ts";
import { ANSWER_WINDOW, COVERAGE, DAY, deployEscrow, FAR, type Fixture, type TestDeal } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  return deployEscrow(connection);
}

const load = () => networkHelpers.loadFixture(deployed);

/** Where money is held, and the second at which the time to give in ends there. */
const ends = {
  deposited: ({ terms }) => terms.balanceBy,
  funded: ({ terms }) => terms.shipBy,
  shipped: ({ terms }) => terms.deliverBy,
  delivered: (_, until) => until,
  "disputed-deposited": (_, until) => until,
  "disputed-funded": (_, until) => until,
  "disputed-shipped": (_, until) => until,
  "disputed-delivered": (_, until) => until,
} as const satisfies Record<string, (deal: TestDeal, until: number) => number>;

const places = Object.keys(ends) as (keyof typeof ends)[];

const endOf = async (f: Fixture, deal: TestDeal, place: keyof typeof ends) =>
  ends[place](deal, (await f.stateOf(deal.id)).until);

/** A paper that the buyer signed for the deal as it stands, and that somebody keeps back. */
const kept = async (f: Fixture, { id, terms }: TestDeal, intent: (seen: object) => Intent): Promise<Hex> =>
  f.consentTo(terms.buyer, intent({ deal: id, ...(await f.seenOf(id)), deadline: FAR }));

describe("giving in cannot be gamed", () => {
  describe("it ends with the clock of the stage, or with the backstop of a dispute", () => {
    for (const place of places) {
      it(`for the buyer who confirms in ${place}`, async () => {
        const f = await load();
        const deal = await f.reach(place, { coverage: COVERAGE });
        await f.expectUntil(deal, await endOf(f, deal, place), () => f.confirmHeld(deal), "DealReleased");
      });

      it(`for the seller who gives everything back in ${place}`, async () => {
        const f = await load();
        const deal = await f.reach(place, { coverage: COVERAGE });
        const { held: amount } = await f.stateOf(deal.id);
        const send = () => f.refundHeld(deal, { amount });
        await f.expectUntil(deal, await endOf(f, deal, place), send, "DealRefunded");
      });
    }

    it("opens no claim on the coverage again that a clock has ended", async () => {
      const f = await load();
      for (const place of ["funded", "disputed-funded", "disputed-delivered"] as const) {
        const deal = await f.reach(place, { coverage: COVERAGE });
        const end = await endOf(f, deal, place);
        await f.time.increaseTo(end + 400 * DAY);
        const refusal = { error: "DeadlinePassed", args: [end] };
        await f.expectRefusal(deal, () => f.confirmHeld(deal), refusal);
        await f.expectRefusal(deal, () => f.confirm(deal), refusal);
      }
    });

    it("leaves a settlement possible: both sign it", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      await f.time.increaseTo(deal.terms.shipBy + DAY);
      const { price } = deal.terms;
      const split = { toBuyer: 1n, toSeller: price - 1n, compensation: 0n };
      const message = { deal: deal.id, ...split, ...(await f.seenOf(deal.id)), deadline: FAR };
      const bySeller = await f.consentTo(deal.terms.seller, { kind: "Settlement", message });
      const settling = f.escrow.connect(f.buyer).settle(deal.packed, 1n, price - 1n, 0n, "0x", bySeller);
      await expect(settling).to.changeEtherBalances(ethers, [f.buyer, f.seller], [1n, price - 1n]);
    });
  });

  describe("a call names what the party has seen", () => {
    it("releases no balance that somebody else's paper paid in, in front of the buyer's own call", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const { deposit, price } = deal.terms;
      const amount = price - deposit;
      const paper = await kept(f, deal, (seen) => ({ kind: "PayBalance", message: { ...seen, amount } }) as Intent);
      const call = () => f.escrow.connect(f.buyer).confirm(deal.packed, deposit, statusNumber("deposited"), "0x");
      await f.escrow.connect(f.relayer).payBalance(deal.packed, paper, { value: amount });
      const refusal = [deal.id, statusNumber("funded"), statusNumber("deposited")];
      await f.expectRefusal(deal, call, { error: "WrongStatus", args: refusal });
      const other = () => f.escrow.connect(f.buyer).confirm(deal.packed, deposit, statusNumber("funded"), "0x");
      await f.expectRefusal(deal, other, { error: "AmountsDoNotSum", args: [0n, deposit, price] });
    });

    it("lets no dispute of the seller in front take the buyer's own dispute from a confirmation", async () => {
      const f = await load();
      const deal = await f.reach("shipped", { coverage: COVERAGE });
      const { price } = deal.terms;
      const call = () => f.escrow.connect(f.buyer).confirm(deal.packed, price, statusNumber("shipped"), "0x");
      await f.dispute(deal, deal.terms.seller);
      const refusal = [deal.id, statusNumber("disputed"), statusNumber("shipped")];
      await f.expectRefusal(deal, call, { error: "WrongStatus", args: refusal });
    });

    it("gives no part back where the seller gave everything back, and a balance came in front", async () => {
      const f = await load();
      const deal = await f.reach("deposited");
      const { deposit, price } = deal.terms;
      const call = () => f.escrow.connect(f.seller).refund(deal.packed, deposit, 0n, statusNumber("deposited"), "0x");
      await f.payBalance(deal);
      const refusal = [deal.id, statusNumber("funded"), statusNumber("deposited")];
      await f.expectRefusal(deal, call, { error: "WrongStatus", args: refusal });
      const other = () => f.escrow.connect(f.seller).refund(deal.packed, deposit, 0n, statusNumber("funded"), "0x");
      await f.expectRefusal(deal, other, { error: "AmountsDoNotSum", args: [deposit, 0n, price] });
    });

    it("locks no coverage by a dispute in front of a whole refund", async () => {
      const f = await load();
      const deal = await f.reach("funded", { coverage: COVERAGE });
      const { price } = deal.terms;
      const refund = (status: "funded" | "disputed") =>
        f.escrow.connect(f.seller).refund(deal.packed, price, 0n, statusNumber(status), "0x");
      await f.dispute(deal);
      const refusal = [deal.id, statusNumber("disputed"), statusNumber("funded")];
      await f.expectRefusal(deal, () => refund("funded"), { error: "WrongStatus", args: refusal });
      await expect(refund("disputed")).to.changeEtherBalances(ethers, [f.escrow, f.buyer], [-price, price]);
    });

    it("looks at the amounts of a signed confirmation and refund too", async () => {
      const f = await load();
      const deal = await f.reach("funded");
      const { price } = deal.terms;
      const anyone = f.escrow.connect(f.relayer);
      const paper = consentOf(FAR, "0x01");
      await f.expectRefusal(deal, () => anyone.confirm(deal.packed, price - 1n, statusNumber("funded"), paper), {
        error: "AmountsDoNotSum",
        args: [0n, price - 1n, price],
      });
      const status = statusNumber("funded");
      for (const [amount, remaining] of [
        [price, 1n],
        [price - 1n, 0n],
        [price + 1n, 0n],
        // Would be exactly what is held, if sums wrapped.
        [2n ** 256n - 1n, price + 1n],
      ] as const)
        await f.expectRefusal(deal, () => anyone.refund(deal.packed, amount, remaining, status, paper), {
          error: "AmountsDoNotSum",
          args: [amount, remaining, price],
        });
    });
  });

  describe("it does not put off what the panel decides", () => {
    for (const stage of ["funded", "shipped", "delivered"] as const)
      it(`keeps the second of a dispute in ${stage}: a second paper, about the coverage alone, works at once`, async () => {
        const f = await load();
        const deal = await f.reach(`disputed-${stage}`, { coverage: COVERAGE });
        const { disputedAt } = await f.stateOf(deal.id);
        const { price } = deal.terms;
        const common = { deal: deal.id, disputedAt, compensation: COVERAGE, deadline: FAR };
        const papers = { ...common, reasons: f.digest("reasons"), evidence: f.digest("evidence") };
        const whole = await f.determinationOf({ ...papers, toBuyer: price, toSeller: 0n });
        const coverage = await f.determinationOf({ ...papers, toBuyer: 0n, toSeller: 0n });
        await f.time.increaseTo(disputedAt + ANSWER_WINDOW);
        await f.refundHeld(deal, { amount: price });
        expect((await f.stateOf(deal.id)).disputedAt).to.equal(disputedAt);
        const anyone = f.tribunal.connect(f.relayer);
        await expect(anyone.determine(deal.packed, ...whole)).to.be.revertedWithCustomError(
          f.escrow,
          "AmountsDoNotSum",
        );
        await expect(anyone.determine(deal.packed, ...coverage)).to.changeEtherBalances(ethers, [f.buyer], [COVERAGE]);
      });
  });
});
