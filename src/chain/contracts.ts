import type { Abi, Address } from "viem";
import { escrowAbi } from "../abi/escrow.ts";
import { evidenceRegistryAbi } from "../abi/evidenceRegistry.ts";
import { panelTribunalAbi } from "../abi/panelTribunal.ts";

/** One deployment of the protocol. Addresses in lower case. */
export type Contracts = Readonly<{
  escrow: Address;
  panel: Address;
  registry: Address;
  /** The block from which on they exist. */
  fromBlock: number;
}>;

export const contractAbis = {
  escrow: escrowAbi,
  panel: panelTribunalAbi,
  registry: evidenceRegistryAbi,
} as const;

export type ContractName = keyof typeof contractAbis;

export const contractNames = ["escrow", "panel", "registry"] as const satisfies ContractName[];

/** Custom errors of all contracts, to name the reason of a revert wherever it came from. */
export const protocolErrors: Abi = contractNames.flatMap((name) =>
  (contractAbis[name] as Abi).filter(({ type }) => type === "error"),
);
