import { type Address, createPublicClient, http, toHex } from "viem";
import { panelTribunalAbi } from "../abi/panelTribunal.ts";
import { ask } from "../chain/ask.ts";
import { multicall3Address, multicall3CreationCode } from "../chain/multicall3.ts";
import { registerCall } from "../chain/panelCalls.ts";
import { type Panel, panelRules } from "../core/deal/panel.ts";
import { ProtocolError } from "../core/errors.ts";
import { sendUnlocked } from "./unlockedAccount.ts";

/** Several blocks' worth: creating a contract by `eth_call` costs nobody anything. */
const CREATION_GAS = toHex(10_000_000);

/**
 * Puts Multicall3 where every public chain has it: the code that its creation code returns, set at
 * that address. Needs a local chain; does nothing where it is there already.
 */
export async function provideMulticall3(rpcUrl: string): Promise<void> {
  const client = createPublicClient({ transport: http(rpcUrl) });
  if ((await client.getCode({ address: multicall3Address })) !== undefined) return;
  const code = await ask(client, "eth_call", [{ data: multicall3CreationCode, gas: CREATION_GAS }, "latest"]);
  await ask(client, "anvil_setCode", [multicall3Address, code]);
}

/** Registers a panel from the local chain's first account, unless it is registered already. */
export async function provideRegisteredPanel(rpcUrl: string, panel: Panel, tribunal: Address): Promise<void> {
  const client = createPublicClient({ transport: http(rpcUrl), pollingInterval: 50 });
  const isRegistered = await client.readContract({
    address: tribunal,
    abi: panelTribunalAbi,
    functionName: "isRegistered",
    args: [panelRules(panel)],
  });
  if (isRegistered) return;
  const { status } = await sendUnlocked(client, registerCall(panel, tribunal));
  if (status !== "success") throw new ProtocolError("deployment-failed", { step: "PanelTribunal.register" });
}
