/** The lines of each file that something on them never ran, out of an LCOV report. */
export function missedLines(lcov: string): Map<string, number[]> {
  const missed = new Map<string, number[]>();
  let lines: number[] = [];
  for (const record of lcov.split("\n")) {
    const [key, value = ""] = record.split(/:(.*)/s);
    if (key === "SF") {
      lines = [];
      missed.set(value, lines);
    }
    const [line, count] = value.split(",").map(Number);
    if (key === "DA" && line !== undefined && count === 0) lines.push(line);
  }
  return missed;
}
