import { createPublicClient, HttpRequestError, http, numberToHex, TimeoutError } from "viem";
import { ask } from "../../chain/ask.ts";
import { ProtocolError } from "../../core/errors.ts";
import { formatDuration, formatTime } from "../../core/text/units.ts";
import { LOCAL_CHAIN_ID } from "../../devnet/localChain.ts";
import { defineCommand } from "../command.ts";
import { parseDuration } from "../parseQuantity.ts";
import { usageInvalid } from "../problems.ts";

const DEFAULT_RPC = "http://127.0.0.1:8545";

/** Development nodes, whose clock may be moved; what each calls itself. */
const DEVELOPMENT_NODE = /^(anvil|hardhat)/i;

export const devSkip = defineCommand({
  text: ({ command }) => command.devSkip,
  usage: "DURATION [--rpc URL]",
  examples: ["holdfast dev skip 3d", "holdfast dev skip 2h --rpc http://127.0.0.1:9545"],
  options: {
    rpc: { type: "string", value: "URL" },
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [text = ""] }, { texts }) => {
    const seconds = parseDuration(text, "DURATION");
    const rpcUrl = values.rpc ?? DEFAULT_RPC;
    if (!URL.canParse(rpcUrl) || !/^https?:$/.test(new URL(rpcUrl).protocol)) {
      throw usageInvalid("holdfast dev skip", "rpc-address-malformed", { example: DEFAULT_RPC });
    }
    const askChain = createAsk(rpcUrl);
    await requireDevelopmentChain(askChain);
    await askChain("evm_increaseTime", [numberToHex(seconds)]);
    await askChain("evm_mine");
    const { timestamp } = (await askChain("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
    const now = Number(timestamp);
    return {
      text: texts.command.devSkip.skipped(formatDuration(seconds, texts.units), formatTime(now)),
      json: { skipped: seconds, now },
    };
  },
});

type Ask = (method: string, params?: readonly unknown[]) => Promise<unknown>;

const createAsk = (rpcUrl: string): Ask => {
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 0 }) });
  return async (method, params) => {
    try {
      return await ask(client, method, params);
    } catch (error) {
      const isSilent = error instanceof HttpRequestError || error instanceof TimeoutError;
      throw new ProtocolError(isSilent ? "rpc-unreachable" : "rpc-refused", {}, { cause: error });
    }
  };
};

/** Throws `chain-mismatch` for any chain but one that somebody runs for development. */
const requireDevelopmentChain = async (askChain: Ask) => {
  const chainId = Number(await askChain("eth_chainId"));
  const node = String(await askChain("web3_clientVersion"));
  if (chainId === LOCAL_CHAIN_ID && DEVELOPMENT_NODE.test(node)) return;
  throw new ProtocolError("chain-mismatch", {
    expected: `${LOCAL_CHAIN_ID} (anvil, hardhat)`,
    actual: `${chainId} (${node.slice(0, 64)})`,
  });
};
