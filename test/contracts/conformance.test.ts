import { expect } from "chai";
import { network } from "hardhat";
import { type Hex, zeroAddress } from "viem";
import {
  actorOf,
  clockOf,
  type DealAction,
  type DealPlace,
  type DealRule,
  type DealState,
  dealPlaces,
  dealTable,
  placeOf,
  stageOf,
  statusNumber,
  undisputed,
} from "../../src/core/deal/dealTable.ts";
import type { Intent } from "../../src/core/deal/intents.ts";
import { type DealCall, type DealStep, feeOf, fundedState, silentCourse, stepOf } from "../../src/core/deal/payouts.ts";
import { MIN_WINDOW, type Terms } from "../../src/core/deal/terms.ts";
import { ProtocolError } from "../../src/core/errors.ts";
import { COVERAGE, DAY, deployEscrow, FAR, type TestDeal } from "../fixtures/escrow.ts";
import { projectedAfter } from "../fixtures/projection.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens([f.buyer, f.seller, f.relayer]);
  const tribunal = await ethers.deployContract("OpenTribunal", [f.escrow]);
  return { f, tribunal, address: ((await tribunal.getAddress()) as Hex).toLowerCase() as Hex };
}

type Loaded = Awaited<ReturnType<typeof deployed>>;

/** An action with all that decides what it does to the money. */
type Attempt = { readonly call: DealCall | { readonly action: "fund" }; readonly by?: "buyer" | "seller" };

const actions = Object.keys(dealTable) as DealAction[];
const nothing = { toBuyer: 0n, toSeller: 0n, compensation: 0n, shortfall: 0n };

/** Terms on which the money can end differently. */
const variants: readonly {
  readonly name: string;
  /** Whether coverage outlives the price, so that a deal can stand in Released. */
  readonly hasTail: boolean;
  readonly changes: (loaded: Loaded) => Promise<Partial<Terms>>;
}[] = [
  { name: "without coverage", hasTail: false, changes: async () => ({}) },
  {
    name: "with an advance, a fee, odd amounts and the shortest backstop",
    hasTail: false,
    changes: async ({ f }) => ({
      ...(await f.inTwoParts()),
      price: 40_000_000_007n,
      deposit: 9_000_000_001n,
      feeBps: 333,
      silenceBps: 3_333,
      backstop: MIN_WINDOW,
      marketplace: f.marketplace.address.toLowerCase() as Hex,
    }),
  },
  {
    name: "with coverage, a tail and a short backstop",
    hasTail: true,
    changes: async () => ({ coverage: COVERAGE, backstop: 14 * DAY }),
  },
  {
    name: "with coverage and a tail as short as the inspection",
    hasTail: true,
    changes: async () => ({ coverage: COVERAGE, tail: 10 * DAY }),
  },
  {
    name: "with earnest money, coverage, a tail and a fee",
    hasTail: true,
    changes: async ({ f }) => ({
      ...(await f.inTwoParts(5n)),
      earnest: true,
      coverage: 8_000_000_000n,
      feeBps: 250,
      marketplace: f.marketplace.address.toLowerCase() as Hex,
    }),
  },
  {
    name: "with coverage, a tail and a fee, in a token",
    hasTail: true,
    changes: async ({ f }) => ({
      token: f.stablecoinAddress,
      coverage: COVERAGE,
      feeBps: 250,
      marketplace: f.marketplace.address.toLowerCase() as Hex,
    }),
  },
];

const placesOf = ({ hasTail }: { readonly hasTail: boolean }) =>
  dealPlaces.filter((place) => hasTail || !place.endsWith("released"));

