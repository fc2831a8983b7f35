import type { Texts } from "../core/text/texts.ts";
import type { Client, IntentView } from "../sdk/client.ts";
import type { CommandContext } from "./command.ts";

/** Options of every command that can hand what was signed to a relayer. */
export const sendOption = {
  type: "boolean",
} as const;

/**
 * Waits until the chain has what a relayer took in. Rejects with the reason when the contract
 * refuses it.
 */
export async function waitUntilMined(
  client: Client,
  accepted: IntentView,
  { signal, progress, texts }: Pick<CommandContext, "signal" | "progress" | "texts">,
): Promise<IntentView> {
  progress(texts.sending.accepted(accepted.id));
  return client.waitForIntent(accepted.id, { signal });
}

/** How far it got, for people. */
export function minedText({ kind, state, txHash, blockNumber }: IntentView, { sending }: Texts): string {
  const { mined, inBlock, inTransaction } = sending;
  return mined(kind, state, [
    ...(blockNumber === null ? [] : [inBlock(blockNumber)]),
    ...(txHash === null ? [] : [inTransaction(txHash)]),
  ]);
}
