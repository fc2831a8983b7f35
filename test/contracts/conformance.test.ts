import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import {
  actorOf,
  clockOf,
  type DealAction,
  type DealRule,
  type DealState,
  type DealStatus,
  dealStatuses,
  dealTable,
  nextDeadline,
  refusalOf,
} from "../../src/core/deals.ts";
import type { Terms } from "../../src/core/terms.ts";
import { COVERAGE, consent, DAY, deployEscrow, FAR, type Fixture, type TestDeal } from "../fixtures/escrow.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  const tribunal = await ethers.deployContract("OpenTribunal", [f.escrow]);
  return { f, tribunal, address: ((await tribunal.getAddress()) as Hex).toLowerCase() as Hex };
}

type Loaded = Awaited<ReturnType<typeof deployed>>;

const actions = Object.keys(dealTable) as DealAction[];

const stateOf = async (f: Fixture, id: Hex): Promise<DealState> => {
  const { status, held, until } = await f.escrow.dealOf(id);
  return { status: dealStatuses[Number(status)]!, held, until: Number(until) };
};

/** Each action of the table by the account that may take it, for all that is held. */
const act = async ({ f, tribunal }: Loaded, { terms, packed, id }: TestDeal, action: DealAction) => {
  const { held, until } = await stateOf(f, id);
  const as = (account: string) => f.escrow.connect(f.keyOf(account));
  const anyone = f.escrow.connect(f.stranger);
  const byAction: Readonly<Record<DealAction, () => Promise<unknown>>> = {
    fund: async () => as(terms.buyer).fund(packed, "0x", await f.signTerms(f.seller, terms), { value: terms.deposit }),
    payBalance: () => as(terms.buyer).payBalance(packed, "0x", { value: terms.price - terms.deposit }),
    ship: () => as(terms.seller).ship(packed, f.digest("tracking"), "0x"),
    deliver: () => as(terms.attestor).deliver(packed, f.digest("proof"), "0x"),
    confirm: () => as(terms.buyer).confirm(packed, "0x"),
    release: () => anyone.release(packed),
    refund: () => as(terms.seller).refund(packed, held === 0n ? 1n : held, "0x"),
    expire: () => anyone.expire(packed),
    lapse: () => anyone.lapse(packed),
    close: () => anyone.close(packed),
    dispute: async () => {
      const by = actorOf("dispute", (await stateOf(f, id)).status) === "buyer" ? terms.buyer : terms.seller;
      return as(by).dispute(packed, CALLER, f.digest("statement"), "0x");
    },
    settle: async () => {
      const message = { deal: id, toBuyer: held, toSeller: 0n, compensation: 0n, deadline: FAR };
      const bySeller = await f.signIntent(f.seller, { kind: "Settlement", message });
      return as(terms.buyer).settle(packed, held, 0n, 0n, "0x", consent(FAR, bySeller));
    },
    award: () => tribunal.award(packed, held, 0n, 0n, f.digest("reasons"), f.digest("evidence")),
    extendBackstop: () => tribunal.extendBackstop(packed, until + DAY),
  };
  return byAction[action]();
};

/** Terms with and without coverage, so that every way a state can lead on is walked. */
const variants: readonly { name: string; changes: Partial<Terms> }[] = [
  { name: "without coverage", changes: { coverage: 0n } },
  { name: "with coverage and a tail", changes: { coverage: COVERAGE } },
  { name: "with coverage and no tail", changes: { coverage: COVERAGE, tail: 0 } },
];

const possible = (status: DealStatus, changes: Partial<Terms>) =>
  status !== "released" || (changes.coverage !== 0n && changes.tail !== 0);

/** Moves the clock to the middle of what a transition's window allows. */
const enterWindow = async ({ f }: Loaded, deal: TestDeal, action: DealAction) => {
  const state = await stateOf(f, deal.id);
  const transition = (dealTable[action] as DealRule).in[state.status];
  if (transition?.from !== undefined) await f.time.increaseTo(clockOf(transition.from, deal.terms, state));
};

describe("Escrow conforms to core's table of states and actions", () => {
  for (const { name, changes } of variants)
    for (const status of dealStatuses.filter((status) => possible(status, changes)))
      it(`in ${status}, ${name}`, async () => {
        const loaded = await networkHelpers.loadFixture(deployed);
        const { f, address } = loaded;
        const deal = await f.reach(status, { ...changes, tribunal: address });
        await f.postBond(deal.terms.seller, deal.terms.token, COVERAGE);
        for (const action of actions) {
          const snapshot = await networkHelpers.takeSnapshot();
          const transition = (dealTable[action] as DealRule).in[status];
          await enterWindow(loaded, deal, action);
          const before = await f.world(deal);
          if (transition === undefined) {
            await expect(act(loaded, deal, action), action).to.be.revert(ethers);
            expect(await f.world(deal), action).to.deep.equal(before);
          } else {
            await act(loaded, deal, action);
            const { status: reached } = await stateOf(f, deal.id);
            // A slot that was given back reads as none: the deal is closed.
            const landed = reached === "none" ? "closed" : reached;
            expect(transition.to, `${action} leads to ${landed}`).to.include(landed);
          }
          await snapshot.restore();
        }
      });

  const windows = actions.flatMap((action) =>
    Object.entries((dealTable[action] as DealRule).in).flatMap(([status, transition]) => [
      ...(transition.before === undefined ? [] : [{ action, status, clock: transition.before, opens: false }]),
      ...(transition.from === undefined ? [] : [{ action, status, clock: transition.from, opens: true }]),
    ]),
  );

  for (const { action, status, clock, opens } of windows)
    it(`${action} in ${status} ${opens ? "opens" : "ends"} at ${clock} to the second`, async () => {
      const loaded = await networkHelpers.loadFixture(deployed);
      const { f, address } = loaded;
      const deal = await f.reach(status as DealStatus, { tribunal: address });
      const state = await stateOf(f, deal.id);
      const at = clockOf(clock, deal.terms, state);
      for (const now of [at - 1, at]) {
        const snapshot = await networkHelpers.takeSnapshot();
        await f.time.setNextBlockTimestamp(now);
        const refusal = refusalOf(action, state, { terms: deal.terms, now });
        expect(refusal === undefined).to.equal(opens === (now === at));
        const before = await f.world(deal);
        if (refusal === undefined) await act(loaded, deal, action);
        else {
          await expect(act(loaded, deal, action), refusal).to.be.revert(ethers);
          expect(await f.world(deal)).to.deep.equal(before);
        }
        await snapshot.restore();
      }
    });

  for (const status of dealStatuses)
    it(`ends a deal in ${status} by the action that nextDeadline names, if it names one`, async () => {
      const loaded = await networkHelpers.loadFixture(deployed);
      const { f, address } = loaded;
      const deal = await f.reach(status, { tribunal: address });
      const deadlines: string[] = [];
      for (;;) {
        const next = nextDeadline(await stateOf(f, deal.id), deal.terms);
        if (next === undefined) break;
        await f.time.setNextBlockTimestamp(next.at);
        await act(loaded, deal, next.action);
        deadlines.push(next.action);
      }
      expect(deadlines.length).to.be.lessThan(3);
      expect((await stateOf(f, deal.id)).held).to.equal(0n);
      expect((await f.escrow.bondOf(deal.terms.seller, deal.terms.token)).reserved).to.equal(0n);
      expect(await ethers.provider.getBalance(f.escrow)).to.equal(
        (await f.escrow.bondOf(deal.terms.seller, deal.terms.token)).balance,
      );
    });
});
