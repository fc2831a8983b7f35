import {
  type Address,
  BaseError,
  createPublicClient,
  createWalletClient,
  decodeErrorResult,
  defineChain,
  type Hex,
  http,
  type LocalAccount,
  zeroAddress,
} from "viem";
import { escrowAbi } from "../../abi/escrow.ts";
import { stablecoinAbi } from "../../abi/stablecoin.ts";
import { ask } from "../../chain/ask.ts";
import { protocolErrors } from "../../chain/contracts.ts";
import { blocksOf } from "../../sdk/fileAndAnchor.ts";
import type { Deployment } from "../deploy.ts";

const UNLIMITED = 2n ** 256n - 1n;

/**
 * What the demonstration does on the local chain without the relayer: direct calls of parties, and
 * time travel.
 */
export function createChainSide({ rpcUrl, deployment }: { rpcUrl: string; deployment: Deployment }) {
  const chain = defineChain({
    id: deployment.chainId,
    name: "local",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const transport = http(rpcUrl);
  const client = createPublicClient({ chain, transport, pollingInterval: 50 });
  const walletOf = (account: LocalAccount) => createWalletClient({ account, chain, transport, pollingInterval: 50 });

  const mined = async (hash: Hex) => {
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== "success") throw new Error(`transaction ${hash} reverted`);
    return receipt;
  };

  /** Sends calldata to the escrow as a party would from its own wallet. */
  const callEscrow = async (account: LocalAccount, call: { readonly data: Hex; readonly value?: bigint }) =>
    mined(await walletOf(account).sendTransaction({ to: deployment.escrow, ...call }));

  /** Name and arguments of the custom error with which a contract refuses a call. */
  const refusalOf = async (account: LocalAccount, { to, data }: { to: Address; data: Hex }): Promise<string> => {
    try {
      await client.call({ account: account.address, to, data });
      return "none";
    } catch (error) {
      const raw = error instanceof BaseError ? error.walk((cause) => "data" in (cause as object)) : undefined;
      const revert = (raw as { data?: Hex | { data?: Hex } } | undefined)?.data;
      const bytes = typeof revert === "object" ? revert.data : revert;
      if (!bytes) throw error;
      const { errorName, args } = decodeErrorResult({ abi: protocolErrors, data: bytes });
      return `${errorName}(${(args ?? []).join(", ")})`;
    }
  };

  const mint = async (to: LocalAccount, amount: bigint) => {
    const token = { address: deployment.stablecoin, abi: stablecoinAbi } as const;
    const wallet = walletOf(to);
    await mined(await wallet.writeContract({ ...token, functionName: "mint", args: [to.address, amount] }));
    await mined(
      await wallet.writeContract({ ...token, functionName: "approve", args: [deployment.escrow, UNLIMITED] }),
    );
  };

  const tokenBalance = (owner: Address) =>
    client.readContract({
      address: deployment.stablecoin,
      abi: stablecoinAbi,
      functionName: "balanceOf",
      args: [owner],
    });

  const credit = (owner: Address, token: Address = deployment.stablecoin) =>
    client.readContract({
      address: deployment.escrow,
      abi: escrowAbi,
      functionName: "creditOf",
      args: [owner, token],
    });

  const bond = (seller: Address) =>
    client.readContract({
      address: deployment.escrow,
      abi: escrowAbi,
      functionName: "bondOf",
      args: [seller, deployment.stablecoin],
    });

  const shortfall = (dealId: Hex) =>
    client.readContract({ address: deployment.escrow, abi: escrowAbi, functionName: "shortfallOf", args: [dealId] });

  const disputedAt = async (dealId: Hex) => {
    const escrow = { address: deployment.escrow, abi: escrowAbi } as const;
    return (await client.readContract({ ...escrow, functionName: "dealOf", args: [dealId] })).disputedAt;
  };

  const now = async () => Number((await client.getBlock()).timestamp);

  /** Moves the chain's clock to a Unix second and mines a block there. */
  const travelTo = async (second: number) => {
    if (second <= (await now())) return;
    await ask(client, "evm_setNextBlockTimestamp", [second]);
    await ask(client, "evm_mine");
  };

  const nativeBalance = (owner: Address) => client.getBalance({ address: owner });

  return {
    callEscrow,
    refusalOf,
    mint,
    tokenBalance,
    nativeBalance,
    credit,
    bond,
    shortfall,
    disputedAt,
    now,
    travelTo,
    readBlock: blocksOf(client),
    native: zeroAddress,
  };
}

export type ChainSide = ReturnType<typeof createChainSide>;
