import {
  type Address,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  hexToBigInt,
  isAddressEqual,
  parseAbi,
  recoverAddress,
  size,
  slice,
} from "viem";
import { ProtocolError } from "../core/errors.ts";
import type { Chain } from "./client.ts";

const erc1271Abi = parseAbi(["function isValidSignature(bytes32 digest, bytes signature) view returns (bytes4)"]);
const ACCEPTED = "0x1626ba7e";
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

export type SignedDigest = Readonly<{ digest: Hex; signer: Address; signature: Hex }>;

/**
 * Accepts what the contracts accept: the signer's key (65 bytes with low `s`, or 64 bytes by EIP-2098; an account with
 * code under EIP-7702 signs so too), else whatever the signer's own contract accepts by ERC-1271.
 *
 * Throws `signature-invalid`, or `rpc-unreachable` when only the chain could tell.
 */
export const requireSigned = async (chain: Chain, signed: SignedDigest): Promise<void> => {
  const recovered = await recover(signed.digest, signed.signature);
  if (recovered !== undefined && isAddressEqual(recovered, signed.signer)) return;
  if (await isAcceptedByContract(chain, signed)) return;
  throw new ProtocolError("signature-invalid", { signer: signed.signer, digest: signed.digest });
};

const recover = async (digest: Hex, signature: Hex): Promise<Address | undefined> => {
  const parts = split(signature);
  if (parts === undefined || parts.s > HALF_ORDER) return undefined;
  try {
    return await recoverAddress({
      hash: digest,
      signature: { r: slice(signature, 0, 32), s: toWord(parts.s), yParity: parts.yParity },
    });
  } catch {
    return undefined;
  }
};

const split = (signature: Hex): { s: bigint; yParity: number } | undefined => {
  const second = size(signature) >= 64 ? hexToBigInt(slice(signature, 32, 64)) : 0n;
  if (size(signature) === 64) return { s: second & ((1n << 255n) - 1n), yParity: Number(second >> 255n) };
  const v = size(signature) === 65 ? Number(slice(signature, 64)) : 0;
  return v === 27 || v === 28 ? { s: second, yParity: v - 27 } : undefined;
};

const toWord = (value: bigint): Hex => `0x${value.toString(16).padStart(64, "0")}`;

const isAcceptedByContract = async (chain: Chain, { digest, signer, signature }: SignedDigest): Promise<boolean> => {
  const code = await chain.request({ method: "eth_getCode", params: [signer, "latest"] });
  if (code === "0x") return false;
  const data = encodeFunctionData({ abi: erc1271Abi, functionName: "isValidSignature", args: [digest, signature] });
  try {
    const answer = await chain.request({ method: "eth_call", params: [{ to: signer, data }, "latest"] });
    if (size(answer) < 32) return false;
    return decodeFunctionResult({ abi: erc1271Abi, functionName: "isValidSignature", data: answer }) === ACCEPTED;
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "rpc-refused") return false;
    throw error;
  }
};
