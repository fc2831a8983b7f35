const PIECE = 1 << 20;

/** A file that cannot be compressed away by a clever disk: every piece differs from the others. */
export async function* generated(bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  const words = new Uint32Array(PIECE / 4);
  let state = 1;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[i] = state;
  }
  for (let at = 0; at < bytes; at += PIECE) {
    words[0] = at / PIECE;
    yield new Uint8Array(words.buffer.slice(0, Math.min(PIECE, bytes - at)));
  }
}
