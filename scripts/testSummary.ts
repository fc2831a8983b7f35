/** How many tests a suite ran, and which of them it left out and why. */
export type TestCounts = {
  passed: number;
  failed: number;
  skipped: readonly { title: string; reason: string }[];
};

export const noTests: TestCounts = { passed: 0, failed: 0, skipped: [] };

const ansi = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

const countOf = (lines: readonly string[], word: string) =>
  lines.reduce((sum, line) => sum + Number(line.match(new RegExp(`^ {2}(\\d+) ${word}\\b`))?.[1] ?? 0), 0);

/**
 * Reads the counts that Hardhat's Solidity and Mocha runners print ("3 passing", "1 failing", "1 pending").
 * A run that ends with an error and names no failing test (it did not compile, or it crashed) counts as one failure.
 */
export const parseHardhatOutput = (output: string, exitCode: number): TestCounts => {
  const lines = output.replaceAll(ansi, "").split("\n");
  const failed = countOf(lines, "failing");
  const leftOut = countOf(lines, "(?:pending|skipped)");
  const titles = lines.flatMap((line) => line.match(/^ {2,}- (.+)$/)?.[1] ?? []);
  return {
    passed: countOf(lines, "passing"),
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: Array.from({ length: leftOut }, (_, index) => ({
      title: titles[index] ?? "a Solidity test",
      reason: "marked as skipped in the test file",
    })),
  };
};

/** Adds up the counts of several suites. */
export const addCounts = (all: readonly TestCounts[]): TestCounts => ({
  passed: all.reduce((sum, counts) => sum + counts.passed, 0),
  failed: all.reduce((sum, counts) => sum + counts.failed, 0),
  skipped: all.flatMap((counts) => counts.skipped),
});

/** The line that ends every test run; other programs read it. */
export const summaryLine = (counts: TestCounts) =>
  `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`;
