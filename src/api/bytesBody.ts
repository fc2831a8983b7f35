import type { Request } from "express";
import { ProtocolError } from "../core/errors.ts";

const bytesType = "application/octet-stream";

/** Throws `media-type-unsupported` unless the body is bytes as they are. */
export function requireBytes(request: Request): void {
  const type = request.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const encoding = request.get("content-encoding") ?? "identity";
  if (type !== bytesType || encoding !== "identity") {
    throw new ProtocolError("media-type-unsupported", { expected: bytesType });
  }
}

/** Length that the caller announced; `undefined` for a body in chunks. */
export function announcedLength(request: Request): number | undefined {
  const length = request.get("content-length");
  return length === undefined ? undefined : Number(length);
}

/**
 * Has `take` read the body. A caller that is refused must still be able to read why: the stream is
 * not destroyed, and what is left of it is discarded. Throws `upload-interrupted` when the
 * connection broke.
 */
export async function takeBytes<T>(
  { request, signal }: { request: Request; signal: AbortSignal },
  take: (source: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  try {
    return await take(request.iterator({ destroyOnReturn: false }));
  } catch (error) {
    request.resume();
    const isBroken = signal.aborted || (request.destroyed && !(error instanceof ProtocolError));
    throw isBroken ? new ProtocolError("upload-interrupted", {}, { cause: error }) : error;
  }
}
