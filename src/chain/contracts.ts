import type { Abi, Address } from "viem";
import { escrowAbi } from "../abi/escrow.ts";
import { evidenceRegistryAbi } from "../abi/evidenceRegistry.ts";
import { panelTribunalAbi } from "../abi/panelTribunal.ts";
import { ProtocolError } from "../core/errors.ts";
import type { Chain } from "./client.ts";

/** One deployment of the protocol. Addresses in lower case. */
export type Contracts = Readonly<{
  escrow: Address;
  panel: Address;
  registry: Address;
  /** The block from which on they exist. */
  fromBlock: number;
}>;

/** ABIs of the contracts that the relayer works with. */
export const contractAbis = {
  escrow: escrowAbi,
  panel: panelTribunalAbi,
  registry: evidenceRegistryAbi,
} as const;

/** A contract that the relayer works with. */
export type ContractName = keyof typeof contractAbis;

/** Every contract that the relayer works with. */
export const contractNames = ["escrow", "panel", "registry"] as const satisfies ContractName[];

/** Custom errors of all contracts, to name the reason of a revert wherever it came from. */
export const protocolErrors: Abi = contractNames.flatMap((name) =>
  (contractAbis[name] as Abi).filter(({ type }) => type === "error"),
);

/** Throws `contract-missing` where there is no code: a call to it would succeed and do nothing. */
export async function requireCode(chain: Chain, address: Address, contract?: ContractName): Promise<void> {
  const code = await chain.request({ method: "eth_getCode", params: [address, "latest"] });
  if (code === "0x") throw new ProtocolError("contract-missing", { contract: contract ?? "called", address });
}

/**
 * Throws `chain-mismatch` or `contract-missing` unless the node that answers is on the chain that
 * has the contracts.
 */
export async function requireContracts(chain: Chain, contracts: Contracts): Promise<void> {
  await chain.request({ method: "eth_chainId" });
  for (const name of contractNames) await requireCode(chain, contracts[name], name);
}
