import { ProtocolError } from "../errors.ts";

// Cobblestone-256 of https://c2sp.org/chunked-encryption, version 1: HKDF-Expand with SHA-512,
// AES-256-GCM, 16 KiB chunks. The published chunk size is kept although larger chunks are a little
// faster, because a file can then be opened with other people's implementations. Hashing, not this,
// is what a large file waits for.

/** Length of the key of one file, uniformly random, never used for another. */
export const contentKeyBytes = 32;

/** Length of the salt that starts the ciphertext, uniformly random. */
export const cipherSaltBytes = 24;

/** Length of what a chunk grows by, the tag of AES-GCM. */
export const chunkTagBytes = 16;

const CHUNK = 16 * 1024;
const TAG = chunkTagBytes;
const COMMITMENT = 32;
const HEADER = cipherSaltBytes + COMMITMENT;
const NONCE = 12;
const CHUNKS_AT_ONCE = 64;
const MOST_CHUNKS = 2 ** 38;
const INFO = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";

/**
 * `context` is bound to the ciphertext and must be the same on both sides; empty unless said
 * otherwise.
 */
export type CipherOptions = { readonly signal?: AbortSignal | undefined; readonly context?: Uint8Array | undefined };

/**
 * Seals each chunk with AES-256-GCM under its nonce of 12 bytes, the tag of 16 bytes behind it, and
 * gives all in fresh memory, one after the other. The chunks may change once it has resolved.
 */
export type SealChunks = (
  chunks: readonly Readonly<{ nonce: Uint8Array<ArrayBuffer>; bytes: Uint8Array<ArrayBuffer> }>[],
) => Promise<Uint8Array>;

/** Prepares a key of 32 bytes; no nonce is ever used twice with it. */
export type CreateSealer = (key: Uint8Array<ArrayBuffer>) => Promise<SealChunks>;

/** `createSealer`: a platform's own encryption, where it is faster; WebCrypto unless given. */
export type EncryptOptions = CipherOptions & { readonly createSealer?: CreateSealer | undefined };

/** Bytes of the ciphertext of a file of `size` bytes. */
export function ciphertextSize(size: number): number {
  return HEADER + size + TAG * (Math.floor(size / CHUNK) + 1);
}

/**
 * Encrypts a stream; holds about 2 MiB whatever the length of the file. The stream's own errors
 * pass through.
 * @param key 32 bytes, see `contentKeyBytes`
 * @param salt 24 bytes, see `cipherSaltBytes`
 */
export async function* encryptFile(
  plaintext: AsyncIterable<Uint8Array>,
  secret: { readonly key: Uint8Array; readonly salt: Uint8Array },
  options: EncryptOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { aeadKey, baseNonce, commitment } = await deriveKeys(secret.key, secret.salt, options.context);
  const seal = await (options.createSealer ?? createSealer)(aeadKey);
  yield joined([secret.salt, commitment]);
  let number = 0;
  for await (const { bytes, isLast } of cut(plaintext, CHUNK, options.signal)) {
    const chunks = chunksOf(bytes, CHUNK, isLast);
    yield await seal(chunks.map((chunk) => ({ nonce: nonceOf(baseNonce, number++), bytes: chunk })));
  }
}

async function createSealer(key: Uint8Array<ArrayBuffer>): Promise<SealChunks> {
  const aead = await importAead(key, "encrypt");
  return async (chunks) =>
    joined(
      await Promise.all(
        chunks.map(({ nonce, bytes }) => crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, aead, bytes)),
      ),
    );
}

async function importAead(key: Uint8Array<ArrayBuffer>, usage: "encrypt" | "decrypt") {
  return crypto.subtle.importKey("raw", key, "AES-GCM", false, [usage]);
}

/**
 * Decrypts a stream and yields only bytes that are authentic. Until it has ended without an error
 * the file may still turn out to be cut off, so a reader must throw away what it got when this
 * throws.
 * @throws ProtocolError `cipher-key-wrong` before the first byte, `cipher-altered` if chunks are
 *   changed, moved, taken out or added, `cipher-truncated` if the end is missing
 */
