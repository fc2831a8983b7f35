import { describe, it } from "node:test";
import { expect } from "chai";
import fc from "fast-check";
import {
  type DealPlace,
  type DealRule,
  type DealState,
  type DealStatus,
  dealPlaces,
  dealTable,
  placeOf,
  refusalOf,
  undisputed,
} from "../../../src/core/deal/dealTable.ts";
import {
  type DealCall,
  feeOf,
  fundedState,
  type Payout,
  silenceSplit,
  silentCourse,
  stepOf,
} from "../../../src/core/deal/payouts.ts";
import { type Terms, termsSchema } from "../../../src/core/deal/terms.ts";
import { ProtocolError } from "../../../src/core/errors.ts";
import { dealVectors } from "../../fixtures/deals.ts";

const plain = termsSchema.parse(dealVectors.deals.find(({ name }) => name === "plain")!.terms);
const { price } = plain;
const covered: Terms = { ...plain, coverage: price / 4n };
const inParts: Terms = { ...covered, deposit: price / 5n, balanceBy: plain.fundBy + 7_200 };
const earnest: Terms = { ...inParts, coverage: price, earnest: true };
const nothing: Payout = { toBuyer: 0n, toSeller: 0n, compensation: 0n, shortfall: 0n };

/** State after calls at their times, from funding on. */
const after = (terms: Terms, ...calls: readonly (readonly [DealCall, number])[]): DealState =>
  calls.reduce((state, [call, now]) => stepOf(call, state, { terms, now }).state, fundedState(terms));

const ship = [{ action: "ship" }, plain.shipBy - 1] as const;
const deliver = [{ action: "deliver" }, plain.deliverBy - 1] as const;
const dispute = (now: number) => [{ action: "dispute" }, now] as const;

const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return undefined;
};

describe("feeOf and silenceSplit", () => {
  it("round the fee down, and give every unit to somebody", () => {
    expect(feeOf(1_999n, 250)).to.equal(49n);
    expect(feeOf(39n, 250)).to.equal(0n);
    expect(feeOf(7n, 10_000)).to.equal(7n);
    expect(silenceSplit(10n, 3_333)).to.deep.equal({ toBuyer: 4n, toSeller: 6n });
    const units = fc.bigInt({ min: 0n, max: 2n ** 96n - 1n });
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 10_000 }), (held, bps) => {
        const fee = feeOf(held, bps);
        expect(fee * 10_000n <= held * BigInt(bps) && (fee + 1n) * 10_000n > held * BigInt(bps)).to.equal(true);
        const { toBuyer, toSeller } = silenceSplit(held, bps);
        expect(toBuyer + toSeller).to.equal(held);
        expect(toBuyer >= 0n && toSeller >= 0n).to.equal(true);
      }),
    );
  });
});

