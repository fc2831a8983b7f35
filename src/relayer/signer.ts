import { type Address, type Hex, keccak256, type TransactionSerializableEIP1559 } from "viem";
import type { Call, Fees } from "../chain/transactions.ts";
import type { SignedAttempt } from "../db/transactions.ts";

/** A key that pays for transactions: in memory, or behind a remote signer. */
export type TransactionSigner = Readonly<{
  address: Address;
  signTransaction: (transaction: TransactionSerializableEIP1559) => Promise<Hex>;
}>;

/** A transaction before it is signed. Gas in units, fees in wei per gas. */
export type AttemptPlan = Readonly<{
  chainId: number;
  nonce: number;
  call: Call;
  gas: bigint;
  fees: Fees;
  purpose: "call" | "void";
}>;

const VOID_GAS = 21_000n;

/**
 * State may move between the estimate and the block: a quarter more, of which what is not used
 * comes back.
 */
export function withHeadroom(estimate: bigint): bigint {
  return (estimate * 5n) / 4n;
}

/** The signed bytes of a transaction (EIP-1559), with their hash. */
export async function signAttempt(signer: TransactionSigner, plan: AttemptPlan): Promise<SignedAttempt> {
  const { chainId, nonce, call, gas, fees, purpose } = plan;
  const raw = await signer.signTransaction({
    type: "eip1559",
    chainId,
    nonce,
    to: call.to,
    data: call.data,
    value: call.value,
    gas,
    maxFeePerGas: fees.maxFee,
    maxPriorityFeePerGas: fees.maxPriorityFee,
  });
  return { hash: keccak256(raw), raw, gas, maxFee: fees.maxFee, maxPriorityFee: fees.maxPriorityFee, purpose };
}

/** A transaction that only uses its nonce up: nothing, sent to oneself. */
export function voidPlan(
  signer: TransactionSigner,
  place: Readonly<{ chainId: number; nonce: number; fees: Fees }>,
): AttemptPlan {
  return {
    ...place,
    call: { to: signer.address, data: "0x", value: 0n },
    gas: VOID_GAS,
    purpose: "void",
  };
}
