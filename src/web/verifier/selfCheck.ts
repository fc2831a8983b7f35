import { keccak256, stringToBytes } from "viem";
import { type CreateDigester, digestFile } from "../../core/evidence/digest.ts";
import { recoverSigner } from "../../core/recoverSigner.ts";

/** Digests of "abc": FIPS 180-4, GB/T 32905 and Keccak-256. */
const SHA256 = "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const SM3 = "0x66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
const KECCAK = "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45";

/** The example of EIP-712: digest, signature and signer. */
const SIGNED = "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2";
const SIGNATURE =
  "0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c";
const SIGNER = "0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826";

/** Whether the digests and signatures of this browser give what standards say for known inputs. */
export async function runsAsKnown(createDigester: CreateDigester): Promise<boolean> {
  const abc = stringToBytes("abc");
  const { sha256, sm3 } = await digestFile(once(abc), { createDigester });
  const signer = await recoverSigner(SIGNED, SIGNATURE);
  return sha256 === SHA256 && sm3 === SM3 && keccak256(abc) === KECCAK && signer === SIGNER;
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}
