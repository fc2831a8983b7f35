// What was found out so far, one JSON line each, so that a stopped run goes on where it was.
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Mutant } from "./operators.ts";

/** "same code": the compiler makes the same bytecode, so it is no change; "no code": the compiler refuses it. */
export type Outcome = Readonly<{
  outcome: "killed" | "survived" | "same code" | "no code";
  /** The test that failed. */
  by?: string;
  seconds: number;
}>;

export const isCounted = ({ outcome }: Outcome): boolean => outcome === "killed" || outcome === "survived";

/** A digest over files, by name and content. */
export const digestOf = (root: string, files: readonly string[]): string => {
  const hash = createHash("sha256");
  for (const file of [...new Set(files)].sort()) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 16);
};

type Line = Readonly<{ contracts: string; tests: string; mutant: string }> & Outcome;

export type Records = Readonly<{
  of(mutant: Mutant): Outcome | undefined;
  add(mutant: Mutant, outcome: Outcome): void;
  /** Whether all tests passed before any change, for these very contracts and tests. */
  isSound(): boolean;
  addSound(seconds: number): void;
}>;

const UNCHANGED = "unchanged";
const keyOf = ({ file, start, length, replacement }: Mutant) => `${file}:${start}:${length}:${replacement}`;

/** What the records hold for: a digest of everything that is compiled with a source, and one of the tests. */
export type Digests = Readonly<{ contractsOf(file: string): string; contracts: string; tests: string }>;

/**
 * Opens the records in `file`. A mutant's holds for the contracts that contain its source. A kill holds while tests are added or
 * changed; after removing tests, delete the file. What survived is tried again with other tests.
 */
export const openRecords = (file: string, { contractsOf, contracts, tests }: Digests): Records => {
  mkdirSync(dirname(file), { recursive: true });
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  // What follows the last line's end was torn off by a stop.
  const torn = lines.pop() ?? "";
  if (torn !== "") writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  const known = new Map<string, Line>();
  const take = (line: Line) => {
    const isOld = line.tests !== tests && line.outcome === "survived";
    if (!isOld) known.set(`${line.contracts} ${line.mutant}`, line);
  };
  for (const line of lines) take(JSON.parse(line) as Line);

  const add = (digest: string, mutant: string, outcome: Outcome) => {
    const line = { contracts: digest, tests, mutant, ...outcome };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    take(line);
  };
  return {
    of: (mutant) => known.get(`${contractsOf(mutant.file)} ${keyOf(mutant)}`),
    add: (mutant, outcome) => add(contractsOf(mutant.file), keyOf(mutant), outcome),
    isSound: () => known.has(`${contracts} ${UNCHANGED}`),
    addSound: (seconds) => add(contracts, UNCHANGED, { outcome: "survived", seconds }),
  };
};
