import { type Address, createPublicClient, encodeFunctionData, http, parseEther, parseUnits, toHex } from "viem";
import { stablecoinAbi } from "../abi/stablecoin.ts";
import { ask } from "../chain/ask.ts";
import type { Deployment } from "./deploy.ts";
import { sendUnlocked } from "./unlockedAccount.ts";

/** What `holdfast dev --fund` gives: worth nothing, like everything on a local chain. */
const NATIVE = parseEther("1000");
const DOLLARS = parseUnits("100000", 6);
const LEAST = parseEther("100");

const clientOf = (rpcUrl: string) => createPublicClient({ transport: http(rpcUrl), pollingInterval: 50 });

/** Sees to it that an account of a local chain can pay for gas. */
export async function provideGas(rpcUrl: string, address: Address): Promise<void> {
  const client = clientOf(rpcUrl);
  if ((await client.getBalance({ address })) >= LEAST) return;
  await ask(client, "anvil_setBalance", [address, toHex(NATIVE)]);
}

/** Gives an account of a local chain native currency, and stablecoins if it has less than that. */
export async function giveTestMoney(rpcUrl: string, to: Address, { stablecoin }: Deployment): Promise<void> {
  await provideGas(rpcUrl, to);
  const client = clientOf(rpcUrl);
  const balance = await client.readContract({
    address: stablecoin,
    abi: stablecoinAbi,
    functionName: "balanceOf",
    args: [to],
  });
  if (balance >= DOLLARS) return;
  const data = encodeFunctionData({ abi: stablecoinAbi, functionName: "mint", args: [to, DOLLARS - balance] });
  await sendUnlocked(client, { to: stablecoin, data });
}
