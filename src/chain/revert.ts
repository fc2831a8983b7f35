import { type Abi, type AbiParameter, decodeErrorResult, type Hex, isHex } from "viem";
import { type ErrorDetails, ProtocolError } from "../core/errors.ts";

/** The revert data in a node's refusal; `0x` for a revert without data, `undefined` when the call did not revert. */
export const revertDataOf = (error: unknown): Hex | undefined => {
  if (!(error instanceof ProtocolError) || error.code !== "rpc-refused") return undefined;
  const { data, reason } = error.details;
  if (isHex(data) && data !== "0x") return data;
  return /revert/i.test(String(reason)) ? "0x" : undefined;
};

/** Names a custom error and its arguments: `{ error: "NotCaller", caller: "0x...", expected: "0x..." }`. */
export const explainRevert = (data: Hex, errors: Abi): ErrorDetails => {
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

/** `call-reverted` with the decoded reason, when that is why a node refused; else the error as it came. */
export const toRevert = (error: unknown, errors: Abi): unknown => {
  const data = revertDataOf(error);
  return data === undefined ? error : new ProtocolError("call-reverted", explainRevert(data, errors));
};
