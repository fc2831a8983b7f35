import { createHash, getHashes } from "node:crypto";
import type { Hex } from "viem";
import { type ConcurrentDigester, createDigester, type Digester } from "../core/evidence/digest.ts";
import { createSm3Thread } from "./sm3Thread.ts";

/**
 * The digests of `core` made by OpenSSL, which is several times as fast as WebAssembly. SM3, by far
 * the slower, is taken in a thread of its own while the caller goes on; of files up to 4 MiB
 * without one. Some builds of OpenSSL leave SM3 out; there this is the portable digester.
 *
 * @example const digests = await digestFile(bytes, { createDigester: createNodeDigester });
 */
export async function createNodeDigester(): Promise<ConcurrentDigester | Digester> {
  if (!getHashes().includes("sm3")) return createDigester();
  const sha256 = createHash("sha256");
  const sm3 = createSm3Thread();
  let size = 0;
  return {
    async add(bytes) {
      const copied = sm3.add(bytes);
      sha256.update(bytes);
      size += bytes.length;
      await copied;
    },
    finish: async () => ({ size, sha256: hex(sha256.digest("hex")), sm3: hex(await sm3.finish()) }),
    close: sm3.close,
  };
}

function hex(digits: string): Hex {
  return `0x${digits}`;
}
