/** The known word that a mistyped one was probably meant to be, or `undefined` if none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: candidate.startsWith(word) ? 1 : distance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** Insertions, deletions and replacements that lead from one word to the other. */
const distance = (one: string, other: string): number => {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [row, char] of [...one].entries()) {
    const line = [row + 1];
    for (let column = 0; column < other.length; column++) {
      const replaced = above[column]! + (other[column] === char ? 0 : 1);
      line.push(Math.min(replaced, above[column + 1]! + 1, line[column]! + 1));
    }
    above = line;
  }
  return above[other.length]!;
};
