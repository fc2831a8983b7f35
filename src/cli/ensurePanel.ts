import type { PrivateKeyAccount } from "viem/accounts";
import { registerCall } from "../chain/panelCalls.ts";
import { readChain } from "./chainReads.ts";
import type { CommandContext } from "./command.ts";
import type { DealFile } from "./dealFile.ts";
import { sendCalls } from "./sendCalls.ts";

type Registering = {
  readonly rpcUrl: string;
  /** Pays for the registration. */
  readonly wallet: PrivateKeyAccount;
  readonly context: Pick<CommandContext, "signal" | "progress" | "texts">;
};

/**
 * Registers the panel of a deal where it is not registered yet: without that its tribunal refuses
 * the deal at funding. Does nothing for a deal file without a panel.
 */
export async function ensurePanel(
  { panel, terms, domain }: Pick<DealFile, "panel" | "terms" | "domain">,
  { rpcUrl, wallet, context }: Registering,
): Promise<void> {
  if (panel === null) return;
  const { rules, tribunal } = terms;
  if (await readChain(rpcUrl, domain, (reader) => reader.isPanelRegistered(rules, tribunal))) return;
  context.progress(context.texts.sending.registersPanel);
  await sendCalls([registerCall(panel, tribunal)], { rpcUrl, chainId: domain.chainId, wallet, context });
}
