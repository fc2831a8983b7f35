import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";
import { binSource, entries } from "../../scripts/packageEntries.ts";

const root = join(import.meta.dirname, "..", "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  dependencies: Readonly<Record<string, string>>;
};
const sourceOf = (entry: string) => entries.find(({ name }) => name === entry)?.source ?? "";

/** What a file loads, at once or later; what is imported for its type alone is not in the built file. */
const importsOf = (file: string) =>
  [
    ...readFileSync(join(root, file), "utf8").matchAll(
      /^\s*(?:import|export)\b(?!\s+type\b)[^;'"]*?\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\("([^"]+)"\)/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? "");

const packageOf = (specifier: string) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** The files that an entry reaches, and the packages that they load. */
const reach = (entry: string) => {
  const files = new Set([entry]);
  const packages = new Set<string>();
  for (const file of files) {
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith(".")) files.add(relative(root, join(root, dirname(file), specifier)));
      else packages.add(packageOf(specifier));
    }
  }
  return { files: [...files], packages: [...packages].sort() };
};

const npmPackages = (packages: readonly string[]) => packages.filter((name) => !name.startsWith("node:"));

describe("what the package loads", () => {
  it("is four packages for the verifier, none of them a server, a database or Node", () => {
    expect(reach(sourceOf("holdfast/verify")).packages).deep.equal(["asn1js", "hash-wasm", "viem", "zod"]);
  });

  it("is no package for the ABIs", () => {
    expect(reach(sourceOf("holdfast/abi")).packages).deep.equal([]);
  });

  it("is nothing of Node for core and the SDK, so that they run in a browser", () => {
    expect(reach(sourceOf("holdfast/core")).packages).deep.equal(["asn1js", "hash-wasm", "viem", "zod"]);
    expect(reach(sourceOf("holdfast")).packages).deep.equal([
      "age-encryption",
      "asn1js",
      "hash-wasm",
      "ipfs-unixfs-importer",
      "viem",
      "zod",
    ]);
  });

  it("is no file of the relayer, its database, its API or the local chain, also for the command line", () => {
    const server = ["src/db/", "src/relayer/", "src/api/", "src/devnet/", "src/service.ts", "src/config.ts"];
    const files = [...entries.map(({ source }) => source), binSource].flatMap((entry) => reach(entry).files);
    expect(files.length).greaterThan(100);
    expect(files.filter((file) => server.some((prefix) => file.startsWith(prefix)))).deep.equal([]);
  });

  it("is exactly what package.json declares as dependencies", () => {
    const loaded = [...entries.map(({ source }) => source), binSource].flatMap((entry) => reach(entry).packages);
    expect([...new Set(npmPackages(loaded))].sort()).deep.equal(Object.keys(manifest.dependencies).sort());
  });
});
