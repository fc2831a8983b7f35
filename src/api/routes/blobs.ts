import type { Request } from "express";
import { ProtocolError } from "../../core/errors.ts";
import type { ApiContext, Handlers } from "../context.ts";

const bytesType = "application/octet-stream";

/** Uploading ciphertext. */
export function createBlobRoutes({ store, limits }: ApiContext): Handlers<"uploadBlob"> {
  return {
    uploadBlob: async (_, { request, signal }) => {
      requireBytes(request);
      requireNoPath(request);
      const announced = Number(request.get("content-length") ?? Number.NaN);
      if (announced === 0) throw new ProtocolError("evidence-empty");
      if (announced > limits.evidenceBytes) {
        throw new ProtocolError("evidence-too-large", { limit: limits.evidenceBytes });
      }
      // Whoever is refused must still be able to read why: the stream is not destroyed, and what is
      // left of it is discarded.
      const source = nonEmpty(request.iterator({ destroyOnReturn: false }));
      try {
        return { status: 201, body: await store.put(source, { signal, maxBytes: limits.evidenceBytes }) };
      } catch (error) {
        request.resume();
        const isBroken = signal.aborted || (request.destroyed && !(error instanceof ProtocolError));
        throw isBroken ? new ProtocolError("upload-interrupted", {}, { cause: error }) : error;
      }
    },
  };
}

/** The stream, or a failure at its end if nothing came: before anything is pinned. */
async function* nonEmpty(source: AsyncIterable<Uint8Array>) {
  let isEmpty = true;
  for await (const piece of source) {
    if (piece.length > 0) isEmpty = false;
    yield piece;
  }
  if (isEmpty) throw new ProtocolError("evidence-empty");
}

const requireBytes = (request: Request) => {
  const type = request.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const encoding = request.get("content-encoding") ?? "identity";
  if (type !== bytesType || encoding !== "identity") {
    throw new ProtocolError("media-type-unsupported", { expected: bytesType });
  }
};

/** A name has no business here, and one that tries to be a path is an attack or a leak. */
const requireNoPath = (request: Request) => {
  const disposition = request.get("content-disposition");
  if (disposition === undefined) return;
  const names = [...disposition.matchAll(/filename\*?\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)/gi)].map(
    (match) => match[1] ?? "",
  );
  for (const name of names) {
    if (/[/\\]|\.\.|[\p{Cc}]/u.test(decoded(name.replace(/^"|"$/g, "")))) throw new ProtocolError("file-name-unsafe");
  }
};

const decoded = (name: string) => {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};