export async function* decryptFile(
  ciphertext: AsyncIterable<Uint8Array>,
  key: Uint8Array,
  options: CipherOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  let derived: { readonly aead: Awaited<ReturnType<typeof importAead>>; readonly baseNonce: Uint8Array } | undefined;
  let number = 0;
  const open = async (chunk: Uint8Array<ArrayBuffer>) => {
    const at = number++;
    try {
      return await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: nonceOf(derived!.baseNonce, at) },
        derived!.aead,
        chunk,
      );
    } catch (cause) {
      throw new ProtocolError("cipher-altered", { chunk: at }, { cause });
    }
  };
  for await (const { bytes, isLast } of cut(ciphertext, CHUNK + TAG, options.signal, HEADER)) {
    if (derived === undefined) {
      if (bytes.length < HEADER) throw new ProtocolError("cipher-truncated", { chunk: 0 });
      const { aeadKey, baseNonce, commitment } = await deriveKeys(
        key,
        bytes.subarray(0, cipherSaltBytes),
        options.context,
      );
      derived = { aead: await importAead(aeadKey, "decrypt"), baseNonce };
      if (!isEqual(bytes.subarray(cipherSaltBytes), commitment)) throw new ProtocolError("cipher-key-wrong");
      if (isLast) throw new ProtocolError("cipher-truncated", { chunk: 0 });
      continue;
    }
    const chunks = chunksOf(bytes, CHUNK + TAG, isLast);
    if (isLast && chunks.at(-1)!.length < TAG) {
      throw new ProtocolError("cipher-truncated", { chunk: number + chunks.length - 1 });
    }
    const opened = joined(await Promise.all(chunks.map(open)));
    if (opened.length > 0) yield opened;
  }
}

async function deriveKeys(key: Uint8Array, salt: Uint8Array, context: Uint8Array = new Uint8Array()) {
  if (key.length !== contentKeyBytes || salt.length !== cipherSaltBytes) {
    throw new ProtocolError("cipher-key-wrong", { keyBytes: key.length, saltBytes: salt.length });
  }
  const hmac = await crypto.subtle.importKey("raw", copied(key), { name: "HMAC", hash: "SHA-512" }, false, ["sign"]);
  const info = joined([new TextEncoder().encode(INFO), salt, context]);
  // HKDF-Expand (RFC 5869, 2.3) for 76 bytes, without the Extract step: WebCrypto's HKDF cannot
  // leave it out.
  const first = await crypto.subtle.sign("HMAC", hmac, joined([info, Uint8Array.of(1)]));
  const second = await crypto.subtle.sign("HMAC", hmac, joined([first, info, Uint8Array.of(2)]));
  const derived = joined([first, second]);
  const commitmentAt = contentKeyBytes + NONCE;
  return {
    aeadKey: derived.slice(0, contentKeyBytes),
    baseNonce: derived.slice(contentKeyBytes, commitmentAt),
    commitment: derived.slice(commitmentAt, commitmentAt + COMMITMENT),
  };
}

function nonceOf(baseNonce: Uint8Array, number: number) {
  if (number >= MOST_CHUNKS) throw new ProtocolError("evidence-too-large", { chunks: number });
  const nonce = new Uint8Array(baseNonce);
  // Byte by byte: a view would need a buffer of its own for each nonce, which costs more.
  nonce[7]! ^= Math.floor(number / 2 ** 32);
  for (let i = 0; i < 4; i++) nonce[11 - i]! ^= number >>> (8 * i);
  return nonce;
}

/**
 * Cuts a stream into runs of 64 whole chunks; the last run, marked, is shorter and may be empty.
 * With `head`, that many bytes come first, alone, or fewer if the stream is shorter. A run holds
 * until the next is asked for: all lie in the same memory.
 */
async function* cut(source: AsyncIterable<Uint8Array>, chunk: number, signal: AbortSignal | undefined, head = 0) {
  const memory = new Uint8Array(chunk * CHUNKS_AT_ONCE);
  let run = head > 0 ? memory.subarray(0, head) : memory;
  let filled = 0;
  for await (const piece of source) {
    signal?.throwIfAborted();
    let taken = 0;
    while (taken < piece.length) {
      const part = piece.subarray(taken, taken + run.length - filled);
      run.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled === run.length) {
        yield { bytes: run, isLast: false };
        run = memory;
        filled = 0;
      }
    }
  }
  yield { bytes: run.subarray(0, filled), isLast: true };
}

/** Whole chunks; in the last run also the rest, which is shorter than a chunk and may be empty. */
function chunksOf(run: Uint8Array<ArrayBuffer>, size: number, isLast: boolean) {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; isLast ? at <= run.length : at < run.length; at += size) chunks.push(run.subarray(at, at + size));
  return chunks;
}

function joined(parts: readonly (Uint8Array | ArrayBuffer)[]): Uint8Array<ArrayBuffer> {
  const pieces = parts.map((part) => (part instanceof Uint8Array ? part : new Uint8Array(part)));
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function copied(bytes: Uint8Array) {
  return new Uint8Array(bytes);
}

function isEqual(one: Uint8Array, other: Uint8Array) {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) difference |= one[i]! ^ (other[i] ?? 0);
  return difference === 0;
}
