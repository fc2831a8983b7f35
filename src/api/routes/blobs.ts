import type { Request } from "express";
import { ProtocolError } from "../../core/errors.ts";
import { announcedLength, requireBytes, takeBytes } from "../bytesBody.ts";
import type { ApiContext, Handlers } from "../context.ts";

/** Uploading ciphertext in one request. */
export function createBlobRoutes({ store, limits }: ApiContext): Handlers<"uploadBlob"> {
  return {
    uploadBlob: async (_, { request, signal }) => {
      requireBytes(request);
      requireNoPath(request);
      const announced = announcedLength(request);
      if (announced === 0) throw new ProtocolError("evidence-empty");
      if (announced !== undefined && announced > limits.evidenceBytes) {
        throw new ProtocolError("evidence-too-large", { limit: limits.evidenceBytes });
      }
      const options = { signal, maxBytes: limits.evidenceBytes };
      const body = await takeBytes({ request, signal }, (source) => store.put(nonEmpty(source), options));
      return { status: 201, body };
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
