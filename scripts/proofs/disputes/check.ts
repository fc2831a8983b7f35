import { placeOf, stageOf } from "../../../src/core/deal/dealTable.ts";
import { silenceSplit } from "../../../src/core/deal/payouts.ts";
import { type Graph, graphOf, type Node, otherOf, type Party, reachable } from "./graph.ts";
import { type Depth, type Pairing, pairingsOf, sayPairing } from "./pairings.ts";
import { escrowRules, type Rules } from "./rules.ts";
import type { Shape } from "./shapes.ts";
import { compare, type TwinRun, weights } from "./twins.ts";
import { solve } from "./values.ts";

/** The most that one kind of comparison found, and one play that shows it. */
type Most = Readonly<{ most: number; place: string; way: readonly string[]; play: readonly string[] }>;

type Figure = "own gain" | "other's loss" | "twin's own gain" | "twin's other's loss";
type Delay = "paid later" | "closed later";

/** What the disputes of one party can do on one set of terms. */
type Finding = Readonly<{
  opener: Party;
  comparisons: number;
  money: Readonly<Record<Figure, Most>>;
  delay: Readonly<Record<Delay, Most>>;
}>;

export type Counterexample = Most & Readonly<{ shape: string; opener: Party; what: string; allowed: number }>;

export type Report = Readonly<{
  shape: Shape;
  states: number;
  /** The buyer's share of the whole price when the tribunal is silent after delivery. */
  share: number;
  findings: readonly Finding[];
  counterexamples: readonly Counterexample[];
}>;

const parties = ["buyer", "seller"] as const;

/** What the terms give a buyer for silence, of all that may still be held at delivery. */
const shareAt = ({ state }: Node, { price, silenceBps }: Shape["terms"]): number => {
  const stage = stageOf(state);
  if (stage === "released" || stage === "closed") return 0;
  return Number(silenceSplit(stage === "deposited" ? price : state.held, silenceBps).toBuyer);
};

type Seen = { most?: Most };

/** Checks on one set of terms that no dispute improves its opener's default or worsens the other's. */
export const checkShape = (shape: Shape, depth: Depth, rules: Rules = escrowRules): Report => {
  const { terms } = shape;
  const graph: Graph = graphOf(terms, rules);
  const ways = reachable(graph);
  const nodes = [...ways.keys()];
  const counterexamples: Counterexample[] = [];

  const findingOf = (opener: Party): Finding => {
    let comparisons = 0;
    /** Looks at every node, keeps the most, and the first node at which it is more than allowed. */
    const survey = (
      kept: Seen,
      what: string,
      allowedAt: (node: Node) => number,
      measure: (node: Node) => number,
      playAt: (node: Node) => readonly string[],
    ) => {
      let isFound = false;
      for (const node of nodes) {
        comparisons += 1;
        const most = measure(node);
        const isMore = kept.most === undefined || most > kept.most.most;
        const isTooMuch: boolean = !isFound && most > allowedAt(node);
        if (!isMore && !isTooMuch) continue;
        const seen = { most, place: placeOf(node.state), way: ways.get(node)?.() ?? [], play: playAt(node) };
        if (isMore) kept.most = seen;
        if (isTooMuch) counterexamples.push({ ...seen, shape: shape.name, opener, what, allowed: allowedAt(node) });
        isFound ||= isTooMuch;
      }
    };

    const share = (node: Node) => shareAt(node, terms);
    const zero = () => 0;
    const allowed = opener === "buyer" ? share : zero;

    const games: Record<Pairing["figure"], Seen> = { "own gain": {}, "other's loss": {} };
    for (const pairing of pairingsOf(opener, terms, depth)) {
      const [played, unplayed] = [solve(pairing.with, terms.fundBy), solve(pairing.without, terms.fundBy)];
      const { player } = pairing.with;
      survey(
        games[pairing.figure],
        sayPairing(pairing),
        allowed,
        (node) => pairing.sign * (played(node).money[player] - unplayed(node).money[player]),
        (node) => [
          `with the dispute, ${player} ${played(node).money[player]}: ${played(node).path().join(" > ")}`,
          `without it, ${player} ${unplayed(node).money[player]}: ${unplayed(node).path().join(" > ")}`,
        ],
      );
    }

    const surveyTwins = (kept: Seen, what: string, limit: (node: Node) => number, run: Omit<TwinRun, "opener">) => {
      const differ = compare({ opener, ...run }, graph);
      const name = `${what}: twin runs, ${run.bothDispute ? "both dispute" : "only the opener disputes"}, strangers ${run.strangers}`;
      survey(
        kept,
        name,
        limit,
        (node) => differ(node).most,
        (node) => [differ(node).path().join(" > ")],
      );
    };
    const [gain, loss, paid, closed]: readonly [Seen, Seen, Seen, Seen] = [{}, {}, {}, {}];
    for (const strangers of depth === "short" ? (["punctual"] as const) : (["punctual", "lazy"] as const))
      for (const bothDispute of [false, true]) {
        // A party whose dispute found one open already, and that does not dispute again, has lost no more than the share.
        const limit = bothDispute ? share : allowed;
        const run = { strangers, bothDispute, hasGifts: true };
        surveyTwins(gain, "twin's own gain", limit, { ...run, weigh: weights.gain(opener) });
        surveyTwins(loss, "twin's other's loss", limit, { ...run, weigh: weights.loss(otherOf(opener)) });
      }
    const clocks = { strangers: "punctual", hasGifts: false } as const;
    /** A backstop never moves to an earlier second, so it stands after `deliverBy` when the goods come early. */
    const early = ({ state, now }: Node) =>
      ["deposited", "funded", "shipped"].includes(stageOf(state))
        ? Math.max(0, terms.deliverBy - now - terms.inspection)
        : 0;
    const backstops = (count: number) => (node: Node) => count * terms.backstop + early(node);
    surveyTwins(paid, "seconds later paid", backstops(1), { ...clocks, bothDispute: true, weigh: weights.paidLater });
    surveyTwins(closed, "seconds later closed", backstops(terms.coverage === 0n ? 1 : 2), {
      ...clocks,
      bothDispute: true,
      weigh: weights.closedLater,
    });
    for (const [what, weigh] of [
      ["seconds sooner paid", weights.paidSooner],
      ["seconds sooner closed", weights.closedSooner],
    ] as const) {
      surveyTwins({}, what, zero, { ...clocks, bothDispute: false, weigh });
    }
    return {
      opener,
      comparisons,
      money: {
        "own gain": games["own gain"].most!,
        "other's loss": games["other's loss"].most!,
        "twin's own gain": gain.most!,
        "twin's other's loss": loss.most!,
      },
      delay: { "paid later": paid.most!, "closed later": closed.most! },
    };
  };

  const findings = parties.map(findingOf);
  return { shape, states: nodes.length, share: shareAt(graph.root, terms), findings, counterexamples };
};
