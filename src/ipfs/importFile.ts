import { importFile as importUnixFs } from "ipfs-unixfs-importer";
import type { CID } from "multiformats/cid";
import { ProtocolError } from "../core/errors.ts";
import { untilAborted } from "./abortable.ts";
import { maxFileBytes } from "./limits.ts";
import type { ByteSource, PutOptions } from "./port.ts";

/**
 * The published recipe from bytes to CID (IPIP-499): 1 MiB chunks, raw leaves, 1,024 links a node,
 * CIDv1.
 */
const importProfile = "unixfs-v1-2025";

const writesAtOnce = 4;

/**
 * Cuts a stream into the blocks of a file and hands each to `write`, a few at a time, the root
 * last.
 */
export async function importFile(
  source: ByteSource,
  write: (cid: CID, bytes: Uint8Array) => Promise<void>,
  { maxBytes = maxFileBytes, signal }: PutOptions = {},
): Promise<{ root: CID; size: number }> {
  let size = 0;
  async function* counted() {
    for await (const chunk of untilAborted(source, signal)) {
      size += chunk.length;
      if (size > maxBytes) throw new ProtocolError("evidence-too-large", { limit: maxBytes });
      yield chunk;
    }
  }

  const blocks = {
    put: async (cid: CID, bytes: unknown) => {
      if (!(bytes instanceof Uint8Array)) throw new TypeError("The importer hands over whole blocks");
      await write(cid, bytes);
      return cid;
    },
  };
  const { cid } = await importUnixFs({ content: counted() }, blocks, {
    profile: importProfile,
    blockWriteConcurrency: writesAtOnce,
  });
  signal?.throwIfAborted();
  return { root: cid, size };
}
