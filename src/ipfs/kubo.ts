import { create } from "kubo-rpc-client";
import type { CID } from "multiformats/cid";
import { ProtocolError } from "../core/errors.ts";
import { orAborted } from "./abortable.ts";
import { readBlock } from "./blockSource.ts";
import { carHeader, carSection } from "./car.ts";
import { parseCid } from "./cid.ts";
import { type BlockHost, createEvidenceStore, type Upload } from "./evidenceStore.ts";
import type { EvidenceStore } from "./port.ts";
import { walkBlocks } from "./walkBlocks.ts";

/** Which Kubo node is used, and how. */
export type KuboOptions = {
  /**
   * The RPC API, such as `http://127.0.0.1:5001`. Whoever can reach it can do anything to the node.
   */
  readonly url: string;
  /** Longest time for one call, in milliseconds. */
  readonly callMs?: number | undefined;
  /**
   * Whether the node may tell the public DHT that it has the evidence. Without it a node that would
   * is refused.
   */
  readonly announce?: boolean | undefined;
};

const batchBytes = 8 * 1024 * 1024;
const removalsAtOnce = 100;
const pinName = "holdfast";
const pinPatience = 10;

/**
 * A Kubo node behind the port. Files are cut into blocks here and sent in small CAR batches, so
 * that the CID does not depend on the node's settings and no call carries much; every block is read
 * back and hashed before an upload counts as stored. A node that announces what it stores is
 * refused with `store-announces`.
 */
export async function createKuboStore({ url, callMs = 60_000, announce = false }: KuboOptions): Promise<EvidenceStore> {
  const ipfs = create({ url });

  async function call<T>(
    work: (options: { signal: AbortSignal; offline: true }) => Promise<T>,
    signal?: AbortSignal,
    patience = 1,
  ): Promise<T> {
    const deadline = AbortSignal.timeout(callMs * patience);
    const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
    try {
      // Raced, because the client ignores its own `timeout` and may keep waiting on a stalled
      // answer.
      return await orAborted(work({ signal: stop, offline: true }), stop);
    } catch (cause) {
      signal?.throwIfAborted();
      if (isRefusal(cause)) throw new ProtocolError("store-answer-invalid", { store: "kubo" }, { cause });
      throw new ProtocolError(
        "store-unreachable",
        { store: "kubo", reason: deadline.aborted ? "timeout" : "connection" },
        { cause },
      );
    }
  }

  const read: BlockHost["read"] = async (cid, signal) => {
    try {
      return await call((options) => ipfs.block.get(cid, options), signal);
    } catch (error) {
      if (says(error, /not found|could not find/)) return undefined;
      throw error;
    }
  };

  async function isPinned(root: CID, signal?: AbortSignal) {
    try {
      const found = await call((options) => first(ipfs.pin.ls({ ...options, paths: root, type: "recursive" })), signal);
      return found !== undefined;
    } catch (error) {
      if (says(error, /is not pinned/)) return false;
      throw error;
    }
  }

  async function begin(signal?: AbortSignal): Promise<Upload> {
    let batch: { cid: CID; bytes: Uint8Array }[] = [];
    let buffered = 0;
    let sending = Promise.resolve();

    async function send(blocks: typeof batch) {
      async function* car() {
        yield carHeader(blocks[0]!.cid);
        for (const { cid, bytes } of blocks) yield carSection(cid, bytes);
      }
      await call((options) => drain(ipfs.dag.import([car()], { ...options, pinRoots: false })), signal);
      for (const { cid } of blocks) await readBlock(read, cid, signal);
    }

    const flush = () => {
      const blocks = batch;
      batch = [];
      buffered = 0;
      if (blocks.length > 0) sending = sending.then(() => send(blocks));
      return sending;
    };

    return {
      async write(cid, bytes) {
        batch.push({ cid, bytes });
        buffered += bytes.length;
        if (buffered >= batchBytes) await flush();
      },
      async commit(root) {
        await flush();
        // The node walks the whole DAG while it pins.
        await call((options) => ipfs.pin.add(root, { ...options, name: pinName }), signal, pinPatience);
      },
      async abandon() {
        // Blocks without a pin are the node's to collect: another upload may be about to pin the
        // same ones.
        batch = [];
        await sending.catch(() => undefined);
      },
    };
  }

  async function unpin(root: CID, signal?: AbortSignal) {
    if (!(await isPinned(root, signal))) return false;
    const cids: CID[] = [];
    for await (const { cid } of walkBlocks(read, root, { leaves: false, signal, onFault: () => undefined }))
      cids.push(cid);
    await call((options) => ipfs.pin.rm(root, options), signal).catch((error: unknown) => {
      throw error;
    });
    while (cids.length > 0) {
      // The node itself refuses to remove what another pin needs; such an answer is not a failure.
      const some = cids.splice(0, removalsAtOnce);
      await call((options) => drain(ipfs.block.rm(some, { ...options, force: true })), signal).catch(
        (error: unknown) => {
          if (!says(error, /pinned/)) throw error;
        },
      );
    }
    return true;
  }

  if (!announce) await refuseAnnouncing((key) => call((options) => ipfs.config.get(key, options)));

  return createEvidenceStore({
    read,
    begin,
    isPinned,
    unpin,
    async *roots(signal) {
      const pins = await call(
        (options) => collect(ipfs.pin.ls({ ...options, type: "recursive", name: pinName })),
        signal,
      );
      for (const { cid, name } of pins) if (name === pinName) yield parseCid(cid.toString());
    },
    close: async () => undefined,
  });
}

/**
 * Kubo tells the DHT of every CID unless `Provide.Enabled` is false; then whoever knows a CID
 * learns who keeps the evidence.
 */
async function refuseAnnouncing(setting: (key: string) => Promise<unknown>): Promise<void> {
  const enabled = await setting("Provide.Enabled").catch((error: unknown) => {
    if (says(error, /./)) return undefined;
    throw error;
  });
  if (enabled !== false) throw new ProtocolError("store-announces", { store: "kubo", setting: "Provide.Enabled" });
}

/** Whether the node answered, and with a refusal whose text matches: it has no codes. */
function says(error: unknown, pattern: RegExp): boolean {
  return error instanceof ProtocolError && isRefusal(error.cause) && pattern.test(error.cause.message);
}

function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === "HTTPError";
}

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}
