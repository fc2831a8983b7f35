import { readStream } from "./readStream.ts";

/**
 * Ciphertext to upload: a stream that is read once, a browser's `Blob`, or what opens the stream
 * anew, with the same bytes each time: other bytes under one content key would give both away.
 */
export type Ciphertext = AsyncIterable<Uint8Array> | Blob | (() => AsyncIterable<Uint8Array>);

/** The pieces of a source that hold anything: a piece of no length would end a chunked request. */
export async function* piecesOf(source: Ciphertext): AsyncGenerator<Uint8Array, void, undefined> {
  const opened = source instanceof Blob ? readStream(source.stream()) : source;
  for await (const piece of typeof opened === "function" ? opened() : opened) {
    if (piece.length > 0) yield piece;
  }
}
