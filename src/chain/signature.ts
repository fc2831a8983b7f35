import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, isAddressEqual, parseAbi, size } from "viem";
import { ProtocolError } from "../core/errors.ts";
import { recoverSigner } from "../core/recoverSigner.ts";
import type { Chain } from "./client.ts";

const erc1271Abi = parseAbi(["function isValidSignature(bytes32 digest, bytes signature) view returns (bytes4)"]);
const ACCEPTED = "0x1626ba7e";

/** A digest with the account that must have signed it, and its signature. */
export type SignedDigest = Readonly<{ digest: Hex; signer: Address; signature: Hex }>;

/**
 * Accepts what the contracts accept: the signer's key (65 bytes with low `s`, or 64 bytes by
 * EIP-2098; an account with code under EIP-7702 signs so too), else whatever the signer's own
 * contract accepts by ERC-1271.
 *
 * Says which of the two it was. Throws `signature-invalid`, or `rpc-unreachable` when only the
 * chain could tell.
 */
export async function requireSigned(chain: Chain, signed: SignedDigest): Promise<"key" | "contract"> {
  const recovered = await recoverSigner(signed.digest, signed.signature);
  if (recovered !== undefined && isAddressEqual(recovered, signed.signer)) return "key";
  if (await isAcceptedByContract(chain, signed)) return "contract";
  throw new ProtocolError("signature-invalid", { signer: signed.signer, digest: signed.digest });
}

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
