import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Abi, Hex } from "viem";
import { ProtocolError } from "../core/errors.ts";

/** One compiled contract. */
export type CompiledContract = Readonly<{
  contractName: string;
  /** Name of its file, as the compiler names it: `project/contracts/Escrow.sol`. */
  sourceName: string;
  abi: Abi;
  /** What creates it, without the constructor's arguments. */
  bytecode: Hex;
  /** What stands on the chain then, with zeros where the constructor puts values. */
  deployedBytecode: Hex;
  /** Where those values stand in `deployedBytecode`, in bytes. */
  immutables: readonly Readonly<{ start: number; length: number }>[];
  /** Names of every source that it is made of, its own among them. */
  sources: readonly string[];
}>;

/** The contracts that are deployed, what they were compiled from, and how. */
export type CompiledContracts = Readonly<{
  compiler: Readonly<{ version: string; language: string; settings: Readonly<Record<string, unknown>> }>;
  /** SHA-256 of every source, and of the file with the compiler's settings, by name. */
  sources: Readonly<Record<string, string>>;
  contracts: Readonly<Record<string, CompiledContract>>;
}>;

/** Contracts that this program deploys: the protocol, and the token of local chains. */
export const deployedContracts = ["EvidenceRegistry", "Escrow", "PanelTribunal", "MockStablecoin"] as const;

/** Has what the compiler is set to. */
export const settingsFile = "project/hardhat.config.ts";

/** Where this checkout keeps the compiled contracts; `npm run generate` writes it. */
export const compiledContractsFile = join(import.meta.dirname, "..", "abi", "compiled.json");

/** A contract of that name. Throws `deployment-failed` when there is none. */
export function contractNamed(compiled: CompiledContracts, name: string): CompiledContract {
  const contract = compiled.contracts[name];
  if (contract === undefined) throw new ProtocolError("deployment-failed", { step: "artifact", contract: name });
  return contract;
}

const root = join(import.meta.dirname, "..", "..");

/**
 * The path of a source: `npm/<package>@<version>/<file>` is installed, `project/<file>` is part of
 * the checkout.
 */
export function sourcePath(name: string): string {
  const installed = /^npm\/((?:@[^/@]+\/)?[^/@]+)@[^/]+\/(.+)$/.exec(name);
  if (installed !== null) return join(root, "node_modules", installed[1]!, installed[2]!);
  return join(root, name.replace(/^project\//, ""));
}

/** SHA-256 of a source as it is now, in hex. */
export async function sourceHash(name: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(sourcePath(name)))
    .digest("hex");
}
