// Walks every state that a deal can reach, in core's model and on the contract at once, and lets everybody fall silent in each:
// the deal must end in bounded time with the payouts that `src/core/deal/payouts.ts` says. `--short` walks fewer terms.
import { network } from "hardhat";
import {
  type DealAction,
  type DealState,
  dealTable,
  nextDeadline,
  placeOf,
  refusalOf,
  stageOf,
} from "../src/core/deal/dealTable.ts";
import {
  type DealCall,
  type DealStep,
  fundedState,
  type Payout,
  silentCourse,
  stepOf,
} from "../src/core/deal/payouts.ts";
import { MAX_COVERED_EXPOSURE, MAX_EXPOSURE, type Terms } from "../src/core/deal/terms.ts";
import { COVERAGE, DAY, deployEscrow, FAR, type TestDeal } from "../test/fixtures/escrow.ts";
import { plainCalls } from "./plainCalls.ts";

type Node = Readonly<{ state: DealState; now: number; paid: Payout; received: bigint; path: string }>;

const PRICE = 40_000_000_000n;
const BACKSTOP = 12 * DAY;
/** Latest end of a deal that this walk can reach, from its funding: its course, two disputes and an extension. */
const LONGEST = MAX_EXPOSURE + MAX_COVERED_EXPOSURE;
const nothing: Payout = { toBuyer: 0n, toSeller: 0n, compensation: 0n, shortfall: 0n };

const plus = (a: Payout, b: Payout): Payout => ({
  toBuyer: a.toBuyer + b.toBuyer,
  toSeller: a.toSeller + b.toSeller,
  compensation: a.compensation + b.compensation,
  shortfall: a.shortfall + b.shortfall,
});

const show = (value: unknown) =>
  JSON.stringify(value, (_, v) => (typeof v === "bigint" ? v.toString() : (v as unknown)));

class Mismatch extends Error {}
const requireSame = (what: string, node: Node, model: unknown, contract: unknown) => {
  if (show(model) === show(contract)) return;
  throw new Mismatch(`${what} after ${node.path}\n  model    ${show(model)}\n  contract ${show(contract)}`);
};

const isShort = process.argv.includes("--short");
const connection = await network.create();
const f = await deployEscrow(connection);
const { time, takeSnapshot } = connection.networkHelpers;
const open = await connection.ethers.deployContract("OpenTribunal", [f.escrow]);
const tribunal = (await open.getAddress()).toLowerCase() as Terms["tribunal"];

/** Calls that parties and tribunal can make in a state; what a deadline allows is walked too. */
const callsIn = ({ state, path }: Node, terms: Terms, now: number): readonly DealCall[] => {
  const calls: DealCall[] = [...plainCalls];
  if (state.held > 1n && state.status !== "disputed" && state.status !== "deposited" && state.held === terms.price) {
    calls.push({ action: "refund", amount: state.held / 3n });
  }
  if (state.held > 0n) calls.push({ action: "refund", amount: state.held });
  // Once in a deal, so that the walk ends.
  if (stageOf(state) !== "delivered" && now > state.disputedAt && !path.includes("extendBackstop"))
    calls.push({ action: "extendBackstop", until: state.until + 30 * DAY });
  return calls.filter(({ action }) => refusalOf(action, state, { terms, now }) === undefined);
};

/** The next second, and both sides of every clock that still lies ahead. */
const timesIn = (state: DealState, terms: Terms, now: number): readonly number[] => {
  const clocks = [terms.balanceBy, terms.shipBy, terms.deliverBy, state.until];
  const sides = clocks.flatMap((clock) => [clock - 1, clock]);
  return [...new Set([now + 1, ...sides])].filter((at) => at > now).sort((a, b) => a - b);
};

/** The same call on the chain, in a block of the given second. */
const send = async (deal: TestDeal, call: DealCall, at: number) => {
  const { packed, terms } = deal;
  const [{ held }, seen] = [await f.stateOf(deal.id), await f.seenOf(deal.id)];
  const relayed = f.escrow.connect(f.relayer);
  const buyer = f.escrow.connect(f.keyOf(terms.buyer));
  const seller = f.escrow.connect(f.keyOf(terms.seller));
  const digest = f.digest("some document");
  await time.setNextBlockTimestamp(at);
  switch (call.action) {
    case "payBalance":
      return buyer.payBalance(packed, "0x", f.nativeValue(terms, terms.price - terms.deposit));
    case "ship":
      return seller.ship(packed, digest, "0x");
    case "deliver":
      return f.escrow.connect(f.attestor).deliver(packed, digest, "0x");
    case "confirm": {
      const message = {
        deal: deal.id,
        amount: held,
        ...seen,
        deadline: FAR,
      };
      return relayed.confirm(
        packed,
        held,
        seen.status,
        await f.consentTo(terms.buyer, { kind: "ConfirmReceipt", message }),
      );
    }
    case "refund":
      return seller.refund(packed, call.amount, held - call.amount, seen.status, "0x");
    case "dispute":
      return buyer.dispute(packed, terms.buyer, digest, "0x");
    case "extendBackstop":
      return open.extendBackstop(packed, call.until);
    case "settle":
    case "award":
      throw new Mismatch(`${call.action} ends a deal at once: the conformance test holds it`);
    default:
      return relayed[call.action](packed);
  }
};

const balances = async (terms: Terms) => ({
  buyer: await f.stablecoin.balanceOf(terms.buyer),
  seller: await f.stablecoin.balanceOf(terms.seller),
});

