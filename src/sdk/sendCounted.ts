import { ProtocolError } from "../core/errors.ts";
import { importFile } from "../ipfs/importFile.ts";
import { type Ciphertext, piecesOf } from "./ciphertext.ts";
import { readStream } from "./readStream.ts";

type Stored = Readonly<{ cid: string; size: number }>;

/**
 * Sends a stream in one request and takes its CID on the way, so that the relayer cannot have a
 * party sign for other bytes than theirs.
 */
export async function sendCounted(
  source: Ciphertext,
  send: (bytes: ReadableStream<Uint8Array>) => Promise<Stored>,
  signal: AbortSignal | undefined,
): Promise<Stored> {
  const pieces = piecesOf(source);
  const copy = new TransformStream<Uint8Array, Uint8Array>();
  const writer = copy.writable.getWriter();
  const counting = importFile(readStream(copy.readable), async () => {});
  let failure: { readonly error: unknown } | undefined;
  // The network sets the pace, and the count keeps up with it.
  const bytes = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        if (done) {
          await writer.close();
          controller.close();
        } else {
          await writer.write(value);
          controller.enqueue(value);
        }
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    },
  });
  try {
    const [stored, { root, size }] = await Promise.all([send(bytes), counting]);
    if (stored.cid === root.toString() && stored.size === size) return stored;
    throw new ProtocolError("relayer-answer-invalid", { expected: root.toString(), actual: stored.cid });
  } catch (error) {
    // Nobody reads the rest. The source may be waiting for something itself, so its end is not
    // waited for.
    const ignore = () => {};
    pieces.return().catch(ignore);
    counting.catch(ignore);
    writer.abort(error).catch(ignore);
    signal?.throwIfAborted();
    throw failure === undefined ? error : failure.error;
  }
}
