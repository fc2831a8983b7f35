import { formatUnits } from "viem";
import { create2Factory } from "../chain/create2.ts";
import type { DeploymentStatus, DeploymentStep } from "../chain/deployContracts.ts";
import { multicall3Address } from "../chain/multicall3.ts";
import { type ProtocolCode, protocolContracts, protocolNames } from "../chain/protocolCode.ts";
import { permit2Address } from "../core/deal/tokenTypedData.ts";
import { nativeUnit } from "./units.ts";

/** What stands where on a chain, for people. */
export function statusText(chainId: number, code: ProtocolCode, status: DeploymentStatus): string {
  const said = (isThere: boolean, otherwise: string) => (isThere ? "there" : otherwise);
  const rows = [
    ...protocolNames.map((name) => {
      const isThere = !status.missing.includes(name);
      return [protocolContracts[name], code[name].address, said(isThere, "missing")] as const;
    }),
    ["CREATE2 factory", create2Factory, said(status.hasFactory, "missing: it is created first")] as const,
    [
      "Permit2",
      permit2Address.toLowerCase(),
      said(status.hasPermit2, "missing: nobody can fund a deal by Permit2"),
    ] as const,
    [
      "Multicall3",
      multicall3Address,
      said(status.hasMulticall3, "missing: the relayer sends each call that is due by itself"),
    ] as const,
  ];
  return [`Chain ${chainId}`, ...rows.map(([name, at, what]) => `  ${name.padEnd(18)}${at}   ${what}`)].join("\n");
}

/** What the steps cost at the most, for people. */
export function costText(steps: readonly DeploymentStep[]): string {
  const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
  const gas = sum(steps.map((step) => step.gas)).toLocaleString("en");
  const cost = formatUnits(sum(steps.map((step) => step.wei)), nativeUnit.decimals);
  return `${steps.length} transactions, up to ${gas} gas and ${cost} of the chain's own currency.`;
}
