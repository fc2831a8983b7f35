import { type Address, encodeFunctionData } from "viem";
import { escrowAbi } from "../abi/escrow.ts";
import { panelTribunalAbi } from "../abi/panelTribunal.ts";
import {
  argumentsOf,
  type CallArguments,
  type CallInput,
  intentRules,
  type SignableKind,
} from "../core/deal/intentRules.ts";
import type { Call } from "./transactions.ts";

/** Where calls about a deal go: its escrow, and the tribunal that its terms name. */
export type CalledContracts = Readonly<{ escrow: Address; tribunal: Address }>;

const abi = [...escrowAbi, ...panelTribunalAbi] as const;

/**
 * The call that submits an intent, or by which its signer acts alone. Carries no native currency.
 */
export function intentCall<K extends SignableKind>(kind: K, input: CallInput[K], contracts: CalledContracts): Call {
  const { contract, call }: (typeof intentRules)[SignableKind] = intentRules[kind];
  const args: CallArguments[SignableKind] = argumentsOf(kind, input);
  return { to: contracts[contract], data: encodeFunctionData({ abi, functionName: call, args }), value: 0n };
}
