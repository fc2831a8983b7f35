import type { Address, Hex, PublicClient, TransactionReceipt } from "viem";
import { ask } from "../chain/ask.ts";

/** The accounts that a local chain signs for by itself. */
export async function readAccounts(client: PublicClient): Promise<Address[]> {
  return (await ask(client, "eth_accounts")) as Address[];
}

/** Sends a call from the first account that a local chain signs for, and waits for its receipt. */
export async function sendUnlocked(
  client: PublicClient,
  { to, data }: Readonly<{ to: Address; data: Hex }>,
): Promise<TransactionReceipt> {
  const [from] = await readAccounts(client);
  const hash = (await ask(client, "eth_sendTransaction", [{ from, to, data }])) as Hex;
  return client.waitForTransactionReceipt({ hash });
}
