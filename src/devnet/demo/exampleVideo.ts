import { createCipheriv } from "node:crypto";

const chunkBytes = 256 * 1024;

/**
 * The same 60 MB every time, as large and as incompressible as a phone's video of unpacking the
 * parcel: an MP4 file type box and one box of media data. No player shows it; it is there to be
 * encrypted, stored, anchored and verified.
 */
export async function* exampleVideo({
  bytes = 60_000_000,
}: {
  readonly bytes?: number;
} = {}): AsyncGenerator<Uint8Array, void, undefined> {
  const fileType = Buffer.from("\0\0\0\x18ftypisom\0\0\x02\0isomiso2", "latin1");
  const mediaHeader = Buffer.from("\0\0\0\0mdat", "latin1");
  let left = bytes - fileType.length - mediaHeader.length;
  if (left < 0) throw new RangeError(`bytes: ${bytes}`);
  mediaHeader.writeUInt32BE(left + mediaHeader.length, 0);
  yield Buffer.concat([fileType, mediaHeader]);

  const pattern = createCipheriv("chacha20", Buffer.alloc(32, "holdfast example video"), Buffer.alloc(16));
  for (; left > 0; left -= chunkBytes) yield pattern.update(Buffer.alloc(Math.min(chunkBytes, left)));
}
