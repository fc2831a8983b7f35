import { describe, it } from "node:test";
import { expect } from "chai";
import { checkShape } from "../../scripts/proofs/disputes/check.ts";
import { escrowRules, type Rules } from "../../scripts/proofs/disputes/rules.ts";
import { shapes } from "../../scripts/proofs/disputes/shapes.ts";
import { type DealPlace, placeOf } from "../../src/core/deal/dealTable.ts";
import type { Terms } from "../../src/core/deal/terms.ts";

const HOUR = 3_600;
const base = shapes.find(({ terms }) => terms.earnest)!.terms;
const clocks = {
  balanceBy: base.fundBy + HOUR,
  shipBy: base.fundBy + 2 * HOUR,
  deliverBy: base.fundBy + 3 * HOUR,
  inspection: HOUR,
  tail: 4 * HOUR,
  backstop: 5 * HOUR,
};
/** Windows shorter than a backstop, so that few disputes follow each other. */
const earnest: Terms = { ...base, ...clocks, silenceBps: 3_333 };
const paidAtOnce: Terms = { ...earnest, deposit: earnest.price, earnest: false, coverage: 0n };
const covered: Terms = { ...paidAtOnce, coverage: earnest.coverage };
const SHARE = 333_303;

const check = (terms: Terms, rules: Partial<Rules> = {}) =>
  checkShape({ name: "terms of the test", terms }, "short", { ...escrowRules, ...rules });

/** The largest counterexample of one party's disputes whose description starts so. */
const worst = (terms: Terms, rules: Partial<Rules>, opener: "buyer" | "seller", what: string) =>
  check(terms, rules)
    .counterexamples.filter((found) => found.opener === opener && found.what.startsWith(what))
    .sort((a, b) => b.most - a.most)[0];

describe("check:disputes", () => {
  it("finds no counterexample in the escrow's rules, and that the share for silence is gained whole", () => {
    for (const terms of [paidAtOnce, earnest]) {
      const { counterexamples, share, findings } = check(terms);
      expect(counterexamples).to.deep.equal([]);
      expect(share).to.equal(SHARE);
      const [buyer, seller] = findings;
      expect(buyer?.money["own gain"].most).to.equal(SHARE);
      expect(buyer?.money["other's loss"].most).to.be.within(1, SHARE);
      expect(seller?.money["own gain"].most).to.equal(0);
      expect(seller?.money["other's loss"].most).to.equal(0);
      // Goods that come in the first second are paid an inspection later; in a dispute, a backstop after deliverBy.
      const latest = terms.deliverBy + terms.backstop - (terms.fundBy - 1 + terms.inspection);
      for (const { delay } of findings) expect(delay["paid later"].most).to.equal(latest);
    }
  });

  it("finds the seller who disputes before deliverBy, where silence splits undelivered goods", () => {
    const step: Rules["step"] = (call, state, moment) =>
      escrowRules.step(
        call,
        call.action === "lapse" && placeOf(state) === "disputed-shipped"
          ? { ...state, disputedFrom: "delivered" }
          : state,
        moment,
      );
    const found = worst(paidAtOnce, { step }, "seller", "own gain");
    expect(found).to.deep.include({ most: Number(paidAtOnce.price) - SHARE, allowed: 0 });
    expect(found?.play[0]).to.match(/seller ship.*seller dispute.*anyone lapse/);
  });

  /** Rules that forget at the end of a dispute that the deposit is earnest money. */
  const forgetful = (place: DealPlace): Rules["step"] => {
    return (call, state, moment) => {
      const isForgotten = call.action === "lapse" && placeOf(state) === place;
      const terms = isForgotten ? { ...moment.terms, earnest: false } : moment.terms;
      return escrowRules.step(call, state, { ...moment, terms });
    };
  };

  it("finds the seller whose dispute escapes the doubling of earnest money", () => {
    const found = worst(earnest, { step: forgetful("disputed-funded") }, "seller", "own gain");
    expect(found).to.deep.include({ most: Number(earnest.deposit), allowed: 0 });
  });

  it("finds the buyer whose dispute escapes the forfeit of earnest money", () => {
    const terms = { ...earnest, silenceBps: 0 };
    const found = worst(terms, { step: forgetful("disputed-deposited") }, "buyer", "other's loss");
    expect(found).to.deep.include({ most: Number(earnest.deposit), allowed: 0, place: "deposited" });
  });

  it("finds the buyer who blocks shipping with a dispute", () => {
    const step: Rules["step"] = (call, state, moment) =>
      call.action === "ship" && state.status === "disputed" ? undefined : escrowRules.step(call, state, moment);
    const found = worst(paidAtOnce, { step }, "buyer", "twin's own gain");
    expect(found).to.deep.include({ most: Number(paidAtOnce.price), allowed: SHARE });
  });

  /** Rules under which sellers may dispute at any time, and a backstop counts from the dispute. */
  const hasty: Rules = {
    actor: (action, place) => (action === "dispute" ? "party" : escrowRules.actor(action, place)),
    step: (call, state, moment) => {
      const taken = escrowRules.step(call, state, moment);
      if (call.action !== "dispute" || taken === undefined) return taken;
      return { ...taken, state: { ...taken.state, until: moment.now + moment.terms.backstop } };
    },
  };

  it("finds the seller whose dispute ends the tail, where a backstop counts from the dispute", () => {
    const found = worst({ ...covered, backstop: 3 * HOUR }, hasty, "seller", "seconds sooner closed");
    expect(found).to.deep.include({ most: 2 * HOUR, allowed: 0 });
  });

  it("finds the seller whose dispute ends the inspection, where a backstop counts from the dispute", () => {
    const found = worst({ ...paidAtOnce, inspection: 6 * HOUR }, hasty, "seller", "seconds sooner paid");
    expect(found).to.deep.include({ most: HOUR, allowed: 0 });
  });
});
