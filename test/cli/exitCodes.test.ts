import { describe, it } from "node:test";
import { expect } from "chai";
import { exitCodeOfError, exitCodeOfVerdict } from "../../src/cli/exitCodes.ts";

describe("exit codes", () => {
  it("has one for each verdict, which no error shares", () => {
    expect(exitCodeOfVerdict).to.deep.equal({ verified: 0, refuted: 1, missing: 2, unverifiable: 3 });
    const verdicts: readonly number[] = Object.values(exitCodeOfVerdict);
    expect(Object.values(exitCodeOfError).filter((code) => verdicts.includes(code))).to.deep.equal([]);
  });
});
