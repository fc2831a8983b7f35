/** The same bytes in fresh pieces of `size` bytes, but for the last; none for an empty stream. */
export async function* resized(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let piece = new Uint8Array(size);
  let filled = 0;
  for await (const bytes of source) {
    for (let taken = 0; taken < bytes.length; ) {
      const next = bytes.subarray(taken, taken + size - filled);
      piece.set(next, filled);
      filled += next.length;
      taken += next.length;
      if (filled === size) {
        yield piece;
        piece = new Uint8Array(size);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
