import { createSHA256, createSM3 } from "hash-wasm";
import type { Hex } from "viem";

/** What a file's bytes come to: the length in bytes, SHA-256 (FIPS 180-4) and SM3 (GB/T 32905). */
export type FileDigests = { readonly size: number; readonly sha256: Hex; readonly sm3: Hex };

/** Digests taken while bytes pass by. `finish` ends it: nothing may be added after. */
export type Digester = { readonly add: (bytes: Uint8Array) => void; readonly finish: () => FileDigests };

/**
 * Digests that are taken while the caller goes on. Each call is awaited before the next; then the
 * bytes may change. `close` frees what it holds, at any time, and no call may follow.
 */
export type ConcurrentDigester = {
  readonly add: (bytes: Uint8Array) => Promise<void>;
  readonly finish: () => Promise<FileDigests>;
  readonly close: () => void;
};

/** Starts the digests of one file. */
export type CreateDigester = () => Promise<Digester | ConcurrentDigester>;

/**
 * Starts both digests, so that a file is read once however many digests it needs. Runs everywhere;
 * a platform with faster digests of its own may pass them in wherever a `CreateDigester` is taken.
 */
export async function createDigester(): Promise<Digester> {
  const [sha256, sm3] = await Promise.all([createSHA256(), createSM3()]);
  let size = 0;
  return {
    add(bytes) {
      sha256.update(bytes);
      sm3.update(bytes);
      size += bytes.length;
    },
    finish: () => ({ size, sha256: `0x${sha256.digest("hex")}`, sm3: `0x${sm3.digest("hex")}` }),
  };
}

/**
 * Reads a stream once and holds no more of it than one piece.
 * Errors of the stream and the reason of `signal` pass through.
 */
export async function digestFile(
  bytes: AsyncIterable<Uint8Array>,
  options: { signal?: AbortSignal | undefined; createDigester?: CreateDigester | undefined } = {},
): Promise<FileDigests> {
  const digester = await (options.createDigester ?? createDigester)();
  try {
    for await (const piece of bytes) {
      options.signal?.throwIfAborted();
      await digester.add(piece);
    }
    return await digester.finish();
  } finally {
    if ("close" in digester) digester.close();
  }
}
