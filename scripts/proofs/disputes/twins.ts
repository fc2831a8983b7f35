import { type Graph, isGift, type Move, type Node, otherOf, type Party } from "./graph.ts";
import { sayMove } from "./say.ts";

/**
 * Two runs of one deal: the same attempts of everybody at the same seconds, but the opener's disputes only in the first. An attempt
 * that one run refuses changes nothing there. Strangers call a deadline at its second (`punctual`) or when the worst case wants.
 */
export type TwinRun = Readonly<{
  opener: Party;
  strangers: "punctual" | "lazy";
  /** Whether the other party may dispute as well, in both runs. */
  bothDispute: boolean;
  hasGifts: boolean;
  /** What one move adds to the difference, in the run with the disputes; it is subtracted in the other. */
  weigh: (move: Move, node: Node) => number;
}>;

export type Difference = Readonly<{ most: number; path: () => readonly string[] }>;

type Pair = Readonly<{ disputed: Node; plain: Node }>;
type Step = Readonly<{ adds: number; says: () => string; to: Pair }>;
type Result = Readonly<{ most: number; step?: Step; rest?: Result }>;

/** Ids of two nodes stay one exact number. */
const MOST_NODES = 2 ** 26;

const nameOf = ({ by, call }: Move, { state }: Node) =>
  `${by} ${call.action}${call.action === "refund" && call.amount !== state.held ? " in part" : ""}`;

/** Finds the largest difference between the two runs over everything that everybody can attempt. */
export const compare = (run: TwinRun, graph: Graph): ((node: Node) => Difference) => {
  const { opener, weigh } = run;
  const { fundBy } = graph.terms;
  const known = new Map<number, Result>();
  const named = new Map<number, ReadonlyMap<string, Move>>();

  const namedMoves = (node: Node): ReadonlyMap<string, Move> => {
    const existing = named.get(node.id);
    if (existing) return existing;
    const moves = new Map(node.moves().map((move) => [nameOf(move, node), move]));
    named.set(node.id, moves);
    return moves;
  };

  const take = (pair: Pair, inDisputed: Move | undefined, inPlain: Move | undefined): Step => {
    const move = (inDisputed ?? inPlain)!;
    const where = inDisputed === undefined ? " (without only)" : inPlain === undefined ? " (with only)" : "";
    return {
      adds:
        (inDisputed === undefined ? 0 : weigh(inDisputed, pair.disputed)) -
        (inPlain === undefined ? 0 : weigh(inPlain, pair.plain)),
      says: () => sayMove(move, pair.plain.now, fundBy) + where,
      to: { disputed: inDisputed?.to ?? pair.disputed, plain: inPlain?.to ?? pair.plain },
    };
  };

  /** A party gives only what the rules let it give in the run that it chooses for. */
  const isMeant = (move: Move, inDisputed: Move | undefined, inPlain: Move | undefined) =>
    !isGift(move) || (run.hasGifts && (move.by === opener ? inDisputed : inPlain) !== undefined);

  const openersDispute = `${opener} dispute`;
  const othersDispute = `${otherOf(opener)} dispute`;

  const stepsOf = (pair: Pair): readonly Step[] => {
    const there = namedMoves(pair.disputed);
    const here = namedMoves(pair.plain);
    const steps: Step[] = [];
    const attempt = (name: string) => {
      const inDisputed = there.get(name);
      const inPlain = name === openersDispute ? undefined : here.get(name);
      const move = inDisputed ?? inPlain;
      if (move === undefined || (name === othersDispute && !run.bothDispute)) return;
      if (isMeant(move, inDisputed, inPlain)) steps.push(take(pair, inDisputed, inPlain));
    };
    for (const name of there.keys()) attempt(name);
    for (const name of here.keys()) if (!there.has(name)) attempt(name);
    return steps;
  };

  const calledByClock = ({ disputed, plain }: Pair): Step | undefined => {
    const isOver = disputed.later() === undefined && plain.later() === undefined;
    if (run.strangers === "lazy" && !isOver) return undefined;
    const calledIn = (node: Node) => node.moves().find(({ by }) => by === "anyone");
    const [there, here] = [calledIn(disputed), calledIn(plain)];
    if (there === undefined) return here === undefined ? undefined : take({ disputed, plain }, undefined, here);
    return take({ disputed, plain }, there, there.call.action === here?.call.action ? here : undefined);
  };

  const laterOf = ({ disputed, plain }: Pair): Pair | undefined => {
    const seconds = [disputed.later(), plain.later()].flatMap((node) => (node === undefined ? [] : [node.now]));
    if (seconds.length === 0) return undefined;
    const now = Math.min(...seconds);
    return { disputed: graph.at(disputed.state, now), plain: graph.at(plain.state, now) };
  };

  const differ = (pair: Pair): Result => {
    const key = pair.disputed.id * MOST_NODES + pair.plain.id;
    const existing = known.get(key);
    if (existing) return existing;
    const result = compute(pair);
    known.set(key, result);
    return result;
  };

  const following = (step: Step): Result => {
    const rest = differ(step.to);
    return { most: step.adds + rest.most, step, rest };
  };

  const compute = (pair: Pair): Result => {
    const called = calledByClock(pair);
    if (called !== undefined) return following(called);
    const later = laterOf(pair);
    if (later === undefined) return { most: 0 };
    let best = differ(later);
    for (const step of stepsOf(pair)) {
      const result = following(step);
      if (result.most > best.most) best = result;
    }
    return best;
  };

  const pathOf = ({ step, rest }: Result): readonly string[] =>
    step === undefined || rest === undefined ? [] : [step.says(), ...pathOf(rest)];

  return (node) => {
    const result = differ({ disputed: node, plain: node });
    return { most: result.most, path: () => pathOf(result) };
  };
};

const leavesAt = ({ to }: Move, { state, now }: Node) => (state.held > 0n && to.state.held === 0n ? now : 0);
const closesAt = ({ to }: Move, { now }: Node) => (to.state.status === "closed" ? now : 0);

/** What the two runs are compared by. */
export const weights = {
  /** How much more a party gets with the opener's disputes, in minor units. */
  gain: (party: Party) => (move: Move) => move.money[party],
  loss: (party: Party) => (move: Move) => -move.money[party],
  /** How many seconds later the last of what is held leaves. */
  paidLater: leavesAt,
  paidSooner: (move: Move, node: Node) => -leavesAt(move, node),
  /** How many seconds later the deal closes, so that the coverage is free. */
  closedLater: closesAt,
  closedSooner: (move: Move, node: Node) => -closesAt(move, node),
} as const;