describe("silentCourse", () => {
  it("refunds what was not shipped or not delivered, and keeps the tail only after shipping", () => {
    const unshipped = silentCourse(fundedState(covered), covered);
    expect(unshipped.map(({ action, at, payout }) => ({ action, at, payout }))).to.deep.equal([
      { action: "expire", at: plain.shipBy, payout: { ...nothing, toBuyer: price } },
    ]);
    const undelivered = silentCourse(after(covered, ship), covered);
    expect(undelivered.map(({ action, at }) => [action, at])).to.deep.equal([
      ["expire", plain.deliverBy],
      ["close", plain.deliverBy + plain.tail],
    ]);
  });

  it("doubles earnest money that was not shipped for, and forfeits it when the balance is not paid", () => {
    const unpaid = silentCourse(fundedState(earnest), earnest);
    expect(unpaid[0]).to.deep.include({ action: "lapse", payout: { ...nothing, toSeller: earnest.deposit } });
    const paid = after(earnest, [{ action: "payBalance" }, earnest.balanceBy - 1]);
    expect(silentCourse(paid, earnest)[0]).to.deep.include({
      action: "expire",
      payout: { ...nothing, toBuyer: price, compensation: earnest.deposit },
    });
    const advance = { ...earnest, earnest: false };
    expect(silentCourse(fundedState(advance), advance)[0]!.payout.toBuyer).to.equal(advance.deposit);
  });

  it("pays the same with a dispute that nobody decides as without it, a backstop later", () => {
    for (const [terms, calls, at] of [
      [earnest, [], earnest.balanceBy - 1],
      [covered, [], plain.fundBy],
      [covered, [], plain.shipBy - 1],
      [covered, [ship], plain.deliverBy - 1],
    ] as const) {
      const state = after(terms, ...calls);
      const without = silentCourse(state, terms);
      const disputed = silentCourse(stepOf({ action: "dispute" }, state, { terms, now: at }).state, terms);
      const [first] = without;
      expect(disputed[0]).to.deep.include({
        action: "lapse",
        at: first!.at + terms.backstop,
        payout: first!.payout,
      });
      expect(disputed.length).to.equal(without.length);
    }
  });

  it("divides by the share for silence after delivery, and leaves the whole tail", () => {
    const delivered = after(covered, ship, deliver);
    for (const disputedAt of [plain.deliverBy, delivered.until - 1]) {
      const [lapsed, closed] = silentCourse(after(covered, ship, deliver, dispute(disputedAt)), covered);
      const at = delivered.until + plain.backstop;
      expect(lapsed).to.deep.include({ action: "lapse", at });
      expect(lapsed!.payout).to.deep.equal({ ...nothing, ...silenceSplit(price, plain.silenceBps) });
      expect(closed).to.deep.include({ action: "close", at: at + plain.tail });
    }
  });

  it("frees the coverage a backstop after the tail that is disputed", () => {
    const released = after(covered, [{ action: "confirm" }, plain.fundBy]);
    const disputed = stepOf({ action: "dispute" }, released, { terms: covered, now: plain.fundBy + 1 }).state;
    const [lapsed, ...rest] = silentCourse(disputed, covered);
    expect(lapsed).to.deep.include({ action: "lapse", at: released.until + plain.backstop, payout: nothing });
    expect(lapsed!.state.status).to.equal("closed");
    expect(rest).to.deep.equal([]);
    const confirm = () => stepOf({ action: "confirm" }, disputed, { terms: covered, now: plain.fundBy + 2 });
    expect(codeOf(confirm), "nothing is held").to.equal("action-refused");
  });

  it("starts the tail at deliverBy when the seller gives in while the goods are on their way", () => {
    const shipped = after(covered, ship);
    const refund = (state: DealState, now: number) =>
      stepOf({ action: "refund", amount: price }, state, { terms: covered, now }).state;
    expect(refund(shipped, plain.shipBy).until).to.equal(plain.deliverBy + plain.tail);
    expect(codeOf(() => refund(shipped, plain.deliverBy))).to.equal("action-refused");
    // In a dispute it may be later, and the panel decides when to look.
    const disputed = after(covered, ship, dispute(plain.shipBy));
    const tailUntil = plain.deliverBy + plain.tail;
    const early = refund(disputed, plain.deliverBy - 1);
    expect(early).to.include({ until: tailUntil + plain.backstop, disputedAt: plain.shipBy });
    const late = refund(disputed, plain.deliverBy + 5);
    expect(late).to.include({ until: tailUntil + 5 + plain.backstop, disputedAt: plain.shipBy });
  });
});

/** A state in each place that a call sequence reaches, with the second of the last call. */
const reached = (terms: Terms): readonly (readonly [DealPlace, DealState, number])[] => {
  const steps: readonly (readonly [DealStatus, readonly (readonly [DealCall, number])[], number])[] = [
    ["deposited", [], terms.fundBy],
    ["funded", [[{ action: "payBalance" }, terms.fundBy]], terms.fundBy],
    ["shipped", [[{ action: "payBalance" }, terms.fundBy], ship], plain.shipBy - 1],
    ["delivered", [[{ action: "payBalance" }, terms.fundBy], ship, deliver], plain.deliverBy - 1],
    [
      "released",
      [
        [{ action: "payBalance" }, terms.fundBy],
        [{ action: "confirm" }, terms.fundBy],
      ],
      terms.fundBy,
    ],
  ];
  return [
    ["closed", undisputed("closed"), terms.fundBy] as const,
    ...steps.flatMap(([status, calls, now]) => {
      const open = after(terms, ...calls);
      // Without coverage there is no tail.
      if (open.status === "closed") return [];
      return [
        [status as DealPlace, open, now] as const,
        [`disputed-${status}` as DealPlace, stepOf({ action: "dispute" }, open, { terms, now }).state, now] as const,
      ];
    }),
  ];
};

