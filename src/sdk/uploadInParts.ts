import type * as z from "zod";
import { type ErrorCode, ProtocolError } from "../core/errors.ts";
import { untilAborted } from "../ipfs/abortable.ts";
import { importFile } from "../ipfs/importFile.ts";
import type { StoredFile } from "../ipfs/port.ts";
import type { uploadView } from "../wire/uploadSchemas.ts";
import { type Ciphertext, piecesOf } from "./ciphertext.ts";
import { resized } from "./resized.ts";
import { rest } from "./rest.ts";

type Upload = z.output<typeof uploadView>;

/** The relayer's routes for uploads. */
export type UploadRoutes = Readonly<{
  begin: (size: number) => Promise<Upload>;
  append: (id: string, offset: number, bytes: Uint8Array) => Promise<Upload>;
  read: (id: string) => Promise<Upload>;
  abandon: (id: string) => Promise<unknown>;
}>;

/** How an upload in parts goes on. */
export type PartsOptions = Readonly<{
  /** Bytes of the ciphertext. */
  size: number;
  signal?: AbortSignal | undefined;
  /**
   * Id of an upload that an earlier call began with these same bytes; where it is gone, another
   * begins.
   */
  resume?: string | undefined;
  /** Keeps the id of a new upload; nothing is sent before it settles. */
  onBegin?: ((id: string) => Promise<void>) | undefined;
  firstPauseMs?: number;
}>;

/** From this size on an upload is worth more than one request, in bytes. */
export const LEAST_IN_PARTS = 4 * 1024 ** 2;
/**
 * A part is kept in memory until the relayer has it: then it can be sent again, and browsers need
 * no request streams.
 */
const PART_BYTES = 8 * 1024 ** 2;
const FIRST_PAUSE_MS = 250;
/** Attempts without a byte more, with pauses that double: about a minute. */
const MOST_FAILURES = 8;
/**
 * Times that a source which can be opened anew starts again because the relayer lost the upload.
 */
const MOST_STARTS = 3;

/** Refusals at the beginning after which one request may still do. */
const noParts: readonly ErrorCode[] = ["not-found", "rate-limited", "store-full"];
/** What may have happened to a request although it may go through the next time. */
const passing: readonly ErrorCode[] = [
  "database-unreachable",
  "rate-limited",
  "relayer-answer-invalid",
  "relayer-unreachable",
  "store-unreachable",
  "upload-interrupted",
  "upload-offset-mismatch",
];

/** Failures after which an upload is of no use: it holds other bytes than the source. */
const futile: readonly ErrorCode[] = ["file-changed", "relayer-answer-invalid"];

/**
 * Sends ciphertext in parts and goes on after the connection broke, from what the relayer has.
 * Takes the CID on the way. `undefined` when the relayer takes no uploads in parts, or none now:
 * then nothing was read.
 *
 * @throws `upload-interrupted` with `sent`, `size` and `until` (the relayer keeps what was sent)
 *   when it does not go on
 * @throws `file-changed` when the source has not `size` bytes, `relayer-answer-invalid` when the
 *   relayer stored others: then it has forgotten the upload, and another call begins anew
 * @throws `upload-expired` when all was not there in the time that the relayer gives
 */
export async function uploadInParts(
  source: Ciphertext,
  routes: UploadRoutes,
  options: PartsOptions,
): Promise<StoredFile | undefined> {
  const canRestart = source instanceof Blob || typeof source === "function";
  for (let start = 1; ; start++) {
    const upload = await beginOrResume(routes, start === 1 ? options : { ...options, resume: undefined });
    if (upload === undefined) return undefined;
    try {
      return await sendAll(source, upload, { routes, options });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isOneOf(["upload-unknown"], error)) throw error;
      if (!canRestart || start === MOST_STARTS) throw interrupted(upload, error);
    }
  }
}

