import { readFileSync } from "node:fs";
import { expect } from "chai";
import { gasSuite } from "../../bench/gas.ts";

const SNAPSHOT = new URL("../vectors/gas.json", import.meta.url);

describe("Gas", () => {
  it("is what test/vectors/gas.json says; node scripts/update-gas-snapshot.ts writes it anew", async () => {
    const { results } = await gasSuite();
    const measured = Object.fromEntries(results.map(({ name, gas }) => [name, gas]));
    // Evidence stays cheap, whatever is written into the snapshot.
    expect(measured["anchor.1000"]).to.be.at.most(53_000);
    expect(measured).to.deep.equal(JSON.parse(readFileSync(SNAPSHOT, "utf8")));
  });
});
