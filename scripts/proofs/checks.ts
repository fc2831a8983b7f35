/** A property of a proof contract. Long ones carry `@custom:long` in their comment. */
export type Check = Readonly<{ contract: string; name: string; isLong: boolean }>;

/** The properties that a Solidity source states. */
export function checksIn(source: string): Check[] {
  const contract = source.match(/^contract (\w+Proofs)\b/m)?.[1] ?? "";
  return [...source.matchAll(/((?:^ *\/\/\/.*\n)*)^ *function (check_\w+)\(/gm)].map(([, comment = "", name = ""]) => ({
    contract,
    name,
    isLong: comment.includes("@custom:long"),
  }));
}

type Result = Readonly<{ name: string; exitcode: number; num_bounded_loops: number | null }>;

/** Which of the wanted properties Halmos' report does not prove, and why. What it leaves out is not proven. */
export function judgeReport(report: unknown, wanted: readonly string[]): string[] {
  const perContract = Object.values(
    (report as { test_results?: Record<string, Result[]> } | undefined)?.test_results ?? {},
  );
  const results = new Map(perContract.flat().map((result) => [result.name.replace(/\(.*$/, ""), result]));
  return wanted.flatMap((name) => {
    const result = results.get(name);
    if (result === undefined) return [`${name}: Halmos did not finish`];
    if (result.exitcode !== 0) return [`${name}: ${reasonOf(result.exitcode)}`];
    return (result.num_bounded_loops ?? 0) > 0 ? [`${name}: a loop went beyond the bound`] : [];
  });
}

/** Halmos' own exit codes. */
function reasonOf(exitCode: number): string {
  const reasons: Record<number, string> = {
    1: "a counterexample",
    2: "the solver ran out of time",
    3: "a path that Halmos cannot follow",
    4: "every path reverts, so nothing is shown",
    5: "Halmos broke off",
  };
  return reasons[exitCode] ?? `exit code ${exitCode}`;
}
