import { describe, it } from "node:test";
import { expect } from "chai";
import { escrowAbi } from "../../src/abi/escrow.ts";
import { panelTribunalAbi } from "../../src/abi/panelTribunal.ts";
import { errorText } from "../../src/cli/errorText.ts";
import { inputMalformed, usageInvalid } from "../../src/cli/problems.ts";
import { ProtocolError } from "../../src/core/errors.ts";
import { textsIn } from "../../src/core/text/texts.ts";

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
    expect(unknown.message).to.match(/something-new\.$/);
  });

  it("has texts for errors that the contracts have, and for no others", () => {
    const known = [...escrowAbi, ...panelTribunalAbi].flatMap((item) => (item.type === "error" ? [item.name] : []));
    expect(known).to.include.members(Object.keys(textsIn("en").contractErrors));
  });

  it("adds an option or a command only where the details say what it needs", () => {
    const bare = errorText(new ProtocolError("deal-unknown"), english).message;
    expect(bare).to.match(/or check the id\.$/);
    const whole = errorText(new ProtocolError("deal-unknown", { deal: "0x12" }), english).message;
    expect(whole).to.include(`${bare} \`holdfast deal register`).and.to.include("0x12");
  });

  it("fills a problem in as a sentence, and leaves the code to programs", () => {
    const error = inputMalformed({ path: "deal.json", at: "price" }, "percentage-malformed", { text: "2" });
    const { message, details } = errorText(error, { language: "zh" });
    expect(message).to.include("deal.json (price)：“2”不是百分比");
    expect(details).to.include({ problem: "percentage-malformed", text: "2", at: "price" });
    expect(errorText(usageInvalid("holdfast deal id", "relayer-missing"), english).message).to.equal(
      "Name the relayer: --url URL. Help: holdfast deal id --help",
    );
  });
});
