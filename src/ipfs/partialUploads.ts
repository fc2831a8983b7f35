import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import { resolve } from "node:path";
import { ProtocolError } from "../core/errors.ts";
import { untilAborted } from "./abortable.ts";
import { isAbsent, syncDirectory, writeRefused } from "./durable.ts";
import { partialPath, readPartials, storedPath, writeStored } from "./partialFiles.ts";
import type { ByteSource, EvidenceStore, StoredFile } from "./port.ts";

/** How far an upload is. */
export type UploadState = Readonly<{
  id: string;
  /** Bytes that were stated when it was opened, and how many of them are on the disk. */
  size: number;
  offset: number;
  /**
   * Unix second from which it may be gone. Another byte moves it on, but not beyond the time that
   * an upload may take in all.
   */
  keptUntil: number;
  /** What the evidence store keeps of it once the last byte was there. */
  blob: StoredFile | null;
}>;

/** What comes next of an upload. */
type UploadPart = Readonly<{
  offset: number;
  source: ByteSource;
  /** Bytes of the part, where they are announced. */
  length?: number | undefined;
  signal?: AbortSignal | undefined;
}>;

/**
 * Uploads that come in parts. Every function but `begin` rejects with `upload-unknown` for an id
 * that is not there, and with `upload-expired` for an upload that took too long in all.
 */
export type PartialUploads = Readonly<{
  /**
   * `address` is who may not take more than a share; who began an upload is forgotten at a restart.
   * @throws `rate-limited` when too many are open, or the share of the address is used up;
   *   `store-full` when the sum of all sizes is too large; `data-dir-unusable`
   */
  begin: (size: number, from?: Readonly<{ address?: string | undefined }>) => Promise<UploadState>;
  /**
   * Ends the part that is on its way, so that its answer holds, as
   * draft-ietf-httpbis-resumable-upload recommends. Puts the bytes into the evidence store first,
   * if all are there and that was not done yet.
   */
  read: (id: string) => Promise<UploadState>;
  /**
   * Appends; what came before `source` broke off is kept. A part ends the one before, whose
   * connection may be dead without anybody having noticed. With the last byte the file is in the
   * evidence store when this resolves.
   * @throws `upload-offset-mismatch`, `evidence-too-large` for more bytes than stated,
   *   `upload-interrupted` when another part took over, `store-full`, `data-dir-unusable`, what
   *   `source` throws, the reason of `signal`
   */
  append: (id: string, part: UploadPart) => Promise<UploadState>;
  /** Forgets an upload and its bytes; what the evidence store has stays there. */
  abandon: (id: string) => Promise<void>;
  /** Removes what expired. */
  sweep: () => Promise<void>;
}>;

/** Where uploads wait, where they go, and how much of them is kept. */
export type PartialUploadOptions = Readonly<{
  /** One process at a time may use it. */
  dir: string;
  store: Pick<EvidenceStore, "put">;
  limits: Readonly<{
    /** Uploads that are open at once. */
    openUploads: number;
    /** Sum of the sizes that were stated for them. */
    openUploadBytes: number;
    /** The same of one address. */
    openUploadsPerAddress: number;
    openUploadBytesPerAddress: number;
    /** Seconds that an upload is kept after its last byte. */
    uploadSeconds: number;
    /** Seconds after which an upload ends that is not stored by then, whatever still arrives. */
    uploadAgeSeconds: number;
  }>;
  /** Unix seconds. */
  now?: () => number;
}>;

type Running = Readonly<{ stop: AbortController; ended: Promise<void> }>;

type Upload = {
  readonly id: string;
  readonly size: number;
  readonly openedAt: number;
  readonly address?: string | undefined;
  offset: number;
  touchedAt: number;
  blob: StoredFile | null;
  running?: Running | undefined;
  finishing?: Promise<StoredFile> | undefined;
};

/** 128 bits: the id is the only key to an upload. */
const ID_BYTES = 16;
/** Bytes that a crash of the machine may take back of a part that is on its way. */
const SYNC_EVERY = 16 * 1024 ** 2;
/** Uploads that ended and whose answer can still be read; beyond it the oldest goes first. */
const MOST_STORED = 1_000;

