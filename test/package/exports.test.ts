import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";
import { binSource, entries, threadSources } from "../../scripts/packageEntries.ts";
import { vectors } from "../../scripts/vectors/exports.ts";

const root = join(import.meta.dirname, "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const known = JSON.parse(read("test/vectors/exports.json")) as Record<string, readonly string[]>;

describe("exports of the package", () => {
  it("are the SDK, core, the verifier and the ABIs", () => {
    expect(entries.map(({ name }) => name)).deep.equal([
      "holdfast",
      "holdfast/core",
      "holdfast/verify",
      "holdfast/abi",
    ]);
  });

  it("are those of test/vectors/exports.json; a change of them is a change of what others build on", async () => {
    expect(await vectors()).deep.equal(known);
  });

  it("are listed one by one, and the lists hold every value that can be imported", async () => {
    for (const { name, source } of entries) {
      expect(read(source), source).not.match(/export \*/);
      const module = (await import(join(root, source))) as Readonly<Record<string, unknown>>;
      const values = known[name]?.filter((one) => !one.startsWith("type "));
      expect(Object.keys(module), name).have.members(values ?? []);
    }
  });

  it("are what tsconfig.build.json builds, with the command line and threads", () => {
    const { files } = JSON.parse(read("tsconfig.build.json")) as { files: readonly string[] };
    expect(files).have.members([...entries.map(({ source }) => source), binSource, ...threadSources]);
  });
});
