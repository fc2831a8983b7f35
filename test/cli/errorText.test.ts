import { describe, it } from "node:test";
import { expect } from "chai";
import { errorText } from "../../src/cli/errorText.ts";
import { ProtocolError } from "../../src/core/errors.ts";

const english = { language: "en" } as const;

const said = (error: string, details: Record<string, string>) =>
  errorText(new ProtocolError("call-reverted", { error, ...details }), english).message;

describe("errorText", () => {
  it("says of a contract's refusal what it means, with times as times", () => {
    expect(said("AnswerWindowOpen", { until: "1800000000" })).to.include("2027-01-15 08:00:00 UTC");
    expect(said("TribunalRefuses", { tribunal: "0x12" })).to.include("holdfast panel register");
    expect(said("NotCaller", { caller: "0x12", expected: "0x34" })).to.include("action of 0x34, and 0x12 sends it");
  });

  it("says from when a determination can be sent", () => {
    const early = errorText(new ProtocolError("answer-window-open", { until: 1_800_000_000 }), english);
    expect(early.message).to.include("from 2027-01-15 08:00:00 UTC on");
  });

  it("names an error of another contract as it is", () => {
    expect(said("OwnableUnauthorizedAccount", {})).to.include("OwnableUnauthorizedAccount");
  });

  it("says what to change in terms that would be refused", () => {
    const unsafe = errorText(new ProtocolError("terms-unsafe", { fact: "earnest-not-covered" }), english);
    expect(unsafe.message).to.include("earnest-not-covered").and.to.include("coverage of the same amount");
    const unknown = errorText(new ProtocolError("terms-unsafe", { fact: "something-new" }), english);
    expect(unknown.message).to.match(/something-new\. Nothing was signed or sent\.$/);
  });
});
