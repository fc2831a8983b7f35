import { describe, it } from "node:test";
import { expect } from "chai";
import fc from "fast-check";
import {
  accountsOf,
  clockOf,
  type DealAction,
  type DealPlace,
  type DealRule,
  type DealState,
  deadlineActions,
  dealPlaces,
  dealTable,
  nextDeadline,
  refusalOf,
} from "../../../src/core/deal/dealTable.ts";
import { termsSchema } from "../../../src/core/deal/terms.ts";
import { dealVectors } from "../../fixtures/deals.ts";

const terms = termsSchema.parse(dealVectors.deals.find(({ name }) => name === "dealOfIntents")!.terms);
const UNTIL = terms.deliverBy + terms.inspection;
const stateIn = (place: DealPlace): DealState => {
  const from = place.startsWith("disputed-") ? (place.slice("disputed-".length) as DealState["status"]) : "none";
  return {
    status: from === "none" ? (place as DealState["status"]) : "disputed",
    disputedFrom: from,
    held: terms.deposit,
    until: UNTIL,
    disputedAt: 0,
  };
};

describe("dealTable", () => {
  it("leads only to states that exist, and ends every open state by time alone", () => {
    for (const rule of Object.values(dealTable) as DealRule[])
      for (const transition of Object.values(rule.in))
        for (const place of transition.to) expect(dealPlaces).to.include(place);
    for (const status of dealPlaces) {
      const ends = status === "none" || status === "closed";
      expect(nextDeadline(stateIn(status), terms) === undefined, status).to.equal(ends);
    }
  });

  it("never leaves a state both disputable and over at the same second, or neither", () => {
    const anyTime = fc.integer({ min: terms.fundBy, max: UNTIL + 1_000_000 });
    const open = fc.constantFrom("deposited", "funded", "shipped", "delivered", "released" as const);
    fc.assert(
      fc.property(open, anyTime, (status, now) => {
        const state = stateIn(status);
        const { action } = nextDeadline(state, terms)!;
        const isDisputable = refusalOf("dispute", state, { terms, now }) === undefined;
        const isOver = refusalOf(action, state, { terms, now }) === undefined;
        expect(isDisputable).to.equal(!isOver);
        if (status === "released") return;
        for (const givenIn of ["confirm", "refund"] as const)
          expect(refusalOf(givenIn, state, { terms, now }) === undefined, givenIn).to.equal(!isOver);
      }),
    );
  });
});

describe("accountsOf", () => {
  it("names the accounts of the terms that stand for an actor, and none for anyone", () => {
    const { buyer, seller, attestor, tribunal } = terms;
    expect(accountsOf("buyer", terms)).to.deep.equal([buyer]);
    expect(accountsOf("attestor", terms)).to.deep.equal([attestor]);
    expect(accountsOf("tribunal", terms)).to.deep.equal([tribunal]);
    for (const actor of ["party", "both"] as const) expect(accountsOf(actor, terms)).to.deep.equal([buyer, seller]);
    expect(accountsOf("anyone", terms)).to.deep.equal([]);
  });
});

describe("refusalOf", () => {
  it("names the state first, then the clock, with half-open windows", () => {
    const at = (action: DealAction, status: DealPlace, now: number) =>
      refusalOf(action, stateIn(status), { terms, now });
    expect(at("ship", "shipped", 0)).to.equal("status");
    expect(at("ship", "funded", terms.shipBy - 1)).to.equal(undefined);
    expect(at("ship", "funded", terms.shipBy)).to.equal("too-late");
    expect(at("expire", "funded", terms.shipBy - 1)).to.equal("too-early");
    expect(at("expire", "funded", terms.shipBy)).to.equal(undefined);
    expect(at("release", "delivered", UNTIL - 1)).to.equal("too-early");
    expect(at("release", "delivered", UNTIL)).to.equal(undefined);
    for (const action of ["confirm", "refund"] as const) {
      expect(at(action, "delivered", UNTIL - 1)).to.equal(undefined);
      expect(at(action, "delivered", UNTIL)).to.equal("too-late");
      expect(at(action, "funded", terms.shipBy)).to.equal("too-late");
      expect(at(action, "disputed-funded", UNTIL - 1)).to.equal(undefined);
      expect(at(action, "disputed-funded", UNTIL)).to.equal("too-late");
    }
    expect(at("ship", "disputed-funded", terms.shipBy - 1)).to.equal(undefined);
    expect(at("ship", "disputed-shipped", 0)).to.equal("status");
    expect(at("dispute", "disputed-funded", 0)).to.equal("status");
  });
});

describe("clockOf", () => {
  it("reads the clocks of the terms, and `until` from the state", () => {
    const state = stateIn("delivered");
    expect(clockOf("until", terms, state)).to.equal(UNTIL);
    for (const clock of ["fundBy", "balanceBy", "shipBy", "deliverBy"] as const)
      expect(clockOf(clock, terms, state)).to.equal(terms[clock]);
  });
});

describe("nextDeadline", () => {
  it("names the action and the second of every state that waits for one", () => {
    const expected = {
      deposited: { action: "lapse", at: terms.balanceBy },
      funded: { action: "expire", at: terms.shipBy },
      shipped: { action: "expire", at: terms.deliverBy },
      delivered: { action: "release", at: UNTIL },
      released: { action: "close", at: UNTIL },
      "disputed-deposited": { action: "lapse", at: UNTIL },
      "disputed-funded": { action: "lapse", at: UNTIL },
      "disputed-shipped": { action: "lapse", at: UNTIL },
      "disputed-delivered": { action: "lapse", at: UNTIL },
      "disputed-released": { action: "lapse", at: UNTIL },
    } as const;
    for (const [status, next] of Object.entries(expected))
      expect(nextDeadline(stateIn(status as DealPlace), terms), status).to.deep.equal(next);
    expect(new Set(Object.values(expected).map(({ action }) => action))).to.deep.equal(new Set(deadlineActions));
  });
});
