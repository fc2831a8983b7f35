import { bytesToHex, type Hex, hexToBytes } from "viem";
import { ProtocolError } from "../core/errors.ts";
import { cipherSaltBytes, contentKeyBytes } from "../core/evidence/cipher.ts";
import { resized } from "./resized.ts";

/**
 * An upload that did not end, so that a later call goes on with it. Plain JSON; as secret as the
 * file, for it opens it.
 */
export type PendingUpload = Readonly<{
  /** What the relayer calls it. */
  upload: string;
  key: Hex;
  salt: Hex;
  /**
   * What the file was: under this key no other bytes are ever encrypted, which would give both
   * away.
   */
  file: Hex;
}>;

/** Where pending uploads are kept: of one file. */
export type UploadMemory = Readonly<{
  load: () => Promise<PendingUpload | undefined>;
  save: (pending: PendingUpload) => Promise<void>;
}>;

/** What encrypting and uploading a file needs so that another process can go on with it. */
export type ResumableFile = Readonly<{
  /**
   * The file again; throws `file-changed` before it hands out a byte that is not as it was when it
   * was prepared.
   */
  bytes: AsyncIterable<Uint8Array>;
  secret: Readonly<{ key: Uint8Array; salt: Uint8Array }>;
  /** An upload that an earlier call began. */
  resume: string | undefined;
  onBegin: (upload: string) => Promise<void>;
}>;

const PIECE = 1024 ** 2;

/**
 * Reads a file to know it again, and takes key, salt and upload from an earlier call if it was the
 * same file.
 */
export async function prepareResumable(
  open: () => AsyncIterable<Uint8Array>,
  memory: UploadMemory,
  random: (length: number) => Uint8Array,
): Promise<ResumableFile> {
  const digests: Uint8Array[] = [];
  for await (const piece of resized(open(), PIECE)) digests.push(await digestOf(piece));
  const file = bytesToHex(await digestOf(joined(digests)));
  const saved = await memory.load();
  const known = saved?.file === file ? saved : undefined;
  const { key, salt } = known ?? {
    key: bytesToHex(random(contentKeyBytes)),
    salt: bytesToHex(random(cipherSaltBytes)),
  };
  return {
    bytes: unchanged(open, digests),
    secret: { key: hexToBytes(key), salt: hexToBytes(salt) },
    resume: known?.upload,
    onBegin: (upload) => memory.save({ upload, key, salt, file }),
  };
}

async function* unchanged(open: () => AsyncIterable<Uint8Array>, digests: readonly Uint8Array[]) {
  let number = 0;
  for await (const piece of resized(open(), PIECE)) {
    const expected = digests[number++];
    const actual = await digestOf(piece);
    if (expected === undefined || bytesToHex(expected) !== bytesToHex(actual)) throw new ProtocolError("file-changed");
    yield piece;
  }
  if (number < digests.length) throw new ProtocolError("file-changed");
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function joined(digests: readonly Uint8Array[]) {
  const all = new Uint8Array(digests.length * 32);
  for (const [index, digest] of digests.entries()) all.set(digest, index * 32);
  return all;
}
