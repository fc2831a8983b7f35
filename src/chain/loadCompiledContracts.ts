import { readFile } from "node:fs/promises";
import { compileByHardhat } from "./compileByHardhat.ts";
import { type CompiledContracts, compiledContractsFile, settingsFile, sourceHash } from "./compiledContracts.ts";

/**
 * The contracts of this checkout, compiled. What is committed is used as long as every source and
 * setting is the one that it was made of; after a change they are compiled, which takes a minute.
 * Throws `deployment-failed`.
 */
export async function loadCompiledContracts(): Promise<CompiledContracts> {
  const committed = JSON.parse(await readFile(compiledContractsFile, "utf8")) as CompiledContracts;
  return (await isCurrent(committed)) ? committed : compileByHardhat();
}

/** Whether every source and setting is still the one that these were compiled from. */
export async function isCurrent({ sources, contracts }: Omit<CompiledContracts, "compiler">): Promise<boolean> {
  const needed = [settingsFile, ...Object.values(contracts).flatMap((contract) => contract.sources)];
  if (!needed.every((name) => Object.hasOwn(sources, name))) return false;
  const checks = Object.entries(sources).map(async ([name, hash]) => (await sourceHash(name)) === hash);
  return (await Promise.all(checks.map((check) => check.catch(() => false)))).every(Boolean);
}
