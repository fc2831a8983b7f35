/** One finished part of a long run: a seed and what was played from it. */
export type Slice = Readonly<{ sources: string; seed: string; runs: number; depth: number; seconds: number }>;

export type Played = Readonly<{ calls: number; seconds: number; seeds: readonly string[] }>;

/** Reads the file of slices. A line that a stop cut off is left out, and its slice is played again. */
export function parseSlices(text: string): Slice[] {
  return text.split("\n").flatMap((line) => {
    try {
      const slice: unknown = JSON.parse(line);
      return isSlice(slice) ? [slice] : [];
    } catch {
      return [];
    }
  });
}

function isSlice(value: unknown): value is Slice {
  const { sources, seed, runs, depth, seconds } = (value ?? {}) as Partial<Slice>;
  return (
    typeof sources === "string" &&
    typeof seed === "string" &&
    [runs, depth, seconds].every((count) => typeof count === "number" && count > 0)
  );
}

/** What was played of exactly these sources. A slice of other sources, or of a seed that counts already, adds nothing. */
export function playedOf(slices: readonly Slice[], sources: string): Played {
  const mine = new Map(slices.filter((slice) => slice.sources === sources).map((slice) => [slice.seed, slice]));
  return {
    calls: [...mine.values()].reduce((sum, { runs, depth }) => sum + runs * depth, 0),
    seconds: [...mine.values()].reduce((sum, { seconds }) => sum + seconds, 0),
    seeds: [...mine.keys()],
  };
}

/** The next seed after those that were played: 1, 2, 3 and so on, so that anybody can play the same. */
export function nextSeed(seeds: readonly string[]): string {
  let seed = 1;
  while (seeds.includes(`0x${seed.toString(16)}`)) seed += 1;
  return `0x${seed.toString(16)}`;
}

type Plan = Readonly<{ inWork: ReadonlySet<string>; calls: number; wanted: number }>;

/** The seed for a worker that has none; undefined once what was played and what is in work, `calls` for a seed, are enough. */
export function seedToPlay({ calls: played, seeds }: Played, { inWork, calls, wanted }: Plan): string | undefined {
  return played + inWork.size * calls < wanted ? nextSeed([...seeds, ...inWork]) : undefined;
}

/** How many runs Hardhat says it played; none when it says nothing. */
export function runsIn(output: string): number {
  return Number(output.match(/invariant_\w+\(\) \(runs: (\d+)\)/)?.[1] ?? 0);
}
