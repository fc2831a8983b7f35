import type { Client, IntentView } from "../sdk/client.ts";
import type { CommandContext } from "./command.ts";

/** Options of every command that can hand what was signed to a relayer. */
export const sendOption = {
  type: "boolean",
} as const;

/** Waits until the chain has what a relayer took in. Rejects with the reason when the contract refuses it. */
export const waitUntilMined = async (
  client: Client,
  accepted: IntentView,
  { signal, progress }: Pick<CommandContext, "signal" | "progress">,
): Promise<IntentView> => {
  progress(`The relayer took it in as ${accepted.id} and submits it to the chain...`);
  return client.waitForIntent(accepted.id, { signal });
};

/** How far it got, for people. */
export const minedText = ({ kind, state, txHash, blockNumber }: IntentView): string =>
  `${kind} is ${state}${blockNumber === null ? "" : ` in block ${blockNumber}`}${txHash === null ? "" : `, transaction ${txHash}`}.`;