/** Sends an action on the consent of whoever may take it, by an account to which nothing is due. */
const send = async ({ f, tribunal }: Loaded, { terms, packed, id }: TestDeal, { call, by = "buyer" }: Attempt) => {
  const [{ held }, seen] = [await f.stateOf(id), await f.seenOf(id)];
  const relayer = f.escrow.connect(f.relayer);
  const common = { deal: id, deadline: FAR };
  const signed = { ...common, ...seen };
  const consent = (account: Hex, intent: Intent) => f.consentTo(account, intent);
  switch (call.action) {
    case "fund": {
      const signatures = [await f.signTerms(f.buyer, terms), await f.signTerms(f.seller, terms)] as const;
      return relayer.fund(packed, ...signatures, f.nativeValue(terms));
    }
    case "payBalance": {
      const amount = terms.price - terms.deposit;
      const byBuyer = await consent(terms.buyer, { kind: "PayBalance", message: { ...signed, amount } });
      return relayer.payBalance(packed, byBuyer, f.nativeValue(terms, amount));
    }
    case "ship": {
      const message = { ...common, tracking: f.digest("tracking") };
      return relayer.ship(packed, message.tracking, await consent(terms.seller, { kind: "ShipGoods", message }));
    }
    case "deliver": {
      const message = { ...common, proof: f.digest("proof") };
      return relayer.deliver(packed, message.proof, await consent(terms.attestor, { kind: "AttestDelivery", message }));
    }
    case "confirm": {
      const message = { ...signed, amount: held };
      return relayer.confirm(
        packed,
        held,
        seen.status,
        await consent(terms.buyer, { kind: "ConfirmReceipt", message }),
      );
    }
    case "refund": {
      const { amount } = call;
      const remaining = amount > held ? 0n : held - amount;
      const message = { ...signed, amount, remaining };
      const bySeller = await consent(terms.seller, { kind: "RefundBuyer", message });
      return relayer.refund(packed, amount, remaining, seen.status, bySeller);
    }
    case "dispute": {
      const message = { ...signed, by: terms[by], statement: f.digest("statement") };
      const paper = await consent(terms[by], { kind: "OpenDispute", message });
      return relayer.dispute(packed, terms[by], message.statement, paper);
    }
    case "settle": {
      const { action, ...split } = call;
      const settlement: Intent = { kind: "Settlement", message: { ...signed, ...split } };
      const consents = [await consent(terms.buyer, settlement), await consent(terms.seller, settlement)] as const;
      return relayer.settle(packed, split.toBuyer, split.toSeller, split.compensation, ...consents);
    }
    case "award": {
      const amounts = [call.toBuyer, call.toSeller, call.compensation] as const;
      return tribunal.award(packed, ...amounts, f.digest("reasons"), f.digest("evidence"));
    }
    case "extendBackstop":
      return tribunal.extendBackstop(packed, call.until);
    case "release":
      return relayer.release(packed);
    case "expire":
      return relayer.expire(packed);
    case "lapse":
      return relayer.lapse(packed);
    case "close":
      return relayer.close(packed);
  }
};

/** Everything that a step can change for the accounts of a deal, in the deal's asset. */
const moneyOf = async ({ f }: Loaded, { terms, id }: TestDeal) => {
  const balanceOf = (account: string) =>
    terms.token === zeroAddress ? ethers.provider.getBalance(account) : f.stablecoin.balanceOf(account);
  const [buyer, seller, escrow, credit, bond, shortfall, unpaid] = await Promise.all([
    balanceOf(terms.buyer),
    balanceOf(terms.seller),
    balanceOf(f.domain.escrow),
    f.escrow.creditOf(terms.marketplace, terms.token),
    f.escrow.bondOf(terms.seller, terms.token),
    f.escrow.shortfallOf(id),
    Promise.all([terms.buyer, terms.seller].map((party) => f.escrow.creditOf(party, terms.token))),
  ]);
  const { balance, reserved } = bond;
  return { buyer, seller, escrow, marketplaceCredit: credit, bond: balance, reserved, shortfall, unpaid };
};

/** What `step` says the same will be after it. `paidIn` comes from the relayer in native currency, else from the buyer. */
const expected = (
  before: Awaited<ReturnType<typeof moneyOf>>,
  { terms }: TestDeal,
  step: DealStep,
  paidIn: bigint,
): Awaited<ReturnType<typeof moneyOf>> => {
  const { toBuyer, toSeller, compensation, shortfall } = step.payout;
  const fee = feeOf(toSeller, terms.feeBps);
  const isOpen = !["none", "closed"].includes(step.state.status);
  return {
    buyer: before.buyer + toBuyer + compensation - (terms.token === zeroAddress ? 0n : paidIn),
    seller: before.seller + toSeller - fee,
    escrow: before.escrow + paidIn - toBuyer - compensation - (toSeller - fee),
    marketplaceCredit: before.marketplaceCredit + fee,
    bond: before.bond - compensation,
    reserved: isOpen ? terms.coverage : 0n,
    shortfall: before.shortfall + shortfall,
    unpaid: before.unpaid,
  };
};

/** A slot that was given back reads as none: the deal is closed. */
const asClosed = (state: DealState): DealState => (state.status === "none" ? undisputed("closed") : state);

