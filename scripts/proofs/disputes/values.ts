import { type Money, type Move, type Node, otherOf, type Party } from "./graph.ts";
import { sayMove } from "./say.ts";

/** How the attestor behaves: at its worst or best for the player, never, or from a stated second on as soon as it can. */
export type Attestor = "against" | "for" | "never" | Readonly<{ from: number }>;

/**
 * Who plays how. The player maximises its own money and is met by the other party: `hostile` minimises the player's money, with
 * strangers on its side; `selfish` maximises its own; `silent` does nothing, and strangers call each deadline at its second.
 */
export type Game = Readonly<{
  player: Party;
  /** A party that stays silent sees only clocks and strangers act for it. */
  isPlayerSilent?: boolean;
  /** Shipping and paying cost nothing in this game, so a party that has no goods or no money is looked at by itself. */
  cannotPerform?: boolean;
  other: "hostile" | "selfish" | "silent";
  attestor: Attestor;
  mayDispute: Readonly<Record<Party, boolean>>;
  /** Who acts first in each second; the one that acts last can answer. */
  first: "player" | "other";
}>;

type Side = "player" | "other";
type Result = Readonly<{ money: Money; move?: Move; rest?: Result; at: Node }>;

/** What both sides end with from a node on, and one play that leads there. */
export type Value = Readonly<{ money: Money; path: () => readonly string[] }>;

const none: Money = { buyer: 0, seller: 0 };
const plus = (a: Money, b: Money): Money => ({ buyer: a.buyer + b.buyer, seller: a.seller + b.seller });
const opposite = (side: Side): Side => (side === "player" ? "other" : "player");

/** Solves a game by backward induction, once for all nodes. */
export const solve = (game: Game, fundBy: number): ((node: Node) => Value) => {
  const { player, attestor, mayDispute } = game;
  const other = otherOf(player);
  const known = new Map<number, Result>();

  const isAllowed = (move: Move) =>
    move.call.action !== "dispute" || (move.by !== "attestor" && move.by !== "anyone" && mayDispute[move.by]);

  const movesOf = (node: Node, side: Side) => {
    const isActive = side === "player" ? game.isPlayerSilent !== true : game.other !== "silent";
    const helps = side === "player" ? "for" : "against";
    return node.moves().filter((move) => {
      if (move.by === "attestor") return attestor === helps;
      if (move.by === "anyone") return isActive || side === "other";
      if (side === "player" && game.cannotPerform && ["payBalance", "ship"].includes(move.call.action)) return false;
      return isActive && move.by === (side === "player" ? player : other) && isAllowed(move);
    });
  };

  /** What happens before anybody chooses. */
  const forced = (node: Node): Move | undefined => {
    if (typeof attestor === "object" && node.now >= attestor.from) {
      const delivery = node.moves().find(({ by }) => by === "attestor");
      if (delivery !== undefined) return delivery;
    }
    const isPunctual = game.other === "silent" || game.isPlayerSilent === true;
    return isPunctual || node.later() === undefined ? node.moves().find(({ by }) => by === "anyone") : undefined;
  };

  /** The other side breaks ties against the player. */
  const isBetter = (a: Money, b: Money, side: Side) => {
    if (side === "player") return a[player] > b[player];
    if (game.other === "selfish" && a[other] !== b[other]) return a[other] > b[other];
    return a[player] < b[player];
  };

  const taking = (move: Move, node: Node, rest: Result): Result => ({
    money: plus(move.money, rest.money),
    move,
    rest,
    at: node,
  });

  const resultAt = (node: Node, side: Side, isPassed: boolean): Result => {
    const key = node.id * 4 + (side === "player" ? 2 : 0) + (isPassed ? 1 : 0);
    const existing = known.get(key);
    if (existing) return existing;
    const result = compute(node, side, isPassed);
    known.set(key, result);
    return result;
  };

  const compute = (node: Node, side: Side, isPassed: boolean): Result => {
    const must = forced(node);
    if (must !== undefined) return taking(must, node, resultAt(must.to, game.first, false));
    const later = node.later();
    if (later === undefined) return { money: none, at: node };
    let best = isPassed ? resultAt(later, game.first, false) : resultAt(node, opposite(side), true);
    for (const move of movesOf(node, side)) {
      const result = taking(move, node, resultAt(move.to, opposite(side), false));
      if (isBetter(result.money, best.money, side)) best = result;
    }
    return best;
  };

  const pathOf = (result: Result): readonly string[] =>
    result.move === undefined || result.rest === undefined
      ? []
      : [sayMove(result.move, result.at.now, fundBy), ...pathOf(result.rest)];

  return (node) => {
    const result = resultAt(node, game.first, false);
    return { money: result.money, path: () => pathOf(result) };
  };
};
