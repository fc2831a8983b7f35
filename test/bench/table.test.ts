import { describe, it } from "node:test";
import { expect } from "chai";
import { benchTable } from "../../bench/table.ts";

const lineOf = (table: string, name: string) => table.split("\n").find((line) => line.startsWith(name)) ?? "";

describe("benchTable", () => {
  it("says of gas that less is better", () => {
    const table = benchTable("gas", [
      { name: "fund.native", gas: 52_000, target: 55_000 },
      { name: "fund.erc20", gas: 77_520, target: 76_000 },
    ]);
    expect(lineOf(table, "fund.native")).to.include("52,000").and.include("reached").and.include("-5.5 %");
    expect(lineOf(table, "fund.erc20")).to.include("missed").and.include("+2.0 %");
  });

  it("says of a rate that more is better", () => {
    const table = benchTable("evidence", [
      { name: "tree", value: 600_000, unit: "leaves/s", target: 500_000, better: "higher" },
      { name: "seal", value: 12.345, unit: "s", target: 10, better: "lower" },
    ]);
    expect(lineOf(table, "tree")).to.include("reached").and.include("+20.0 %");
    expect(lineOf(table, "seal")).to.include("12.35").and.include("missed");
  });
});
