import { createCipheriv, createHash } from "node:crypto";

/** The stream that Kubo's own CID vectors are made of: ChaCha20 keyed with the SHA-256 of a seed, zero nonce. */
export async function* seededBytes(
  seed: string,
  size: number,
  chunkSize = 65_536,
): AsyncGenerator<Uint8Array, void, undefined> {
  const cipher = createCipheriv("chacha20", createHash("sha256").update(seed).digest(), Buffer.alloc(16));
  for (let left = size; left > 0; left -= chunkSize) yield cipher.update(Buffer.alloc(Math.min(chunkSize, left)));
}

export async function collect(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function sha256(source: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of source) hash.update(chunk);
  return hash.digest("hex");
}

export const bytesOf = (text: string) => [new TextEncoder().encode(text)];

export async function listed<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}