/** What the table calls the state: before funding the slot reads as none too. */
const asReached = (place: DealPlace, state: DealState): DealState => (place === "closed" ? asClosed(state) : state);

/** What core says of an attempt, or `undefined` when it refuses. */
const predict = ({ call, by }: Attempt, state: DealState, terms: Terms, now: number): DealStep | undefined => {
  if (call.action === "fund") {
    const isPossible = state.status === "none" && now < terms.fundBy;
    return isPossible ? { state: fundedState(terms), payout: nothing } : undefined;
  }
  if (call.action === "dispute" && actorOf("dispute", placeOf(state)) === "buyer" && by === "seller") return undefined;
  try {
    return stepOf(call, state, { terms, now });
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
};

const attemptsOf = (action: DealAction, { held, until }: DealState, { coverage }: Terms): readonly Attempt[] => {
  const third = held / 3n;
  const split = { toBuyer: third, toSeller: held - third };
  switch (action) {
    case "refund":
      return [held, third === 0n ? 1n : third, held + 1n, 0n].map((amount) => ({ call: { action, amount } }));
    case "dispute":
      return [
        { call: { action }, by: "buyer" },
        { call: { action }, by: "seller" },
      ];
    case "settle":
    case "award":
      return [
        { call: { action, ...split, compensation: 0n } },
        { call: { action, toBuyer: 0n, toSeller: held, compensation: coverage } },
        { call: { action, toBuyer: held, toSeller: 0n, compensation: coverage + 5n } },
        { call: { action, toBuyer: held + 1n, toSeller: 0n, compensation: 0n } },
      ];
    case "extendBackstop":
      return [{ call: { action, until: until + DAY } }];
    default:
      return [{ call: { action } }];
  }
};

/** Seconds at which an action may do something else than a second earlier, and the next one. */
const momentsOf = (action: DealAction, state: DealState, terms: Terms, now: number): readonly number[] => {
  const transition = (dealTable[action] as DealRule).in[placeOf(state)];
  const clocks = [transition?.before, transition?.from].flatMap((clock) =>
    clock === undefined ? [] : [clockOf(clock, terms, state)],
  );
  if (action === "fund") clocks.push(terms.fundBy);
  // The tail of goods on their way starts at deliverBy, or at a later refund.
  if (action === "refund" && stageOf(state) === "shipped") clocks.push(terms.deliverBy, terms.deliverBy + 1);
  return [...new Set([now, ...clocks.flatMap((at) => [at - 1, at])])].filter((at) => at >= now);
};

/** Transitions that some terms took, as `action in place to place`. */
const walked = new Set<string>();

/** Seconds from reaching a place to the first attempt there. */
const PAUSE = 60;

describe("Escrow conforms to core's table of states and actions and to its payouts, and the relayer's projection to it", () => {
  for (const variant of variants)
    for (const place of placesOf(variant))
      it(`in ${place}, ${variant.name}`, async () => {
        const loaded = await networkHelpers.loadFixture(deployed);
        const { f, address } = loaded;
        const deal = await f.reach(place, { ...(await variant.changes(loaded)), tribunal: address });
        // Enough to fund once more, and more than the deal reserves.
        await f.postBond(deal.terms.seller, deal.terms.token, COVERAGE);
        const { terms } = deal;
        const state = await f.stateOf(deal.id);
        const now = (await f.time.latest()) + PAUSE;
        const before = await moneyOf(loaded, deal);
        for (const action of actions) {
          const isKnown = (dealTable[action] as DealRule).in[place] !== undefined;
          const attempts = attemptsOf(action, state, terms);
          for (const attempt of isKnown ? attempts : attempts.slice(0, 1))
            for (const at of momentsOf(action, state, terms, now)) {
              const snapshot = await networkHelpers.takeSnapshot();
              const what = `${JSON.stringify(attempt, (_, v) => (typeof v === "bigint" ? `${v}` : v))} at ${at - now}`;
              const step = predict(attempt, asReached(place, state), terms, at);
              await f.time.setNextBlockTimestamp(at);
              if (step === undefined) {
                await expect(send(loaded, deal, attempt), what).to.be.revert(ethers);
                expect(await f.stateOf(deal.id), what).to.deep.equal(state);
                expect(await moneyOf(loaded, deal), what).to.deep.equal(before);
              } else {
                const receipt = await (await send(loaded, deal, attempt)).wait();
                const paidIn = { fund: terms.deposit, payBalance: terms.price - terms.deposit }[action as "fund"] ?? 0n;
                const reached = asClosed(await f.stateOf(deal.id));
                expect(reached, what).to.deep.equal(step.state);
                const projected = projectedAfter(f, deal, { state, receipt: receipt!, at });
                expect(projected, `the relayer's projection of ${what}`).to.deep.equal(step.state);
                expect(await moneyOf(loaded, deal), what).to.deep.equal(expected(before, deal, step, paidIn));
                walked.add(`${action} in ${place} to ${placeOf(reached)}`);
                const leadsTo = (dealTable[action] as DealRule).in[place]!.to;
                expect(leadsTo, `${what} leads to ${placeOf(reached)}`).to.include(placeOf(reached));
              }
              await snapshot.restore();
            }
        }
      });

  it("takes every transition of the table on some of these terms", () => {
    const listed = actions.flatMap((action) =>
      Object.entries((dealTable[action] as DealRule).in).flatMap(([place, { to }]) =>
        to.map((reached) => `${action} in ${place} to ${reached}`),
      ),
    );
    expect([...walked].sort()).to.deep.equal(listed.sort());
  });

  for (const place of dealPlaces)
    it(`takes no action in ${place} from an account that may not act, without its consent`, async () => {
      const loaded = await networkHelpers.loadFixture(deployed);
      const { f, address } = loaded;
      const deal = await f.reach(place, { tribunal: address });
      const { packed, terms } = deal;
      const { status, held, until } = await f.stateOf(deal.id);
      const stranger = f.escrow.connect(f.stranger);
      const digest = f.digest("digest");
      const strangers: Readonly<Partial<Record<DealAction, () => Promise<unknown>>>> = {
        fund: () => stranger.fund(packed, "0x", "0x", f.nativeValue(terms)),
        payBalance: () => stranger.payBalance(packed, "0x", f.nativeValue(terms, terms.price - terms.deposit)),
        ship: () => stranger.ship(packed, digest, "0x"),
        deliver: () => stranger.deliver(packed, digest, "0x"),
        confirm: () => stranger.confirm(packed, held, statusNumber(status), "0x"),
        refund: () => stranger.refund(packed, held, 0n, statusNumber(status), "0x"),
        settle: () => stranger.settle(packed, held, 0n, 0n, "0x", "0x"),
        award: () => stranger.award(packed, held, 0n, 0n, digest, digest),
        extendBackstop: () => stranger.extendBackstop(packed, until + DAY),
        dispute: () => stranger.dispute(packed, f.stranger, digest, "0x"),
      };
      const forbidden = actions.filter((action) => actorOf(action, place) !== "anyone");
      expect(Object.keys(strangers).sort()).to.deep.equal(forbidden.sort());
      for (const action of forbidden) {
        const isKnown = (dealTable[action] as DealRule).in[place] !== undefined;
        if (isKnown) {
          const error = action === "dispute" ? "NotDisputant" : "NotCaller";
          await f.expectRefusal(deal, strangers[action]!, { error });
        } else await expect(strangers[action]!(), action).to.be.revert(ethers);
      }
    });

  for (const variant of variants)
    it(`ends by silence alone as core's silentCourse says, from every place, ${variant.name}`, async () => {
      const loaded = await networkHelpers.loadFixture(deployed);
      const { f, address } = loaded;
      const changes = await variant.changes(loaded);
      for (const place of placesOf(variant)) {
        const snapshot = await networkHelpers.takeSnapshot();
        const deal = await f.reach(place, { ...changes, tribunal: address });
        const course = silentCourse(await f.stateOf(deal.id), deal.terms);
        expect(course.length, place).to.be.lessThan(3);
        for (const step of course) {
          const before = await moneyOf(loaded, deal);
          await f.time.setNextBlockTimestamp(step.at);
          await send(loaded, deal, { call: { action: step.action } as DealCall });
          expect(asClosed(await f.stateOf(deal.id)), `${place}: ${step.action}`).to.deep.equal(step.state);
          const after = expected(before, deal, step, 0n);
          expect(await moneyOf(loaded, deal), `${place}: ${step.action}`).to.deep.equal(after);
        }
        const { status } = asClosed(await f.stateOf(deal.id));
        expect(course.at(-1)?.state.status ?? "closed", place).to.equal("closed");
        expect(status, place).to.equal("closed");
        const left = await moneyOf(loaded, deal);
        expect(left.escrow, `${place}: bond and credits are left`).to.equal(left.bond + left.marketplaceCredit);
        await snapshot.restore();
      }
    });
});