async function beginOrResume(routes: UploadRoutes, options: PartsOptions): Promise<Upload | undefined> {
  const { size, resume, onBegin, signal } = options;
  try {
    const begun = resume === undefined ? undefined : await insisting(() => readKnown(routes, resume), options);
    if (begun?.size === size) return begun;
    const upload = await insisting(() => routes.begin(size), options);
    await onBegin?.(upload.id);
    return upload;
  } catch (error) {
    signal?.throwIfAborted();
    if (isOneOf(noParts, error)) return undefined;
    throw error;
  }
}

async function readKnown(routes: UploadRoutes, id: string) {
  try {
    return await routes.read(id);
  } catch (error) {
    if (isOneOf(["upload-expired", "upload-unknown"], error)) return undefined;
    throw error;
  }
}

/** Asks again, with pauses that double, while an answer may still come. */
async function insisting<T>(ask: () => Promise<T>, { signal, firstPauseMs = FIRST_PAUSE_MS }: PartsOptions) {
  for (let failures = 0; ; failures++) {
    try {
      return await ask();
    } catch (error) {
      signal?.throwIfAborted();
      const mayPass = isOneOf(passing, error) && !isOneOf(noParts, error);
      if (!mayPass || failures === MOST_FAILURES) throw error;
      await rest(firstPauseMs * 2 ** failures, signal);
    }
  }
}

function isOneOf(codes: readonly ErrorCode[], error: unknown): error is ProtocolError {
  return error instanceof ProtocolError && codes.includes(error.code);
}

type Sending = Readonly<{ routes: UploadRoutes; options: PartsOptions }>;

async function sendAll(source: Ciphertext, begun: Upload, { routes, options }: Sending): Promise<StoredFile> {
  const { size, signal } = options;
  let upload = begun;
  async function* sent() {
    let at = 0;
    for await (const part of resized(untilAborted(piecesOf(source), signal), PART_BYTES)) {
      if (at + part.length > size) throw new ProtocolError("file-changed");
      upload = await sendPart(part, at, { upload, routes, options });
      at += part.length;
      yield part;
    }
    if (at < size) throw new ProtocolError("file-changed");
  }
  try {
    const { root } = await importFile(sent(), async () => {});
    const stored = upload.blob;
    if (stored?.cid === root.toString() && stored.size === size) return stored;
    throw new ProtocolError("relayer-answer-invalid", { expected: root.toString(), actual: stored?.cid ?? null });
  } catch (error) {
    const canGoOn = options.onBegin !== undefined || options.resume !== undefined;
    // Gives the room back, if nobody is to go on; that it does not arrive changes nothing.
    const abandoned = canGoOn && !isOneOf(futile, error) ? undefined : routes.abandon(upload.id).catch(() => {});
    // Where somebody could go on, they must not find it again.
    if (canGoOn) await abandoned;
    throw error;
  }
}

/** Sends what the relayer has not of the part that begins at byte `at`, as often as it takes. */
async function sendPart(
  part: Uint8Array,
  at: number,
  { upload: before, routes, options }: Sending & { upload: Upload },
): Promise<Upload> {
  const { signal, firstPauseMs = FIRST_PAUSE_MS } = options;
  const end = at + part.length;
  let upload = before;
  let furthest = before.offset;
  let failures = 0;
  while (upload.offset < end) {
    if (upload.offset < at) throw new ProtocolError("upload-unknown");
    try {
      if (failures > 0) upload = await routes.read(upload.id);
      if (upload.offset > furthest) failures = 0;
      furthest = Math.max(furthest, upload.offset);
      if (upload.offset < at || upload.offset >= end) continue;
      const next = await routes.append(upload.id, upload.offset, part.subarray(upload.offset - at));
      if (next.offset <= upload.offset) throw new ProtocolError("relayer-answer-invalid", { offset: next.offset });
      upload = next;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isOneOf(passing, error)) throw error;
      if (failures === MOST_FAILURES) throw interrupted(upload, error);
      await rest(firstPauseMs * 2 ** failures, signal);
      failures += 1;
    }
  }
  return upload;
}

function interrupted({ offset, size, keptUntil }: Upload, cause: unknown) {
  return new ProtocolError("upload-interrupted", { sent: offset, size, until: keptUntil }, { cause });
}
