// A sample that reaches every function: seeded, so that anybody draws the same one.
import type { Mutant } from "./operators.ts";

/** Mulberry32: a small generator; the same seed gives the same numbers in [0, 1) everywhere. */
const generator = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
};

const shuffled = <T>(items: readonly T[], random: () => number): readonly T[] => {
  const left = [...items];
  for (let i = left.length - 1; i > 0; --i) {
    const j = Math.floor(random() * (i + 1));
    [left[i], left[j]] = [left[j] as T, left[i] as T];
  }
  return left;
};

/**
 * All mutants in the order in which they are tried: one of each function in turn, then a second one of each, so that any number
 * of the first ones is spread over all functions.
 */
export const inTurn = (mutants: readonly Mutant[], seed: number): readonly Mutant[] => {
  const random = generator(seed);
  const byScope = Map.groupBy(mutants, ({ scope }) => scope);
  const queues = shuffled([...byScope.values()], random).map((queue) => shuffled(queue, random));
  const rounds = Math.max(0, ...queues.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => queues.flatMap((queue) => queue.slice(round, round + 1))).flat();
};
