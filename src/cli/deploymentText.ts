import { formatUnits } from "viem";
import { create2Factory } from "../chain/create2.ts";
import type { DeploymentProgress, DeploymentStatus, DeploymentStep } from "../chain/deployContracts.ts";
import { multicall3Address } from "../chain/multicall3.ts";
import { type ProtocolCode, protocolContracts, protocolNames } from "../chain/protocolCode.ts";
import { permit2Address } from "../core/deal/tokenTypedData.ts";
import type { Texts } from "../core/text/texts.ts";
import { nativeUnit } from "../core/text/units.ts";
import { columns } from "./terminal/columns.ts";

type Found = Readonly<{ code: ProtocolCode; status: DeploymentStatus; texts: Texts }>;

/** What is at which address of a chain, for people. */
export function statusText(chainId: number, { code, status, texts }: Found): string {
  const words = texts.command.deploy;
  const row = (name: string, address: string, isThere: boolean, otherwise: string) =>
    [name, `${address}   ${isThere ? words.there : otherwise}`] as const;
  const rows = [
    ...protocolNames.map((name) =>
      row(protocolContracts[name], code[name].address, !status.missing.includes(name), words.missing),
    ),
    row(words.factory, create2Factory, status.hasFactory, words.factoryMissing),
    row("Permit2", permit2Address.toLowerCase(), status.hasPermit2, words.permit2Missing),
    row("Multicall3", multicall3Address, status.hasMulticall3, words.multicall3Missing),
  ];
  return `${words.chain(chainId)}\n${columns(rows)}`;
}

/** What the steps cost at the most, for people. */
export function costText(steps: readonly DeploymentStep[], texts: Texts): string {
  const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
  const gas = sum(steps.map((step) => step.gas)).toLocaleString("en");
  const cost = formatUnits(sum(steps.map((step) => step.wei)), nativeUnit.decimals);
  return texts.command.deploy.cost(steps.length, gas, cost);
}

/** One line for people who wait. */
export function progressText(progress: DeploymentProgress, { command }: Texts): string {
  const words = command.deploy;
  switch (progress.event) {
    case "sent": {
      const { hash, creates } = progress;
      return words.sent(hash, creates === "factory-endowment" ? words.factoryMoney : protocolContracts[creates]);
    }
    case "created":
      return words.created(protocolContracts[progress.contract], progress.address);
    case "factory-sent":
      return words.factorySent;
  }
}
