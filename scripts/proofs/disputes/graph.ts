import { type DealState, placeOf, stageOf } from "../../../src/core/deal/dealTable.ts";
import { type DealCall, feeOf, fundedState, type Payout } from "../../../src/core/deal/payouts.ts";
import type { Terms } from "../../../src/core/deal/terms.ts";
import { plainCalls } from "../../plainCalls.ts";
import type { Rules } from "./rules.ts";
import { sayMove } from "./say.ts";

export type Party = "buyer" | "seller";
type Mover = Party | "attestor" | "anyone";

/** Money of a step in minor units, as numbers: the proof's amounts are far below 2^53. */
export type Money = Readonly<Record<Party, number>>;

export type Move = Readonly<{ by: Mover; call: DealCall; to: Node; money: Money }>;

/** A deal at a second. Moves of one second follow each other; `later` is the next second at which anything can change. */
export type Node = Readonly<{
  id: number;
  state: DealState;
  now: number;
  moves: () => readonly Move[];
  later: () => Node | undefined;
}>;

export type Graph = Readonly<{
  terms: Terms;
  root: Node;
  /** The node of a state at a second. */
  at: (state: DealState, now: number) => Node;
  /** Every node that was asked for, by id. */
  nodes: readonly Node[];
}>;

export const otherOf = (party: Party): Party => (party === "buyer" ? "seller" : "buyer");

/** Money that a party gives by its own will: nothing in the rules makes it. */
export const isGift = ({ call }: Pick<Move, "call">) => call.action === "confirm" || call.action === "refund";

const moneyOf = ({ toBuyer, toSeller, compensation }: Payout, paidIn: bigint, { feeBps }: Terms): Money => ({
  buyer: Number(toBuyer + compensation - paidIn),
  seller: Number(toSeller - feeOf(toSeller, feeBps) - compensation),
});

/** A part of a refund is tried once, so that the amounts stay few. */
const callsIn = ({ held }: DealState, { price }: Terms): readonly DealCall[] => [
  ...plainCalls,
  ...(held === price ? [{ action: "refund", amount: held / 3n } as const] : []),
  ...(held > 0n ? [{ action: "refund", amount: held } as const] : []),
];

/** Just before, at and after each clock ahead. */
const secondsOf = (state: DealState, terms: Terms): readonly number[] => {
  const stated = {
    deposited: [terms.balanceBy, terms.shipBy, terms.deliverBy],
    funded: [terms.shipBy, terms.deliverBy],
  };
  const ahead = { ...stated, shipped: [terms.deliverBy] }[stageOf(state) as "deposited"] ?? [];
  const clocks = [...ahead, state.until].filter((clock) => clock > 0);
  return clocks.flatMap((at) => [at - 1, at, at + 1]);
};

/** The last dispute's second matters to papers and to a tribunal that speaks, not to money. */
const withoutMemory = (state: DealState): DealState => ({ ...state, disputedAt: 0 });

const once = <T>(compute: () => T): (() => T) => {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
};

/** All that can happen to a deal on these terms while its tribunal stays silent, found as far as it is asked for. */
export const graphOf = (terms: Terms, rules: Rules): Graph => {
  const nodes: Node[] = [];
  const known = new Map<string, Node>();

  const movesOf = (state: DealState, now: number) =>
    callsIn(state, terms).flatMap((call): readonly Move[] => {
      const step = rules.step(call, state, { terms, now });
      if (step === undefined) return [];
      const paidIn = call.action === "payBalance" ? terms.price - terms.deposit : 0n;
      const actor = rules.actor(call.action, placeOf(state));
      const movers: readonly Mover[] = actor === "party" ? ["buyer", "seller"] : [actor as Mover];
      const to = at(step.state, now);
      return movers.map((by) => ({ by, call, to, money: moneyOf(step.payout, paidIn, terms) }));
    });

  const at = (given: DealState, now: number): Node => {
    const state = withoutMemory(given);
    const key = [state.status, state.disputedFrom, state.held, state.until, now].join();
    const existing = known.get(key);
    if (existing) return existing;
    const laterOf = () => {
      const seconds = state.status === "closed" ? [] : secondsOf(state, terms).filter((second) => second > now);
      return seconds.length === 0 ? undefined : at(state, Math.min(...seconds));
    };
    const moves = once(() => (state.status === "closed" ? [] : movesOf(state, now)));
    const node: Node = { id: nodes.length, state, now, moves, later: once(laterOf) };
    nodes.push(node);
    known.set(key, node);
    return node;
  };

  return { terms, root: at(fundedState(terms), terms.fundBy - 1), at, nodes };
};

/** Every node that some play reaches from the funding, in the order found, each with one way there. */
export const reachable = ({ root, terms }: Graph): ReadonlyMap<Node, () => readonly string[]> => {
  const found = new Map<Node, () => readonly string[]>([[root, () => []]]);
  for (const [node, way] of found) {
    for (const move of node.moves()) {
      if (!found.has(move.to)) found.set(move.to, () => [...way(), sayMove(move, node.now, terms.fundBy)]);
    }
    const later = node.later();
    if (later !== undefined && !found.has(later)) found.set(later, way);
  }
  return found;
};
