// A process that tries one mutant after the other. Takes `{ mutant }`, answers with an `Outcome`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bytecode, CompileError, loadCompiler } from "./compiler.ts";
import { type Mutant, mutated } from "./operators.ts";
import type { Outcome } from "./records.ts";
import { affectedBy, COMPILED, groupsFor } from "./subjects.ts";
import { openWorkspace, testFiles } from "./workspace.ts";

export type Work = Readonly<{ mutant: Mutant }> | "unchanged";

const [root = ".", folder = ".proof/worker"] = process.argv.slice(2);
const compiler = loadCompiler(root);
const workspace = openWorkspace(root, folder);
const tests = testFiles(root);
const unchanged = compiler.bytecodeOf(COMPILED, new Map());
workspace.install(unchanged);

const compiled = (mutant: Mutant): Readonly<Record<string, Bytecode>> | undefined => {
  const source = mutated(readFileSync(join(root, mutant.file), "utf8"), mutant);
  try {
    return compiler.bytecodeOf(affectedBy(root, mutant.file), new Map([[mutant.file, source]]));
  } catch (error) {
    if (error instanceof CompileError) return undefined;
    throw error;
  }
};

const judge = async (groups: readonly (readonly string[])[]): Promise<Omit<Outcome, "seconds">> => {
  const failure = await workspace.firstFailure(groups);
  return failure === undefined ? { outcome: "survived" } : { outcome: "killed", by: failure };
};

const tryOut = async (mutant: Mutant): Promise<Omit<Outcome, "seconds">> => {
  const changed = compiled(mutant);
  if (changed === undefined) return { outcome: "no code" };
  const isSame = Object.entries(changed).every(([name, code]) => unchanged[name]?.bytecode === code.bytecode);
  if (isSame) return { outcome: "same code" };
  workspace.install(changed);
  try {
    return await judge(groupsFor(mutant, tests));
  } finally {
    workspace.install(unchanged);
  }
};

process.on("message", (work: Work) => {
  const started = Date.now();
  const outcome = work === "unchanged" ? judge([tests]) : tryOut(work.mutant);
  outcome.then(
    (found) => process.send?.({ ...found, seconds: Math.round((Date.now() - started) / 1000) }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
