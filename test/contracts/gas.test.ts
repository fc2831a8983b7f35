import { readFileSync } from "node:fs";
import { expect } from "chai";
import { gasSuite } from "../../bench/gas.ts";

const SNAPSHOT = new URL("../vectors/gas.json", import.meta.url);

describe("Gas", () => {
  it("is what test/vectors/gas.json says; node scripts/update-gas-snapshot.ts writes it anew", async () => {
    const { results } = await gasSuite();
    const measured = Object.fromEntries(results.map(({ name, gas }) => [name, gas]));
    expect(measured).to.deep.equal(JSON.parse(readFileSync(SNAPSHOT, "utf8")));
  });
});
