import { createHash, getHashes } from "node:crypto";
import type { Hex } from "viem";
import { createDigester, type Digester } from "../core/evidence/digest.ts";

/**
 * The digests of `core` made by OpenSSL, which is about three times as fast as WebAssembly. Some
 * builds of OpenSSL leave SM3 out; there this is the portable digester.
 *
 * @example const digester = await createNodeDigester();
 */
export async function createNodeDigester(): Promise<Digester> {
  if (!getHashes().includes("sm3")) return createDigester();
  const sha256 = createHash("sha256");
  const sm3 = createHash("sm3");
  let size = 0;
  return {
    add(bytes) {
      sha256.update(bytes);
      sm3.update(bytes);
      size += bytes.length;
    },
    finish: () => ({ size, sha256: hex(sha256.digest("hex")), sm3: hex(sm3.digest("hex")) }),
  };
}

function hex(digits: string): Hex {
  return `0x${digits}`;
}
