import type { Hex } from "viem";
import * as z from "zod";
import { address } from "../core/fields.ts";
import type { Contracts } from "./contracts.ts";
import type { ProtocolContract } from "./protocolCode.ts";

/** What every `deployment.json` says; a deployer may write down more. */
export const deploymentPlace = z.object({
  chainId: z.int().positive(),
  escrow: address,
  panelTribunal: address,
  evidenceRegistry: address,
  /** The first block that can hold an event of theirs. */
  deployBlock: z.int().nonnegative(),
});

/** Where the contracts stand, as a deployment file says it. */
export type DeploymentPlace = Readonly<z.output<typeof deploymentPlace>>;

/** A `deployment.json` as `holdfast deploy` writes it. */
export type DeploymentRecord = DeploymentPlace &
  Readonly<{
    /** keccak256 of the code that stands on the chain (`EXTCODEHASH`). */
    codeHashes: Readonly<Record<ProtocolContract, Hex>>;
  }>;

/** Where the contracts are, in the names that the code has for them. */
export function contractsAt({ escrow, panelTribunal, evidenceRegistry, deployBlock }: DeploymentPlace): Contracts {
  return { escrow, panel: panelTribunal, registry: evidenceRegistry, fromBlock: deployBlock };
}
