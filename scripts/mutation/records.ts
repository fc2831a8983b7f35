// What was found out so far, one JSON line each, so that a stopped run goes on where it was.
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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

/** A digest over the files below `folders` whose names end with one of `ends`. */
export const digestOf = (root: string, folders: readonly string[], ends: readonly string[]): string => {
  const hash = createHash("sha256");
  for (const folder of folders) {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).sort();
    for (const name of names.filter((each) => ends.some((end) => each.endsWith(end)))) {
      hash.update(`${folder}/${name}\n`).update(readFileSync(join(root, folder, name)));
    }
  }
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

/**
 * Opens the records in `file`. They hold for the contracts that they were made with. A kill holds while tests are added or
 * changed; whoever removes tests starts anew. Whatever survived is tried again with other tests.
 */
export const openRecords = (file: string, contracts: string, tests: string): Records => {
  mkdirSync(dirname(file), { recursive: true });
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  // What follows the last line's end was torn off by a stop.
  const torn = lines.pop() ?? "";
  if (torn !== "") writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  const known = new Map<string, Line>();
  const take = (line: Line) => {
    if (line.contracts !== contracts) return;
    const isOld = line.tests !== tests && (line.outcome === "survived" || line.mutant === UNCHANGED);
    if (!isOld) known.set(line.mutant, line);
  };
  for (const line of lines) take(JSON.parse(line) as Line);

  const add = (mutant: string, outcome: Outcome) => {
    const line = { contracts, tests, mutant, ...outcome };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    take(line);
  };
  return {
    of: (mutant) => known.get(keyOf(mutant)),
    add: (mutant, outcome) => add(keyOf(mutant), outcome),
    isSound: () => known.has(UNCHANGED),
    addSound: (seconds) => add(UNCHANGED, { outcome: "survived", seconds }),
  };
};
