import { readFileSync } from "node:fs";
import { join } from "node:path";

/** An entry of the npm package: the name that others import, and the file of the checkout that it is built from. */
export type PackageEntry = Readonly<{ name: string; source: string }>;

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8")) as {
  name: string;
  bin: Readonly<Record<string, string>>;
  exports: Readonly<Record<string, string | Readonly<{ default: string }>>>;
};

function sourceOf(built: string): string {
  return built.replace(/^(?:\.\/)?dist\/(.*)\.js$/, "src/$1.ts");
}

/** The entries as `exports` of package.json names them. */
export const entries: readonly PackageEntry[] = Object.entries(manifest.exports).flatMap(([path, target]) =>
  typeof target === "string" ? [] : [{ name: join(manifest.name, path), source: sourceOf(target.default) }],
);

/** The file that `bin` of package.json is built from. */
export const binSource: string = sourceOf(manifest.bin.holdfast ?? "");

/** Files that are built although nothing imports them: threads, started by their address. */
export const threadSources: readonly string[] = ["src/sdk/sm3Worker.ts"];
