import { describe, it } from "node:test";
import { expect } from "chai";
import { addCounts, noTests, parseHardhatOutput, summaryLine } from "../../scripts/testSummary.ts";

const mochaOutput = `
Running Mocha tests

  Escrow
    ✔ pays the seller (395ms)
    1) refuses a stranger
    - waits for a token

  12 passing (401ms)
  1 pending
  1 failing

  1) Escrow
       refuses a stranger:
      + expected - actual
      -1
      +2
`;

describe("testSummary", () => {
  it("reads the counts that Hardhat prints", () => {
    expect(parseHardhatOutput(mochaOutput, 1)).to.deep.equal({
      passed: 12,
      failed: 1,
      skipped: [{ title: "waits for a token", reason: "marked as skipped in the test file" }],
    });
  });

  it("reads coloured output", () => {
    const esc = String.fromCharCode(27);
    expect(parseHardhatOutput(`${esc}[92m  ${esc}[0m${esc}[32m3 passing${esc}[0m\n`, 0).passed).to.equal(3);
  });

  it("counts a run that breaks off before any test as a failure", () => {
    expect(parseHardhatOutput("Error HHE909: compilation failed", 1)).to.deep.equal({ ...noTests, failed: 1 });
  });

  it("adds up suites into the line that ends the run", () => {
    const counts = { passed: 2, failed: 1, skipped: [{ title: "a", reason: "no PostgreSQL" }] };
    expect(summaryLine(addCounts([counts, counts, noTests]))).to.equal("4 passed, 2 failed, 2 skipped");
  });
});
