import { ProtocolError } from "../core/errors.ts";
import type { Client } from "../sdk/client.ts";
import { importFile } from "../storage/importFile.ts";

/**
 * Uploads ciphertext and computes its CID here while it passes by: what the relayer says it stored must be what was sent,
 * because the CID is signed. Throws what the relayer refuses with, and `store-answer-invalid`.
 */
export const uploadChecked = async (
  client: Client,
  ciphertext: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<string> => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  async function* sent() {
    let isWhole = false;
    try {
      for await (const piece of ciphertext) {
        await writer.write(piece);
        yield piece;
      }
      await writer.close();
      isWhole = true;
    } finally {
      if (!isWhole) await writer.abort(new ProtocolError("upload-interrupted")).catch(() => undefined);
    }
  }
  const own = importFile(readable, async () => undefined, { signal });
  own.catch(() => undefined);
  const stored = await client.uploadCiphertext(sent(), { signal });
  const { root } = await own;
  if (root.toString() !== stored.cid) throw new ProtocolError("store-answer-invalid", { cid: stored.cid });
  return stored.cid;
};
