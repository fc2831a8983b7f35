import { type Address, createPublicClient, encodeFunctionData, http, parseEther, parseUnits, toHex } from "viem";
import { stablecoinAbi } from "../abi/stablecoin.ts";
import type { Deployment } from "./deploy.ts";

/** What `holdfast dev --fund` gives: worth nothing, like everything on a local chain. */
const NATIVE = parseEther("1000");
const DOLLARS = parseUnits("100000", 6);
const LEAST = parseEther("100");

const clientOf = (rpcUrl: string) => createPublicClient({ transport: http(rpcUrl), pollingInterval: 50 });

/** Sees to it that an account of a local chain can pay for gas. */
export const provideGas = async (rpcUrl: string, address: Address): Promise<void> => {
  const client = clientOf(rpcUrl);
  if ((await client.getBalance({ address })) >= LEAST) return;
  await client.request({ method: "anvil_setBalance" as never, params: [address, toHex(NATIVE)] as never });
};

/** Gives an account of a local chain native currency, and stablecoins if it has less than that. */
export const giveTestMoney = async (rpcUrl: string, to: Address, { stablecoin }: Deployment): Promise<void> => {
  await provideGas(rpcUrl, to);
  const client = clientOf(rpcUrl);
  const balance = await client.readContract({
    address: stablecoin,
    abi: stablecoinAbi,
    functionName: "balanceOf",
    args: [to],
  });
  if (balance >= DOLLARS) return;
  const [from] = (await client.request({ method: "eth_accounts" as never })) as Address[];
  const data = encodeFunctionData({ abi: stablecoinAbi, functionName: "mint", args: [to, DOLLARS - balance] });
  const hash = await client.request({
    method: "eth_sendTransaction" as never,
    params: [{ from, to: stablecoin, data }] as never,
  });
  await client.waitForTransactionReceipt({ hash });
};
