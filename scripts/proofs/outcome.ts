/** What a proof ends with. `unchecked` is never a pass: the tool was not there, and the last line says so. */
export type Outcome = "holds" | "fails" | "unchecked";

/** The exit codes of each script in this folder; `scripts/prove.ts` reads them. */
export const exitCodeOf = { holds: 0, fails: 1, unchecked: 3 } as const satisfies Record<Outcome, number>;

export function outcomeOf(exitCode: number | null): Outcome {
  if (exitCode === exitCodeOf.holds) return "holds";
  return exitCode === exitCodeOf.unchecked ? "unchecked" : "fails";
}

/** The line that ends `npm run prove`. */
export function proofSummary(outcomes: readonly Outcome[]): string {
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  return `${count("holds")} hold, ${count("fails")} fail, ${count("unchecked")} not checked`;
}
