import { createWalletClient, custom, defineChain, type Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { createChain, requireChain } from "../chain/client.ts";
import { protocolErrors } from "../chain/contracts.ts";
import { type Call, simulate } from "../chain/transactions.ts";
import { ProtocolError } from "../core/errors.ts";
import type { CommandContext } from "./command.ts";

type Sending = {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly wallet: PrivateKeyAccount;
  readonly context: Pick<CommandContext, "signal" | "progress" | "texts">;
};

/**
 * Sends calls one after the other and waits for each to be in a block. Each is tried out before it
 * is sent, so that one that would fail costs nothing. Throws `chain-mismatch`, `call-reverted` with
 * the contract's reason, `rpc-refused`, `rpc-unreachable`.
 */
export async function sendCalls(calls: readonly Call[], { rpcUrl, chainId, wallet, context }: Sending): Promise<Hex[]> {
  const chain = createChain({ rpcUrls: [rpcUrl], chainId });
  try {
    await requireChain(chain);
    const sender = createWalletClient({
      account: wallet,
      chain: defineChain({
        id: chainId,
        name: `chain ${chainId}`,
        nativeCurrency: { name: "native currency", symbol: "ETH", decimals: 18 },
        rpcUrls: { default: { http: [rpcUrl] } },
      }),
      transport: custom({ request: chain.request }, { retryCount: 0 }),
    });
    const hashes: Hex[] = [];
    for (const { to, data, value } of calls) {
      context.signal.throwIfAborted();
      await simulate(chain, wallet.address, { to, data, value }, protocolErrors);
      const hash = await sender.sendTransaction({ to, data, value });
      context.progress(context.texts.sending.sent(hash));
      const { status } = await chain.client.waitForTransactionReceipt({ hash, pollingInterval: 500 });
      if (status !== "success") throw new ProtocolError("call-reverted", { error: "unknown", transaction: hash });
      hashes.push(hash);
    }
    return hashes;
  } finally {
    chain.close();
  }
}
