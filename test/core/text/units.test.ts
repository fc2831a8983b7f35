import { describe, it } from "node:test";
import { expect } from "chai";
import { textsIn } from "../../../src/core/text/texts.ts";
import {
  formatAmount,
  formatBytes,
  formatDuration,
  formatPercent,
  formatTime,
  readableUnit,
} from "../../../src/core/text/units.ts";

const dollar = { symbol: "TUSD", decimals: 6 };
const [en, zh] = [textsIn("en").units, textsIn("zh").units];

describe("units", () => {
  it("write amounts exactly, thousands apart", () => {
    expect(formatAmount(40_000_500_000n, dollar)).to.equal("40,000.5 TUSD");
    expect(formatAmount(1_234_567n, readableUnit(null, en))).to.equal("1,234,567 minor units");
    expect(formatAmount(1_234_567n, readableUnit(null, zh))).to.match(/^1,234,567 \p{Script=Han}+$/u);
    expect(formatAmount(5n, readableUnit({ symbol: "", decimals: 0 }, en))).to.equal("5 units of the token");
  });

  it("write durations in their two largest units", () => {
    expect(formatDuration(864_000, en)).to.equal("10 days");
    expect(formatDuration(129_600, en)).to.equal("1 day 12 hours");
    expect(formatDuration(129_600, zh)).to.equal("1 天 12 小时");
    expect(formatDuration(0, en)).to.equal("no time");
  });

  it("write times in UTC, percentages and bytes", () => {
    expect(formatPercent(250, en)).to.equal("2.5 %");
    expect(formatTime(1_798_135_200)).to.equal("2026-12-24 18:00:00 UTC");
    expect(formatTime(1e15)).to.equal("1000000000000000 s");
    expect(formatBytes(60_000_000)).to.equal("60.0 MB");
    expect(formatBytes(512)).to.equal("512 B");
  });
});
