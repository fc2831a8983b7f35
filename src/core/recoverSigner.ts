import { type Address, type Hex, hexToBigInt, hexToNumber, numberToHex, recoverAddress, size, slice } from "viem";

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const PARITY_BIT = 1n << 255n;

/**
 * The account whose key made a signature over a digest, in lower case, or `undefined` if these
 * bytes are no signature of a key: wrong length, `s` in the upper half (EIP-2), `v` other than 27
 * and 28. Takes 65 bytes, and 64 by EIP-2098.
 */
export async function recoverSigner(digest: Hex, signature: Hex): Promise<Address | undefined> {
  const parts = split(signature);
  if (parts === undefined || parts.s > HALF_ORDER) return undefined;
  try {
    const s = numberToHex(parts.s, { size: 32 });
    const signer = await recoverAddress({
      hash: digest,
      signature: { r: slice(signature, 0, 32), s, yParity: parts.yParity },
    });
    return signer.toLowerCase() as Address;
  } catch {
    return undefined;
  }
}

function split(signature: Hex) {
  if (size(signature) !== 64 && size(signature) !== 65) return undefined;
  const s = hexToBigInt(slice(signature, 32, 64));
  if (size(signature) === 64) return { s: s % PARITY_BIT, yParity: s < PARITY_BIT ? 0 : 1 };
  const v = hexToNumber(slice(signature, 64));
  return v === 27 || v === 28 ? { s, yParity: v - 27 } : undefined;
}
