// Workers side by side, each in a process and a folder of its own.
import { fork } from "node:child_process";
import { join } from "node:path";
import type { Mutant } from "./operators.ts";
import type { Outcome } from "./records.ts";
import type { Work } from "./worker.ts";

export type Workers = Readonly<{
  size: number;
  /** Gives work to worker number `place`, which has none. */
  try(place: number, work: Work): Promise<Outcome>;
  stop(): void;
}>;

export const startWorkers = (root: string, size: number): Workers => {
  const processes = Array.from({ length: size }, (_, place) =>
    fork(join(import.meta.dirname, "worker.ts"), [root, join(root, ".proof/mutation", `worker-${place}`)]),
  );
  return {
    size,
    try: (place, work) =>
      new Promise((resolve, reject) => {
        const worker = processes[place];
        if (worker === undefined) return reject(new Error(`no worker ${place}`));
        const died = (code: number | null) => reject(new Error(`worker ${place} ended with ${code}`));
        worker.once("exit", died);
        worker.once("message", (answer: Outcome | Readonly<{ error: string }>) => {
          worker.off("exit", died);
          if ("error" in answer) reject(new Error(answer.error));
          else resolve(answer);
        });
        worker.send(work);
      }),
    stop: () => {
      for (const worker of processes) worker.disconnect();
    },
  };
};

/**
 * Tries mutants in their order until `count` of them are counted by `record`, with every worker busy. Which ones are tried does
 * not depend on the number of workers.
 */
export const tryInOrder = async (
  workers: Workers,
  mutants: readonly Mutant[],
  count: number,
  known: (mutant: Mutant) => Outcome | undefined,
  record: (mutant: Mutant, outcome: Outcome, isNew: boolean) => boolean,
): Promise<void> => {
  type Done = Readonly<{ place: number; mutant: Mutant; outcome: Outcome }>;
  const free = Array.from({ length: workers.size }, (_, place) => place);
  const inWork = new Map<number, Promise<Done>>();
  const left = [...mutants].reverse();
  let counted = 0;
  const note = (mutant: Mutant, outcome: Outcome, isNew: boolean) => {
    if (record(mutant, outcome, isNew)) counted += 1;
  };
  for (;;) {
    while (free.length > 0 && left.length > 0 && counted + inWork.size < count) {
      const mutant = left.pop() as Mutant;
      const old = known(mutant);
      if (old !== undefined) {
        note(mutant, old, false);
        continue;
      }
      const place = free.pop() as number;
      const done = workers.try(place, { mutant }).then((outcome) => ({ place, mutant, outcome }));
      inWork.set(place, done);
    }
    if (inWork.size === 0) return;
    const { place, mutant, outcome } = await Promise.race(inWork.values());
    inWork.delete(place);
    free.push(place);
    note(mutant, outcome, true);
  }
};
