import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { bundleFormat, bundleSuffix, maxBundleBytes } from "../core/evidence/bundle.ts";
import type { EvidencePair, Unpaired } from "../core/text/finding.ts";
import { namesIn, statFile } from "./files.ts";
import { usageInvalid } from "./problems.ts";

export type Pairing = { readonly pairs: readonly EvidencePair[]; readonly unpaired: readonly Unpaired[] };

type Named = { readonly files: string[]; readonly bundles: string[]; readonly unpaired: Unpaired[] };

const HELP = "holdfast verify";
const FORMAT_FAMILY = bundleFormat.slice(0, bundleFormat.indexOf("/") + 1);

/**
 * Pairs files with bundles: one of each as they are given, else `FILE` with `FILE.evidence.json`
 * beside it, either way round, else with the one bundle of that name that was given. A directory
 * stands for all bundles in it; what it holds beside them is `unpaired`. Throws `usage-invalid`
 * when it cannot be told what belongs together.
 */
export async function pairEvidence(paths: readonly string[]): Promise<Pairing> {
  const named: Named = { files: [], bundles: [], unpaired: [] };
  const inDirs: Named = { files: [], bundles: [], unpaired: [] };
  for (const path of paths) {
    const stats = await statFile(path);
    if (path.endsWith(bundleSuffix)) named.bundles.push(path);
    else if (stats?.isDirectory()) await lookInto(path, inDirs);
    else if (stats?.isFile() && (await isBundle(path, stats.size))) named.bundles.push(path);
    else named.files.push(path);
  }
  const files = distinct(named.files);
  const bundles = distinct([...named.bundles, ...inDirs.bundles]);
  const [file, bundle] = [files[0], named.bundles[0]];
  const isOnePair = files.length === 1 && bundles.length === 1 && file !== undefined && bundle !== undefined;
  const pairs = isOnePair ? [{ file, bundle }] : await pairByName(files, bundles);
  const paired = new Set(pairs.flatMap((pair) => [resolve(pair.file), resolve(pair.bundle)]));
  const loose = distinct(inDirs.files).filter((path) => !paired.has(resolve(path)));
  return {
    pairs,
    unpaired: [
      ...loose.map((path): Unpaired => ({ path, why: "without-bundle" })),
      ...inDirs.unpaired.filter(({ path }) => !paired.has(resolve(path))),
    ],
  };
}

const pairByName = async (files: readonly string[], bundles: readonly string[]): Promise<EvidencePair[]> => {
  const given = new Set(bundles.map((path) => resolve(path)));
  const taken = new Map<string, string>();
  const pairs: EvidencePair[] = [];
  for (const file of files) {
    const beside = file + bundleSuffix;
    if (given.has(resolve(beside))) {
      pairs.push({ file, bundle: beside });
      continue;
    }
    const bundle = await bundleFor(file, bundles);
    const rival = taken.get(resolve(bundle));
    if (rival !== undefined) throw usageInvalid(HELP, "bundle-ambiguous", { bundle, file: rival, other: file });
    taken.set(resolve(bundle), file);
    pairs.push({ file, bundle });
  }
  const paired = new Set(pairs.map((pair) => resolve(pair.file)));
  for (const bundle of bundles) {
    if (!bundle.endsWith(bundleSuffix)) throw usageInvalid(HELP, "bundle-unpaired", { bundle });
    const file = fileBeside(bundle);
    // A bundle that proves a file elsewhere proves the one beside it as well.
    const isWanted = !taken.has(resolve(bundle)) || (await isThere(file));
    if (isWanted && !paired.has(resolve(file))) pairs.push({ file, bundle });
  }
  return pairs;
};

/**
 * The bundle beside a file, else the one of that name that is not beside a file of its own, else
 * the one of that name.
 */
const bundleFor = async (file: string, bundles: readonly string[]): Promise<string> => {
  const beside = file + bundleSuffix;
  const alike = bundles.filter((path) => basename(path) === basename(beside));
  const candidates = (await isThere(beside)) ? [beside] : [];
  for (const path of alike) if (!(await isThere(fileBeside(path)))) candidates.push(path);
  const [bundle = beside, other] = candidates.length > 0 ? candidates : alike;
  if (other !== undefined) throw usageInvalid(HELP, "file-ambiguous", { file, bundle, other });
  return bundle;
};

const fileBeside = (bundle: string) => join(dirname(bundle), basename(bundle).slice(0, -bundleSuffix.length));

const isThere = async (path: string) => (await statFile(path)) !== undefined;

/** The first spelling of each path. */
const distinct = (paths: readonly string[]) => {
  const spellings = new Map<string, string>();
  for (const path of paths) if (!spellings.has(resolve(path))) spellings.set(resolve(path), path);
  return [...spellings.values()];
};

/**
 * Sorts the content of a directory. Hidden entries, such as those that file managers leave behind,
 * are passed over.
 */
const lookInto = async (dir: string, { files, bundles, unpaired }: Named): Promise<void> => {
  const names = (await namesIn(dir)).filter((name) => !name.startsWith(".") || name.endsWith(bundleSuffix)).sort();
  if (!names.some((name) => name.endsWith(bundleSuffix))) {
    throw usageInvalid(HELP, "bundles-missing", { path: dir });
  }
  for (const name of names) {
    const path = join(dir, name);
    if (name.endsWith(bundleSuffix)) {
      bundles.push(path);
      continue;
    }
    const stats = await statFile(path).catch(() => undefined);
    if (stats?.isDirectory()) unpaired.push({ path, why: "directory" });
    else if (stats?.isFile() && (await isBundle(path, stats.size))) unpaired.push({ path, why: "bundle-without-file" });
    else files.push(path);
  }
};

const isBundle = async (path: string, size: number) => {
  if (size > maxBundleBytes) return false;
  // A renamed bundle is one all the same. What cannot be read is refused later, with its reason.
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trimStart().startsWith("{") && text.includes(`"format"`) && text.includes(FORMAT_FAMILY);
};