/** Takes one step in the model and on the chain and compares where they stand. */
const take = async (deal: TestDeal, node: Node, call: DealCall, at: number): Promise<Node> => {
  const before = await balances(deal.terms);
  const step: DealStep = stepOf(call, node.state, { terms: deal.terms, now: at });
  const path = `${node.path} > ${call.action}@+${at - deal.terms.fundBy}`;
  await send(deal, call, at);
  const next = {
    state: step.state,
    now: at,
    paid: plus(node.paid, step.payout),
    received: node.received + (call.action === "payBalance" ? deal.terms.price - deal.terms.deposit : 0n),
    path,
  };
  const actual = await f.stateOf(deal.id);
  const stands = actual.status === "none" ? { ...step.state, status: "none" as const } : step.state;
  const model = step.state.status === "closed" ? { ...stands, status: actual.status } : stands;
  if (step.state.status === "closed" && !["none", "closed"].includes(actual.status)) {
    requireSame("status", next, "closed", actual.status);
  }
  requireSame("state", next, model, actual);
  const after = await balances(deal.terms);
  const spent = call.action === "payBalance" ? deal.terms.price - deal.terms.deposit : 0n;
  requireSame(
    "buyer's money",
    next,
    step.payout.toBuyer + step.payout.compensation - spent,
    after.buyer - before.buyer,
  );
  requireSame("seller's money", next, step.payout.toSeller, after.seller - before.seller);
  return next;
};

const seen = new Set<string>();
const actions = new Set<DealAction>();
const places = new Set<string>();
let states = 0;
let slowest = 0;
/** What earlier terms of this run keep reserved. */
let othersReserved = 0n;

const fallSilent = async (deal: TestDeal, node: Node) => {
  const snapshot = await takeSnapshot();
  const foreseen = silentCourse(node.state, deal.terms);
  let current = node;
  let isOnTime = true;
  for (;;) {
    const next = nextDeadline(current.state, deal.terms);
    if (next === undefined) break;
    // A clock that ran out while the deal was disputed is acted on in the next block.
    isOnTime &&= next.at > current.now;
    current = await take(deal, current, { action: next.action }, Math.max(next.at, current.now + 1));
  }
  const whole = foreseen.reduce((sum, { payout }) => plus(sum, payout), node.paid);
  if (isOnTime) requireSame("payouts foreseen", current, whole, current.paid);
  requireSame("end", current, "closed", current.state.status);
  const { toBuyer, toSeller } = current.paid;
  requireSame("conservation", current, current.received, toBuyer + toSeller);
  const { reserved } = await f.escrow.bondOf(deal.terms.seller, deal.terms.token);
  requireSame("reserved bond", current, othersReserved, reserved);
  slowest = Math.max(slowest, current.now - deal.terms.fundBy);
  if (current.now - deal.terms.fundBy > LONGEST) throw new Mismatch(`too long after ${current.path}`);
  await snapshot.restore();
};

const walk = async (deal: TestDeal, node: Node): Promise<void> => {
  const key = show([deal.terms.order, node.state, node.now, node.paid]);
  if (seen.has(key) || node.state.status === "closed") return;
  seen.add(key);
  states += 1;
  places.add(placeOf(node.state));
  await fallSilent(deal, node);
  for (const at of timesIn(node.state, deal.terms, node.now))
    for (const call of callsIn(node, deal.terms, at)) {
      actions.add(call.action);
      const snapshot = await takeSnapshot();
      await walk(deal, await take(deal, node, call, at));
      await snapshot.restore();
    }
};

const variants: readonly (readonly [name: string, changes: Partial<Terms>])[] = [
  ["paid at once, no coverage", {}],
  ["paid at once, covered, with a tail", { coverage: COVERAGE, tail: 5 * DAY }],
  ["earnest money", { coverage: COVERAGE, tail: 5 * DAY, earnest: true, deposit: PRICE / 5n }],
  ["an advance, covered", { coverage: COVERAGE, tail: 5 * DAY, deposit: PRICE / 4n }],
  ["an advance, not covered", { deposit: PRICE / 4n }],
];

await f.giveTokens();
for (const [name, changes] of isShort ? variants.slice(0, 1) : variants) {
  const startedAt = Date.now();
  const before = states;
  const now = await time.latest();
  const terms = await f.termsOf({
    token: f.stablecoinAddress,
    price: PRICE,
    fundBy: now + DAY,
    ...(changes.deposit === undefined ? {} : { balanceBy: now + 2 * DAY }),
    shipBy: now + 3 * DAY,
    deliverBy: now + 6 * DAY,
    inspection: 4 * DAY,
    backstop: BACKSTOP,
    silenceBps: 3_333,
    tribunal,
    ...changes,
  });
  const deal = f.dealOf(terms);
  othersReserved = (await f.escrow.bondOf(terms.seller, terms.token)).reserved;
  await f.postBond(terms.seller, terms.token, COVERAGE);
  await f.fund(deal);
  const state = fundedState(terms);
  await walk(deal, { state, now: await time.latest(), paid: nothing, received: terms.deposit, path: "fund" });
  console.log(`${name}: ${states - before} states, ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
}

const unwalked = Object.keys(dealTable).filter(
  (action) => !actions.has(action as DealAction) && !["fund", "settle", "award"].includes(action),
);
if (!isShort && unwalked.length > 0) throw new Mismatch(`never walked: ${unwalked.join(", ")}`);
console.log(
  `${states} states in ${places.size} places; each ends by itself, the last ${(slowest / DAY).toFixed(0)} days after fundBy`,
);
await connection.close();
