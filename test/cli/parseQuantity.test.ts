import { describe, it } from "node:test";
import { expect } from "chai";
import { parseAmount, parseDuration, parsePercent, parseTime } from "../../src/cli/parseQuantity.ts";
import { ProtocolError } from "../../src/core/errors.ts";

const dollar = { symbol: "TUSD", decimals: 6 };

describe("parseQuantity", () => {
  it("reads durations in weeks, days, hours, minutes and seconds", () => {
    expect(parseDuration("10d", "x")).to.equal(864_000);
    expect(parseDuration("1d12h", "x")).to.equal(129_600);
    expect(parseDuration("2w", "x")).to.equal(1_209_600);
    expect(parseDuration("90m", "x")).to.equal(5_400);
    for (const wrong of ["", "10", "d", "10 d", "1.5d", "-1d", "10y"]) {
      expect(() => parseDuration(wrong, "x"), wrong)
        .to.throw(ProtocolError)
        .with.property("code", "input-malformed");
    }
  });

  it("reads times with a zone, and durations from now", () => {
    expect(parseTime("7d", { now: 100, what: "x" })).to.equal(604_900);
    expect(parseTime("2026-12-24T18:00:00Z", { now: 0, what: "x" })).to.equal(1_798_135_200);
    expect(parseTime("2026-12-24T19:00:00+01:00", { now: 0, what: "x" })).to.equal(1_798_135_200);
    for (const wrong of ["2026-12-24", "2026-12-24T18:00:00", "tomorrow", "2026-13-45T00:00:00Z"]) {
      expect(() => parseTime(wrong, { now: 0, what: "x" }), wrong)
        .to.throw(ProtocolError)
        .with.property("code", "input-malformed");
    }
  });

  it("reads amounts exactly or not at all", () => {
    expect(parseAmount("40000.50", dollar)).to.equal(40_000_500_000n);
    expect(parseAmount("0.000001", dollar)).to.equal(1n);
    for (const wrong of ["", "0.0000001", "1,000", "1e6", "-1", ".5", "5.", "0x10", " 1"]) {
      expect(() => parseAmount(wrong, dollar), wrong)
        .to.throw(ProtocolError)
        .with.property("code", "amount-invalid");
    }
  });

  it("reads percentages to a hundredth", () => {
    expect(parsePercent("2%", "x")).to.equal(200);
    expect(parsePercent("0.25%", "x")).to.equal(25);
    expect(parsePercent("2.5%", "x")).to.equal(250);
    expect(parsePercent("100%", "x")).to.equal(10_000);
    for (const wrong of ["2", "100.01%", "0.125%", "-1%"]) {
      expect(() => parsePercent(wrong, "x"), wrong)
        .to.throw(ProtocolError)
        .with.property("code", "input-malformed");
    }
  });
});
