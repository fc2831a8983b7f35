import { readFileSync } from "node:fs";
import { join } from "node:path";
import { entries } from "../packageEntries.ts";

const root = join(import.meta.dirname, "..", "..");

/** What each entry of the package exports; a type is marked as such. */
export async function vectors(): Promise<Record<string, readonly string[]>> {
  return Object.fromEntries(entries.map(({ name, source }) => [name, exportedBy(source)]));
}

function exportedBy(source: string): readonly string[] {
  const text = readFileSync(join(root, source), "utf8");
  return [...text.matchAll(/^export (type )?\{([^}]*)\} from/gm)]
    .flatMap(([, type = "", names = ""]) =>
      names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "")
        .map((name) => (name.startsWith("type ") ? name : `${type}${name}`)),
    )
    .sort(byName);
}

function byName(one: string, other: string): number {
  const [first, second] = [one, other].map((name) => name.replace(/^type /, "")) as [string, string];
  return first < second ? -1 : 1;
}
