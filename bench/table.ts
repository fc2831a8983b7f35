type GasResult = { name: string; gas: number; target: number };
type MeasuredResult = { name: string; value: number; unit: string; target: number | null; better: "lower" | "higher" };

/** One measured number beside the number to reach, where there is one. Of gas, less is better. */
export type BenchResult = GasResult | MeasuredResult;

const asMeasured = (result: BenchResult): MeasuredResult =>
  "gas" in result
    ? { name: result.name, value: result.gas, unit: "gas", target: result.target, better: "lower" }
    : result;

const readable = (value: number) =>
  value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });

/** A table for a terminal, one line a result, each with how far it is from its target. */
export const benchTable = (suite: string, results: readonly BenchResult[]) => {
  const rows = results.map(asMeasured).map(({ name, value, unit, target, better }) => {
    if (target === null) return [name, readable(value), unit, "-", "", ""];
    const isReached = better === "lower" ? value <= target : value >= target;
    const distance = `${value >= target ? "+" : ""}${(((value - target) / target) * 100).toFixed(1)} %`;
    return [name, readable(value), unit, readable(target), isReached ? "reached" : "missed", distance];
  });
  const table = [[suite, "measured", "unit", "target", "", "off by"], ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const isNumber = (column: number) => column === 1 || column === 3 || column === 5;
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
