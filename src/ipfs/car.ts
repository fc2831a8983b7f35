import { bytesReader, createDecoder } from "@ipld/car/decoder";
import { varint } from "multiformats";
import { CID } from "multiformats/cid";
import { ProtocolError } from "../core/errors.ts";
import { untilAborted } from "./abortable.ts";
import type { BlockSource } from "./blockSource.ts";
import { isIntact, requireSupported } from "./cid.ts";
import { concat } from "./concat.ts";
import { decodeFileNode } from "./fileNode.ts";
import { maxBlockBytes, maxFileBytes } from "./limits.ts";
import type { ByteSource, PutOptions } from "./port.ts";
import { type WalkOptions, walkBlocks } from "./walkBlocks.ts";

/**
 * What our CAR streams are: version 1, parents before children in file order, no block twice
 * (IPIP-412).
 */
export const carMediaType = "application/vnd.ipld.car; version=1; order=dfs; dups=n";

const maxHeaderBytes = 1024;
const maxCidBytes = 64;
const maxVarintBytes = 5;
const nothing = new Uint8Array(0);

// The DAG-CBOR map {roots: [CID], version: 1} around the bytes of one 36-byte CID.
const headerBeforeCid = Uint8Array.from([0xa2, 0x65, ...ascii("roots"), 0x81, 0xd8, 0x2a, 0x58, 0x25, 0x00]);
const headerAfterCid = Uint8Array.from([0x67, ...ascii("version"), 0x01]);

/**
 * A file as a CARv1 stream, every block hash-checked on its way out. Ends with an error rather than
 * short.
 */
export async function* exportCar(
  source: BlockSource,
  root: CID,
  options: WalkOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const blocks = walkBlocks(source, root, options);
  // The root is read before the first byte goes out, so that an absent file is an answer and not a
  // broken stream.
  const first = await blocks.next();
  yield carHeader(root);
  if (first.done !== true) yield carSection(first.value.cid, first.value.bytes ?? nothing);
  for await (const { cid, bytes } of blocks) yield carSection(cid, bytes ?? nothing);
}

/** The start of a CARv1 stream with one root. */
export function carHeader(root: CID): Uint8Array {
  const body = concat([headerBeforeCid, requireSupported(root).bytes, headerAfterCid]);
  return concat([encodeVarint(body.length), body]);
}

/** One block of a CAR stream, with its length and CID before it. */
export function carSection(cid: CID, bytes: Uint8Array): Uint8Array {
  return concat([encodeVarint(cid.bytes.length + bytes.length), cid.bytes, bytes]);
}

/**
 * Reads the one file in a CARv1 stream and hands each block to `write` once it is hash-checked and
 * known to belong. Blocks come in the order of the file, parents first, none twice; anything else,
 * and an end that comes early or late, is `car-invalid`. `maxBytes` caps what the file declares,
 * and with it the stream.
 */
export async function readCar(
  source: ByteSource,
  write: (cid: CID, bytes: Uint8Array) => Promise<void>,
  { maxBytes = maxFileBytes, signal }: PutOptions = {},
): Promise<{ root: CID; size: number }> {
  const input = byteQueue(untilAborted(source, signal));
  try {
    const root = await readRoot(input);
    let size = 0;
    for await (const { cid, bytes } of walkBlocks((cid) => readSection(input, cid), root, { maxBytes, signal })) {
      const block = bytes ?? nothing;
      if (cid.equals(root)) size = decodeFileNode(cid, block).size;
      await write(cid, block);
    }
    if ((await input.byte()) !== undefined) throw carInvalid("block-unexpected");
    return { root, size };
  } finally {
    await input.close();
  }
}

async function readSection(input: ByteQueue, expected: CID): Promise<Uint8Array> {
  const length = await readVarint(input);
  if (length === undefined) throw carInvalid("block-missing", expected);
  if (length > maxBlockBytes + maxCidBytes) throw carInvalid("section-too-large");
  const { cid, bytes } = splitSection(await input.exactly(length));
  if (!cid.equals(expected)) throw carInvalid("block-unexpected", cid);
  if (!(await isIntact(cid, bytes))) throw carInvalid("block-altered", cid);
  return bytes;
}

async function readRoot(input: ByteQueue): Promise<CID> {
  const length = await readVarint(input);
  if (length === undefined || length > maxHeaderBytes) throw carInvalid("header");
  const body = await input.exactly(length);
  const header = await createDecoder(bytesReader(concat([encodeVarint(length), body])))
    .header()
    .catch((cause: unknown) => {
      throw new ProtocolError("car-invalid", { reason: "header" }, { cause });
    });
  if (header.version !== 1) throw carInvalid("version");
  if (header.roots.length !== 1) throw carInvalid("roots");
  return requireSupported(header.roots[0]!);
}

function splitSection(section: Uint8Array): { cid: CID; bytes: Uint8Array } {
  try {
    const [cid, bytes] = CID.decodeFirst(section);
    return { cid: requireSupported(cid), bytes };
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw new ProtocolError("car-invalid", { reason: "section" }, { cause });
  }
}

async function readVarint(input: ByteQueue): Promise<number | undefined> {
  let value = 0;
  for (let index = 0; index < maxVarintBytes; index += 1) {
    const byte = await input.byte();
    if (byte === undefined) {
      if (index === 0) return undefined;
      throw carInvalid("truncated");
    }
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return value;
  }
  throw carInvalid("section-too-large");
}

type ByteQueue = {
  byte(): Promise<number | undefined>;
  exactly(length: number): Promise<Uint8Array>;
  close(): Promise<void>;
};

function byteQueue(source: AsyncGenerator<Uint8Array, void, undefined>): ByteQueue {
  let chunk: Uint8Array = nothing;
  const more = async () => {
    while (chunk.length === 0) {
      const step = await source.next();
      if (step.done === true) return false;
      chunk = step.value;
    }
    return true;
  };
  return {
    async byte() {
      if (!(await more())) return undefined;
      const value = chunk[0];
      chunk = chunk.subarray(1);
      return value;
    },
    async exactly(length) {
      const out = new Uint8Array(length);
      for (let filled = 0; filled < length; ) {
        if (!(await more())) throw carInvalid("truncated");
        const part = chunk.subarray(0, length - filled);
        out.set(part, filled);
        filled += part.length;
        chunk = chunk.subarray(part.length);
      }
      return out;
    },
    async close() {
      await source.return();
    },
  };
}

function carInvalid(reason: string, cid?: CID): ProtocolError {
  return new ProtocolError("car-invalid", cid === undefined ? { reason } : { reason, cid: cid.toString() });
}

function encodeVarint(value: number): Uint8Array {
  return varint.encodeTo(value, new Uint8Array(varint.encodingLength(value)));
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
