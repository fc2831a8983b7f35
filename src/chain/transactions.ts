import { type Abi, type Address, type Hex, numberToHex, type TransactionReceipt } from "viem";
import { ProtocolError } from "../core/errors.ts";
import type { Chain } from "./client.ts";
import { toRevert } from "./revert.ts";

/** A transaction before it has a sender. `value` in wei. */
export type Call = Readonly<{ to: Address; data: Hex; value: bigint }>;

/** What a transaction offers for gas (EIP-1559), in wei. */
export type Fees = Readonly<{ maxFee: bigint; maxPriorityFee: bigint }>;

/**
 * What a node said to a signed transaction. Only `no-funds` and `underpriced` tell anything; the
 * rest is looked up later.
 */
export type SendOutcome = "sent" | "no-funds" | "underpriced" | "unknown";

/** What is known of a transaction that is in a block. */
export type MinedReceipt = Readonly<{
  hash: Hex;
  blockNumber: number;
  blockHash: Hex;
  succeeded: boolean;
  gasUsed: bigint;
}>;

/**
 * Runs the call on the newest state without sending it and returns the gas it needs.
 * Throws `call-reverted` with the contract's own error.
 */
export async function simulate(chain: Chain, from: Address, call: Call, errors: Abi): Promise<bigint> {
  try {
    const transaction = { from, to: call.to, data: call.data, value: numberToHex(call.value) } as const;
    return BigInt(await chain.request({ method: "eth_estimateGas", params: [transaction] }));
  } catch (error) {
    throw toRevert(error, errors);
  }
}

/** Why a mined call failed: the same call on the state before its block. */
export async function replay(
  chain: Chain,
  from: Address,
  call: Call,
  options: { errors: Abi; blockNumber: number },
): Promise<unknown> {
  try {
    const transaction = { from, to: call.to, data: call.data, value: numberToHex(call.value) } as const;
    await chain.request({ method: "eth_call", params: [transaction, numberToHex(options.blockNumber)] });
    return undefined;
  } catch (error) {
    return toRevert(error, options.errors);
  }
}

/** Fees that outlast six full blocks: twice the base fee, and the tip that the node suggests. */
export async function readFees(chain: Chain): Promise<Fees> {
  const [block, suggested] = await Promise.all([
    chain.request({ method: "eth_getBlockByNumber", params: ["latest", false] }),
    chain.request({ method: "eth_maxPriorityFeePerGas" }),
  ]);
  const maxPriorityFee = BigInt(suggested);
  return { maxFee: 2n * BigInt(block?.baseFeePerGas ?? 0) + maxPriorityFee, maxPriorityFee };
}

/**
 * Hands the same bytes to the node, as often as one likes. Never throws for what a node answers.
 */
export async function broadcast(chain: Chain, raw: Hex): Promise<SendOutcome> {
  try {
    await chain.request({ method: "eth_sendRawTransaction", params: [raw] });
    return "sent";
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const reason = String(error.details.reason);
    if (/already known|already imported|known transaction/i.test(reason)) return "sent";
    if (/insufficient funds/i.test(reason)) return "no-funds";
    if (/underpriced|fee too low|less than block base fee|below base fee/i.test(reason)) return "underpriced";
    return "unknown";
  }
}

/** The number of an account's next transaction, as a block or the newest one has it. */
export async function readNonce(chain: Chain, signer: Address, at: "latest" | number = "latest"): Promise<number> {
  const block = at === "latest" ? at : numberToHex(at);
  return Number(await chain.request({ method: "eth_getTransactionCount", params: [signer, block] }));
}

/** What an account holds of the native currency, in wei. */
export async function readBalance(chain: Chain, owner: Address): Promise<bigint> {
  return BigInt(await chain.request({ method: "eth_getBalance", params: [owner, "latest"] }));
}

/** The receipt of a transaction; `null` while it is in no block that the node knows. */
export async function readReceipt(chain: Chain, hash: Hex): Promise<MinedReceipt | null> {
  return toMined(await chain.request({ method: "eth_getTransactionReceipt", params: [hash] }));
}

/** Whether any node at all knows a receipt for the hash; an unreachable node makes this throw. */
export async function isMinedAnywhere(chain: Chain, hash: Hex): Promise<boolean> {
  const answers = await Promise.all(
    chain.endpoints.map((ask) => ask({ method: "eth_getTransactionReceipt", params: [hash] })),
  );
  return answers.some((receipt) => toMined(receipt) !== null);
}

type WireReceipt = Readonly<
  Record<"transactionHash" | "blockHash", Hex> &
    Record<"blockNumber" | "status" | "gasUsed", Hex> &
    Partial<TransactionReceipt<Hex, Hex, Hex, Hex>>
>;

const toMined = (answer: unknown): MinedReceipt | null => {
  const receipt = answer as WireReceipt | null;
  if (receipt?.blockHash == null) return null;
  return {
    hash: receipt.transactionHash,
    blockNumber: Number(receipt.blockNumber),
    blockHash: receipt.blockHash,
    succeeded: BigInt(receipt.status) === 1n,
    gasUsed: BigInt(receipt.gasUsed),
  };
};
