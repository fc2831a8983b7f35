import { type Abi, type AbiParameter, decodeErrorResult, type Hex, isHex } from "viem";
import { type ErrorDetails, ProtocolError } from "../core/errors.ts";

/**
 * The revert data in a node's refusal; `0x` for a revert without data, `undefined` when the call
 * did not revert.
 */
const revertDataOf = (error: unknown): Hex | undefined => {
  if (!(error instanceof ProtocolError) || error.code !== "rpc-refused") return undefined;
  const { data, reason } = error.details;
  if (isHex(data) && data !== "0x") return data;
  return /revert/i.test(String(reason)) ? "0x" : undefined;
};

/**
 * How nodes say that a call ended in an exception of the machine: geth in its own words, anvil and
 * reth as `EVM error StackUnderflow`. Such a call fails on the chain like one that reverts.
 */
const exceptions: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["OutOfGas", /out of gas|OutOfGas|gas required exceeds allowance|gas uint64 overflow/i],
  ["InvalidOpcode", /invalid opcode|InvalidFEOpcode|OpcodeNotFound|invalid instruction/i],
  ["StackError", /stack (underflow|overflow|limit reached)|StackUnderflow|StackOverflow/i],
  ["InvalidJump", /invalid ?jump/i],
  ["OutOfBounds", /return data out of bounds|OutOfOffset/i],
  ["WriteProtection", /write protection|StateChangeDuringStaticCall/i],
];

/** The exception in a node's refusal, `undefined` when it is none. */
const exceptionOf = (error: unknown): string | undefined => {
  if (!(error instanceof ProtocolError) || error.code !== "rpc-refused") return undefined;
  const reason = String(error.details.reason);
  return exceptions.find(([, pattern]) => pattern.test(reason))?.[0];
};

/**
 * Names a custom error and its arguments: `{ error: "NotCaller", caller: "0x...", expected: "0x..."
 * }`.
 */
const explainRevert = (data: Hex, errors: Abi): ErrorDetails => {
  if (data === "0x") return { error: "none" };
  try {
    const { errorName, args, abiItem } = decodeErrorResult({ abi: errors, data });
    const inputs: readonly AbiParameter[] = "inputs" in abiItem ? abiItem.inputs : [];
    const named = inputs.map(({ name }, i) => [name || String(i), String(args?.[i])] as const);
    return { ...Object.fromEntries(named), error: errorName };
  } catch {
    return { error: "unknown", selector: data.slice(0, 10) };
  }
};

/**
 * `call-reverted` with the reason, when the call itself is why a node refused; else the error as it
 * came.
 */
export function toRevert(error: unknown, errors: Abi): unknown {
  const data = revertDataOf(error);
  if (data !== undefined) return new ProtocolError("call-reverted", explainRevert(data, errors));
  const exception = exceptionOf(error);
  return exception === undefined ? error : new ProtocolError("call-reverted", { error: exception });
}
