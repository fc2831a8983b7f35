import type { CID } from "multiformats/cid";
import { ProtocolError } from "../core/errors.ts";
import { type BlockSource, readBlock } from "./blockSource.ts";
import { readCar } from "./car.ts";
import { isIntact, parseCid } from "./cid.ts";
import { decodeFileNode } from "./fileNode.ts";
import { importFile } from "./importFile.ts";
import type { BlockFault, EvidenceStore, StoredFile } from "./port.ts";
import { readFile } from "./readFile.ts";
import { walkBlocks } from "./walkBlocks.ts";

/**
 * The few things in which one store differs from another: where blocks lie and how a file is kept.
 */
export type BlockHost = {
  /** The bytes stored under a CID, unchecked, or `undefined`. Never fetched from elsewhere. */
  read: BlockSource;
  /** Starts an upload; its blocks are protected from removal until it is committed or abandoned. */
  begin(signal?: AbortSignal): Promise<Upload>;
  isPinned(root: CID, signal?: AbortSignal): Promise<boolean>;
  roots(signal?: AbortSignal): AsyncGenerator<CID, void, undefined>;
  /** Unpins and removes what no other root needs. False when it was not pinned. */
  unpin(root: CID, signal?: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
};

/** An upload that the store works on. */
export type Upload = {
  write(cid: CID, bytes: Uint8Array): Promise<void>;
  /** Resolves when every block written so far and the pin of the root are durable. */
  commit(root: CID): Promise<void>;
  /**
   * Forgets the upload: nothing stays pinned. Never rejects for a failure that the upload already
   * had.
   */
  abandon(): Promise<void>;
};

/** The port over any host of blocks: everything that hashes, limits and orders is here, once. */
export function createEvidenceStore(host: BlockHost): EvidenceStore {
  async function upload(
    signal: AbortSignal | undefined,
    fill: (write: Upload["write"]) => Promise<{ root: CID; size: number }>,
  ): Promise<StoredFile> {
    signal?.throwIfAborted();
    const running = await host.begin(signal);
    try {
      const { root, size } = await fill(running.write);
      await running.commit(root);
      return { cid: root.toString(), size };
    } catch (error) {
      await running.abandon();
      throw error;
    }
  }

  async function stat(cid: string, { signal }: { signal?: AbortSignal | undefined } = {}) {
    const root = parseCid(cid);
    if (!(await host.isPinned(root, signal))) return undefined;
    const node = decodeFileNode(root, await readBlock(host.read, root, signal));
    return { cid: root.toString(), size: node.size };
  }

  return {
    put: (source, options = {}) => upload(options.signal, (write) => importFile(source, write, options)),

    importCar: (source, options = {}) => upload(options.signal, (write) => readCar(source, write, options)),

    async *get(cid, options) {
      yield* readFile(host.read, parseCid(cid), options);
    },

    stat,

    has: async (cid, { signal } = {}) => host.isPinned(parseCid(cid), signal),

    async getBlock(cid, { signal } = {}) {
      const parsed = parseCid(cid);
      const bytes = await host.read(parsed, signal);
      if (bytes === undefined) return undefined;
      if (!(await isIntact(parsed, bytes))) throw new ProtocolError("block-damaged", { cid: parsed.toString() });
      return bytes;
    },

    delete: async (cid, { signal } = {}) => host.unpin(parseCid(cid), signal),

    async *pins({ signal } = {}) {
      for await (const root of host.roots(signal)) yield root.toString();
    },

    async *scrub({ signal } = {}) {
      for await (const root of host.roots(signal)) {
        const found: BlockFault[] = [];
        const onFault = (fault: Pick<BlockFault, "cid" | "fault">) => found.push({ ...fault, root: root.toString() });
        for await (const _ of walkBlocks(host.read, root, { signal, onFault })) yield* found.splice(0);
        yield* found.splice(0);
      }
    },

    close: host.close,
  };
}
