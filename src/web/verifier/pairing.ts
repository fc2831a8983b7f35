import { bundleSuffix } from "../../core/evidence/bundle.ts";
import type { Gathered } from "./gathered.ts";

/** A bundle and the file that it is about, where that was given. */
export type Pair = Readonly<{ bundle: Gathered; file: Gathered | undefined }>;

/** A file that nothing is checked about, and why. */
export type Unpaired = Readonly<{ file: Gathered; why: "without-bundle" | "bundle-ambiguous" | "dossier-part" }>;

/** What `holdfast dossier` writes beside the evidence. */
const dossierParts = ["index.html", "dossier.html", "dossier.json", "deal.json"];

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/**
 * Which file each bundle is about: the one beside it that has its name, else the one file of that
 * name, else, where one of each was given, that one. Hidden files are passed over.
 */
export function pairGathered(all: readonly Gathered[]): { pairs: readonly Pair[]; unpaired: readonly Unpaired[] } {
  const shown = all
    .filter(({ path }) => !nameOf(path).startsWith(".") && !path.includes("__MACOSX/"))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  const bundles = shown.filter(({ path }) => path.endsWith(bundleSuffix));
  const files = shown.filter(({ path }) => !path.endsWith(bundleSuffix));
  const [onlyFile, onlyBundle] = [files[0], bundles[0]];
  if (files.length === 1 && bundles.length === 1 && onlyFile !== undefined && onlyBundle !== undefined) {
    return { pairs: [{ bundle: onlyBundle, file: onlyFile }], unpaired: [] };
  }
  const byPath = new Map(files.map((file) => [file.path, file]));
  const byName = new Map<string, Gathered[]>();
  for (const file of files) byName.set(nameOf(file.path), [...(byName.get(nameOf(file.path)) ?? []), file]);
  const taken = new Set<Gathered>();
  const pairs = bundles.map((bundle): Pair => {
    const path = bundle.path.slice(0, -bundleSuffix.length);
    const alike = byName.get(nameOf(path)) ?? [];
    const file = byPath.get(path) ?? (alike.length === 1 ? alike[0] : undefined);
    if (file !== undefined) taken.add(file);
    return { bundle, file };
  });
  const wanted = new Set(
    pairs.flatMap(({ bundle, file }) => (file === undefined ? [nameOf(pathOf({ bundle, file }))] : [])),
  );
  const listed = files.find(({ path }) => nameOf(path) === "dossier.json");
  const root = listed?.path.slice(0, -"dossier.json".length);
  const whyUnpaired = ({ path }: Gathered): Unpaired["why"] => {
    if (root !== undefined && dossierParts.some((name) => path === root + name)) return "dossier-part";
    return wanted.has(nameOf(path)) ? "bundle-ambiguous" : "without-bundle";
  };
  return {
    pairs,
    unpaired: files.filter((file) => !taken.has(file)).map((file) => ({ file, why: whyUnpaired(file) })),
  };
}

/** Where the file of a pair is, or would be by the name of its bundle. */
export function pathOf({ bundle, file }: Pair): string {
  return file?.path ?? bundle.path.slice(0, -bundleSuffix.length);
}
