import { describe, it } from "node:test";
import { expect } from "chai";
import { nodeProblem } from "../../scripts/nodeVersion.mjs";

describe("nodeProblem", () => {
  it("accepts the oldest Node and every later one", () => {
    for (const version of ["18.0.0", "20.20.2", "24.21.0", "100.0.0"]) expect(nodeProblem(version)).to.equal(null);
  });

  it("refuses an older Node with the code, both versions and what to do", () => {
    for (const version of ["16.20.2", "8.17.0", "0.12.18"]) {
      const problem = nodeProblem(version);
      expect(problem).to.match(/^node-too-old: /);
      expect(problem).to.include(version).and.include("18").and.include("Nothing was changed");
    }
  });
});
