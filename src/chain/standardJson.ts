import { readFile } from "node:fs/promises";
import { type CompiledContract, type CompiledContracts, sourcePath } from "./compiledContracts.ts";

/**
 * What the compiler is given to make a contract: its sources with everything that they import, and
 * the settings, in the standard JSON that `solc --standard-json` and block explorers take.
 */
export async function standardJsonOf({ sources }: CompiledContract, { compiler }: CompiledContracts): Promise<object> {
  const contents = sources.map(async (name) => [name, { content: await readFile(sourcePath(name), "utf8") }] as const);
  return {
    language: compiler.language,
    sources: Object.fromEntries(await Promise.all(contents)),
    settings: {
      ...compiler.settings,
      outputSelection: { "*": { "*": ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode"] } },
    },
  };
}