/**
 * Opens the directory of unfinished uploads, with what an earlier process left there, however it
 * ended.
 *
 * @throws `data-dir-unusable`, `store-full`
 */
export async function openPartialUploads(options: PartialUploadOptions): Promise<PartialUploads> {
  const { store, limits, now = () => Math.floor(Date.now() / 1_000) } = options;
  const dir = resolve(options.dir);
  const uploads = new Map<string, Upload>();

  const endsAt = ({ blob, openedAt }: Upload) =>
    blob === null ? openedAt + limits.uploadAgeSeconds : Number.POSITIVE_INFINITY;
  const keptUntil = (upload: Upload) => Math.min(upload.touchedAt + limits.uploadSeconds, endsAt(upload));
  const isTooOld = (upload: Upload) => upload.finishing === undefined && endsAt(upload) <= now();
  const isExpired = (upload: Upload) =>
    isTooOld(upload) || (upload.running === undefined && upload.finishing === undefined && keptUntil(upload) <= now());
  const tooOld = () => new ProtocolError("upload-expired", { seconds: limits.uploadAgeSeconds });
  const stateOf = (upload: Upload): UploadState => {
    const { id, size, offset, blob } = upload;
    return { id, size, offset, keptUntil: keptUntil(upload), blob };
  };
  const requireUpload = (id: string): Upload => {
    const upload = uploads.get(id);
    if (upload !== undefined && isTooOld(upload)) throw tooOld();
    if (upload === undefined || isExpired(upload)) throw new ProtocolError("upload-unknown");
    return upload;
  };
  /** What failed as a fact to act on; an upload whose bytes are gone is none any more. */
  const refused = (error: unknown, upload: Upload) => {
    const isGone = isAbsent(error) && (error as NodeJS.ErrnoException).path === partialPath(dir, upload);
    if (!isGone) return writeRefused(error);
    uploads.delete(upload.id);
    return new ProtocolError("upload-unknown", {}, { cause: error });
  };

  /**
   * Ends the part that is on its way. Another caller may have begun one when it resolves: look
   * again.
   */
  const interrupt = async ({ stop, ended }: Running, reason = new ProtocolError("upload-interrupted")) => {
    stop.abort(reason);
    await ended;
  };

  async function forget(upload: Upload) {
    uploads.delete(upload.id);
    if (upload.running !== undefined) await interrupt(upload.running, isTooOld(upload) ? tooOld() : undefined);
    await upload.finishing?.catch(() => {});
    try {
      await removeFile(partialPath(dir, upload));
      await removeFile(storedPath(dir, upload));
    } catch (error) {
      throw writeRefused(error);
    }
  }

  async function sweep() {
    for (const upload of [...uploads.values()]) if (isExpired(upload)) await forget(upload);
    const stored = [...uploads.values()].filter(({ blob }) => blob !== null);
    const oldest = stored.toSorted((a, b) => a.touchedAt - b.touchedAt).slice(0, -MOST_STORED);
    for (const upload of oldest) await forget(upload);
  }

  /** Refuses an upload for which there is no place, or none for its address. */
  function requirePlace(size: number, address: string | undefined) {
    const all = [...uploads.values()].filter(({ blob }) => blob === null);
    const own = all.filter((upload) => address !== undefined && upload.address === address);
    const sumOf = (some: readonly Upload[]) => some.reduce((sum, upload) => sum + upload.size, size);
    const after = (some: readonly Upload[]) => {
      const seconds = Math.max(1, Math.min(...some.map(keptUntil)) - now());
      return new ProtocolError("rate-limited", { seconds });
    };
    // One upload may be larger than a share.
    const isShareUsed = own.length > 0 && sumOf(own) > limits.openUploadBytesPerAddress;
    if (isShareUsed || own.length >= limits.openUploadsPerAddress) throw after(own);
    if (all.length >= limits.openUploads) throw after(all);
    if (sumOf(all) > limits.openUploadBytes) throw new ProtocolError("store-full");
  }

  async function begin(size: number, { address }: { address?: string | undefined } = {}) {
    await sweep();
    requirePlace(size, address);
    const id = randomBytes(ID_BYTES).toString("hex");
    const openedAt = now();
    const upload: Upload = { id, size, openedAt, address, offset: 0, touchedAt: openedAt, blob: null };
    uploads.set(id, upload);
    try {
      const file = await open(partialPath(dir, upload), "wx");
      await file.close();
      await syncDirectory(dir);
    } catch (error) {
      uploads.delete(id);
      throw writeRefused(error);
    }
    return stateOf(upload);
  }

  /** Puts a whole upload into the evidence store, once however many wait for it. */
  function finish(upload: Upload): Promise<StoredFile> {
    upload.finishing ??= (async () => {
      try {
        if (upload.blob !== null) return upload.blob;
        const blob = await store.put(readFrom(partialPath(dir, upload)), { maxBytes: upload.size });
        await writeStored(dir, { id: upload.id, size: upload.size, openedAt: upload.openedAt, blob });
        await removeFile(partialPath(dir, upload));
        upload.blob = blob;
        upload.touchedAt = now();
        return blob;
      } catch (error) {
        throw refused(error, upload);
      } finally {
        upload.finishing = undefined;
      }
    })();
    return upload.finishing;
  }

  async function receive(upload: Upload, { source, signal }: UploadPart) {
    const file = await open(partialPath(dir, upload), "r+");
    let at = upload.offset;
    const save = async () => {
      await file.datasync();
      upload.offset = at;
      upload.touchedAt = now();
    };
    try {
      for await (const piece of untilAborted(source, signal)) {
        if (at + piece.length > upload.size) throw new ProtocolError("evidence-too-large", { limit: upload.size });
        await writeAt(file, piece, at);
        at += piece.length;
        if (at - upload.offset >= SYNC_EVERY) await save();
      }
    } finally {
      try {
        if (at > upload.offset) await save();
      } finally {
        await file.close();
      }
    }
  }

  async function append(id: string, part: UploadPart) {
    const upload = requireUpload(id);
    while (upload.running !== undefined) await interrupt(upload.running);
    // From here to the next `await` nobody else runs, so that one part at a time is written.
    if (uploads.get(id) !== upload) throw new ProtocolError("upload-unknown");
    const { offset, size } = upload;
    if (part.offset !== offset) {
      throw new ProtocolError("upload-offset-mismatch", { expected: offset, given: part.offset });
    }
    if (offset + (part.length ?? 0) > size) throw new ProtocolError("evidence-too-large", { limit: size });
    if (offset < size) {
      const stop = new AbortController();
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      upload.running = { stop, ended };
      const signal = part.signal === undefined ? stop.signal : AbortSignal.any([part.signal, stop.signal]);
      try {
        await receive(upload, { ...part, signal });
      } catch (error) {
        // A sender whose connection broke after the last byte finds the file stored.
        if (upload.offset < size || error instanceof ProtocolError) throw refused(error, upload);
      } finally {
        upload.running = undefined;
        end();
      }
    }
    if (upload.offset === size && uploads.get(id) === upload) await finish(upload);
    return stateOf(upload);
  }

  try {
    await mkdir(dir, { recursive: true });
    for (const found of await readPartials(dir)) uploads.set(found.id, { ...found });
    await sweep();
  } catch (error) {
    throw writeRefused(error);
  }

  return {
    begin,
    append,
    sweep,
    async read(id) {
      const upload = requireUpload(id);
      while (upload.running !== undefined) await interrupt(upload.running);
      if (uploads.get(id) !== upload) throw new ProtocolError("upload-unknown");
      if (upload.offset === upload.size) await finish(upload);
      return stateOf(upload);
    },
    abandon: async (id) => forget(requireUpload(id)),
  };
}

/** Opens the file when it is read: a stream that fails before anybody listens ends the process. */
async function* readFrom(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number) {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function removeFile(path: string) {
  await unlink(path).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
  });
}
