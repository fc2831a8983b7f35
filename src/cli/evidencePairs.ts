import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { bundleFormat, maxBundleBytes } from "../core/bundle.ts";
import { ProtocolError } from "../core/errors.ts";
import { statFile } from "./files.ts";

/** What a bundle's name ends with, after the name of its file. */
export const BUNDLE_SUFFIX = ".evidence.json";

/** A file and its bundle, either of which may not be there. */
export type EvidencePair = { readonly file: string; readonly bundle: string };

const FORMAT_FAMILY = bundleFormat.slice(0, bundleFormat.indexOf("/") + 1);

/**
 * Pairs files with bundles: those given together, else `FILE` with `FILE.evidence.json` beside it, either way round; a
 * directory stands for all bundles in it. Throws `usage-invalid` when it cannot be told what belongs together.
 */
export const pairEvidence = async (paths: readonly string[]): Promise<EvidencePair[]> => {
  const files: string[] = [];
  const bundles: string[] = [];
  for (const path of paths) {
    const stats = await statFile(path);
    if (stats?.isDirectory()) bundles.push(...(await bundlesIn(path)));
    else if (await isBundle(path, stats?.size)) bundles.push(path);
    else files.push(path);
  }
  const [file, bundle] = [files[0], bundles[0]];
  if (file !== undefined && bundle !== undefined && files.length === 1 && bundles.length === 1)
    return [{ file, bundle }];

  const named = new Map(bundles.map((path) => [basename(path), path]));
  const pairs = files.map((path): EvidencePair => {
    const name = basename(path) + BUNDLE_SUFFIX;
    const given = named.get(name);
    named.delete(name);
    return { file: path, bundle: given ?? path + BUNDLE_SUFFIX };
  });
  for (const path of named.values()) {
    if (!path.endsWith(BUNDLE_SUFFIX)) {
      throw new ProtocolError("usage-invalid", {
        problem: `It cannot be told which file ${path} belongs to. Give one file and its bundle at a time.`,
        help: "holdfast verify",
      });
    }
    pairs.push({ file: join(dirname(path), basename(path).slice(0, -BUNDLE_SUFFIX.length)), bundle: path });
  }
  return pairs;
};

const bundlesIn = async (dir: string) => {
  const names = (await readdir(dir)).filter((name) => name.endsWith(BUNDLE_SUFFIX)).sort();
  if (names.length === 0) {
    throw new ProtocolError("usage-invalid", {
      problem: `${dir} holds no *${BUNDLE_SUFFIX}.`,
      help: "holdfast verify",
    });
  }
  return names.map((name) => join(dir, name));
};

const isBundle = async (path: string, size: number | undefined) => {
  if (path.endsWith(BUNDLE_SUFFIX)) return true;
  if (size === undefined || size > maxBundleBytes) return false;
  // A renamed bundle is one all the same. What cannot be read is refused later, with its reason.
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trimStart().startsWith("{") && text.includes(`"format"`) && text.includes(FORMAT_FAMILY);
};
