import type { Terms } from "../../../src/core/deal/terms.ts";
import { otherOf, type Party } from "./graph.ts";
import type { Attestor, Game } from "./values.ts";

/** How much is walked: `short` leaves out strangers who call late and most of the attestor's seconds. */
export type Depth = "short" | "full";

const attestorsOf = ({ shipBy, deliverBy, backstop }: Terms, depth: Depth): readonly Attestor[] =>
  depth === "short"
    ? ["against", "for", { from: deliverBy - 1 }]
    : ["against", "for", "never", ...[0, shipBy, deliverBy - backstop, deliverBy - 1].map((from) => ({ from }))];

/** One game, played with the opener's disputes and without them; a loss is a gain with the other sign. */
export type Pairing = Readonly<{ with: Game; without: Game; sign: 1 | -1; figure: "own gain" | "other's loss" }>;

/** Each way to play, once with the opener's disputes and once without. */
export const pairingsOf = (opener: Party, terms: Terms, depth: Depth): readonly Pairing[] => {
  const other = otherOf(opener);
  const all: Pairing[] = [];
  const add = (game: Omit<Game, "mayDispute">, sign: 1 | -1, othersMay: boolean, figure: Pairing["figure"]) => {
    const may = (openerMay: boolean) => ({ ...game, mayDispute: { [opener]: openerMay, [other]: othersMay } as const });
    all.push({ with: may(true) as Game, without: may(false) as Game, sign, figure });
  };
  for (const attestor of attestorsOf(terms, depth))
    for (const first of depth === "short" ? (["other"] as const) : (["player", "other"] as const))
      for (const othersMay of [true, false]) {
        for (const met of ["hostile", "selfish", "silent"] as const) {
          if (met === "silent" && othersMay) continue;
          add({ player: opener, other: met, attestor, first }, 1, othersMay, "own gain");
          if (othersMay) continue;
          add({ player: opener, cannotPerform: true, other: met, attestor, first }, 1, othersMay, "own gain");
        }
        for (const met of ["hostile", "selfish"] as const) {
          add({ player: other, other: met, attestor, first }, -1, othersMay, "other's loss");
          if (othersMay) continue;
          add({ player: other, isPlayerSilent: true, other: met, attestor, first }, -1, othersMay, "other's loss");
        }
      }
  return all;
};

/** A pairing in words, for a counterexample. */
export const sayPairing = ({ figure, with: game }: Pairing): string => {
  const manner = game.isPlayerSilent ? "silent" : game.cannotPerform ? "unable to pay or ship" : "at its best";
  return [
    `${figure}: ${game.player} ${manner}`,
    `${otherOf(game.player)} ${game.other}`,
    `attestor ${JSON.stringify(game.attestor)}`,
    `${game.first} first`,
  ].join(", ");
};