const callsIn = (state: DealState): readonly DealCall[] => [
  ...(["payBalance", "ship", "deliver", "confirm", "release", "expire", "lapse", "close", "dispute"] as const).map(
    (action) => ({ action }),
  ),
  { action: "refund", amount: state.held },
  { action: "settle", toBuyer: state.held, toSeller: 0n, compensation: 0n },
  { action: "award", toBuyer: 0n, toSeller: state.held, compensation: 0n },
  { action: "extendBackstop", until: state.until + 1 },
];

describe("every action in every place", () => {
  const times = (state: DealState, terms: Terms, now: number) => {
    const clocks = [terms.balanceBy, terms.shipBy, terms.deliverBy, state.until];
    return [now, ...clocks.flatMap((clock) => [clock - 1, clock])].filter((time) => time >= now);
  };

  it("is refused where and when the table refuses it, and leads only where the table says", () => {
    const places = new Set<DealPlace>();
    for (const terms of [inParts, { ...inParts, coverage: 0n }, earnest]) {
      for (const [name, state, since] of reached(terms)) {
        expect(placeOf(state)).to.equal(name);
        places.add(placeOf(state));
        for (const now of times(state, terms, since)) {
          for (const call of callsIn(state)) {
            const label = `${call.action} in ${placeOf(state)} at ${now}`;
            const why = refusalOf(call.action, state, { terms, now });
            const mayBeEmpty = call.action === "refund" && state.held === 0n;
            if (why !== undefined || mayBeEmpty) {
              expect(
                codeOf(() => stepOf(call, state, { terms, now })),
                label,
              ).to.equal("action-refused");
              continue;
            }
            const { state: next, payout } = stepOf(call, state, { terms, now });
            const rule: DealRule = dealTable[call.action];
            const { to } = rule.in[placeOf(state)]!;
            expect(to, label).to.include(placeOf(next));
            const paidIn = call.action === "payBalance" ? terms.price - terms.deposit : 0n;
            expect(payout.toBuyer + payout.toSeller + next.held, label).to.equal(state.held + paidIn);
            expect(payout.compensation <= terms.coverage, label).to.equal(true);
            expect(next.status === "closed" || next.status === "released" ? next.held : 0n, label).to.equal(0n);
          }
        }
      }
    }
    expect([...places].toSorted()).to.deep.equal(dealPlaces.filter((place) => place !== "none").toSorted());
  });

  it("ends by silence from every place, at deadlines that never go back, with everything paid out", () => {
    for (const terms of [inParts, { ...inParts, coverage: 0n }, earnest]) {
      for (const [, state, now] of reached(terms)) {
        const course = silentCourse(state, terms);
        const paid = course.reduce((sum, { payout }) => sum + payout.toBuyer + payout.toSeller, 0n);
        expect(paid).to.equal(state.held);
        expect((course.at(-1)?.state ?? state).status).to.equal("closed");
        const ats = [now, ...course.map(({ at }) => at)];
        expect(ats).to.deep.equal(ats.toSorted((a, b) => a - b));
      }
    }
  });
});

