import type { CreateDigester } from "../../core/evidence/digest.ts";
import { readArchive } from "./archive.ts";
import { checkPairs } from "./checkPairs.ts";
import { type Gathered, PageError } from "./gathered.ts";
import type { PageState } from "./pageState.ts";
import { pairGathered } from "./pairing.ts";
import { readSources, type StatedSources } from "./sources.ts";

type CheckContext = Readonly<{
  sources: StatedSources;
  /** The reader's clock in Unix seconds. */
  now: () => number;
  createDigester: CreateDigester;
  signal: AbortSignal;
  /** Told what was given once it is known. */
  onGiven: (given: readonly Gathered[]) => void;
  onProgress: (progress: Readonly<{ name: string; done: number; all: number }>) => void;
}>;

/** Opens archives, pairs files with bundles, checks them and gives what the page is to show. */
export async function checkGathered(
  gathering: Promise<readonly Gathered[]>,
  { sources, now, createDigester, signal, onGiven, onProgress }: CheckContext,
): Promise<PageState> {
  try {
    const given = await gathering;
    onGiven(given);
    const trusted = await readSources(sources);
    const opened = (await Promise.all(given.map(openArchive))).flat();
    const { pairs, unpaired } = pairGathered(opened);
    if (pairs.length === 0) return { status: "waiting", notice: "nothing-found" };
    const all = pairs.reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
    const generatedAt = now();
    const checked = await checkPairs(pairs, {
      trusted,
      now: generatedAt,
      createDigester,
      signal,
      onProgress: (name, done) => onProgress({ name, done, all }),
    });
    return { status: "checked", checked, unpaired, generatedAt };
  } catch (error) {
    if (signal.aborted) return { status: "waiting", notice: "cancelled" };
    if (error instanceof PageError) {
      return { status: "waiting", notice: { problem: error.problem, names: error.names } };
    }
    console.error(error);
    return { status: "waiting", notice: { problem: "page-failed", names: [] } };
  }
}

async function openArchive(file: Gathered): Promise<readonly Gathered[]> {
  if (file.blob === undefined || !/\.zip$/i.test(file.path)) return [file];
  return readArchive(file.blob, file.path);
}