describe("stepOf", () => {
  it("lets a dispute follow what the parties perform, with the whole backstop after each clock", () => {
    const disputed = after(inParts, dispute(plain.fundBy));
    expect(disputed).to.deep.include({ until: inParts.balanceBy + plain.backstop, disputedAt: plain.fundBy });
    const paid = after(inParts, dispute(plain.fundBy), [{ action: "payBalance" }, plain.fundBy]);
    expect(paid).to.deep.include({ disputedFrom: "funded", until: plain.shipBy + plain.backstop });
    const shipped = after(covered, dispute(plain.fundBy), ship);
    expect(shipped).to.deep.include({
      disputedFrom: "shipped",
      until: plain.deliverBy + plain.backstop,
      disputedAt: plain.fundBy,
    });
    const inspectionUntil = plain.deliverBy - 1 + plain.inspection;
    expect(after(covered, dispute(plain.fundBy), ship, deliver)).to.deep.equal({
      status: "disputed",
      disputedFrom: "delivered",
      held: price,
      until: inspectionUntil + plain.backstop,
      disputedAt: inspectionUntil,
    });
  });

  it("brings no backstop forward that a tribunal moved", () => {
    const until = plain.deliverBy + plain.inspection + plain.backstop + 1;
    const extend = [{ action: "extendBackstop", until }, plain.fundBy + 1] as const;
    expect(after(covered, dispute(plain.fundBy), extend, ship, deliver).until).to.equal(until);
  });

  it("goes on about the coverage when a party gives in to a dispute, with a backstop after the tail", () => {
    const disputed = after(covered, dispute(plain.fundBy));
    const giveIn = (terms: Terms, call: DealCall) => stepOf(call, disputed, { terms, now: plain.fundBy + 1 }).state;
    const calls = [{ action: "refund", amount: price }, { action: "confirm" }] as const;
    for (const call of calls) {
      expect(giveIn(covered, call), call.action).to.deep.equal({
        ...disputed,
        disputedFrom: "released",
        held: 0n,
        until: Math.max(disputed.until, plain.fundBy + 1 + plain.tail + plain.backstop),
      });
      expect(giveIn(plain, call).status, call.action).to.equal("closed");
    }
    expect(giveIn({ ...covered, earnest: true }, calls[0]).status, "doubled").to.equal("closed");
  });

  it("ends a deal whose deposit the buyer gives away, disputed or not", () => {
    const terms = { ...inParts, coverage: 1n };
    for (const calls of [[], [dispute(plain.fundBy)]]) {
      const state = after(terms, ...calls);
      const step = stepOf({ action: "confirm" }, state, { terms, now: terms.balanceBy - 1 });
      expect(step).to.deep.equal({ state: undisputed("closed"), payout: { ...nothing, toSeller: terms.deposit } });
    }
  });

  it("gives back in parts without a dispute only, and as a whole always", () => {
    const refund = (state: DealState, amount: bigint) =>
      codeOf(() => stepOf({ action: "refund", amount }, state, { terms: inParts, now: plain.fundBy }));
    const deposited = fundedState(inParts);
    const funded = after(inParts, [{ action: "payBalance" }, plain.fundBy]);
    const disputed = stepOf({ action: "dispute" }, funded, { terms: inParts, now: plain.fundBy }).state;
    expect(refund(funded, 1n)).to.equal(undefined);
    for (const state of [deposited, disputed]) {
      expect(refund(state, 1n)).to.equal("action-refused");
      expect(refund(state, state.held)).to.equal(undefined);
      expect(refund(state, state.held + 1n)).to.equal("action-refused");
      expect(refund(state, 0n)).to.equal("action-refused");
    }
  });

  it("awards from the coverage, and records a shortfall only against a seller who signed or shipped", () => {
    const award = (terms: Terms, calls: readonly (readonly [DealCall, number])[], compensation: bigint) => {
      const state = after(terms, ...calls);
      return stepOf({ action: "award", toBuyer: state.held, toSeller: 0n, compensation }, state, {
        terms,
        now: state.disputedAt,
      }).payout;
    };
    const owed = covered.coverage + 7n;
    expect(award(covered, [dispute(plain.fundBy)], owed)).to.deep.include({
      compensation: covered.coverage,
      shortfall: 7n,
    });
    expect(award(plain, [dispute(plain.fundBy)], 7n)).to.deep.include({ compensation: 0n, shortfall: 0n });
    expect(award(plain, [ship, dispute(plain.shipBy)], 7n)).to.deep.include({ compensation: 0n, shortfall: 7n });
  });

  it("refuses amounts that do not sum, and a settlement beyond the coverage", () => {
    const split = { toBuyer: price, toSeller: 0n, compensation: 0n };
    const settle = (changes: Partial<typeof split>) =>
      codeOf(() =>
        stepOf({ action: "settle", ...split, ...changes }, fundedState(covered), { terms: covered, now: 0 }),
      );
    expect(settle({})).to.equal(undefined);
    expect(settle({ toSeller: 1n })).to.equal("amounts-do-not-sum");
    expect(settle({ compensation: covered.coverage + 1n })).to.equal("coverage-exceeds-bond");
  });
});
