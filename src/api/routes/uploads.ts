import type { Response } from "express";
import { ipKeyGenerator } from "express-rate-limit";
import { ProtocolError } from "../../core/errors.ts";
import type { UploadState } from "../../ipfs/partialUploads.ts";
import { announcedLength, requireBytes, takeBytes } from "../bytesBody.ts";
import type { ApiContext, Handlers } from "../context.ts";

/**
 * Ciphertext in parts. Headers as in draft-ietf-httpbis-resumable-upload, and in the body for those
 * who read JSON.
 */
export function createUploadRoutes({
  uploads,
  limits,
}: ApiContext): Handlers<"openUpload" | "appendUpload" | "readUpload" | "abandonUpload"> {
  return {
    openUpload: async ({ body: { size } }, { request, response }) => {
      if (size === 0) throw new ProtocolError("evidence-empty");
      if (size > limits.evidenceBytes) throw new ProtocolError("evidence-too-large", { limit: limits.evidenceBytes });
      const upload = await uploads.begin(size, { address: request.ip && ipKeyGenerator(request.ip) });
      response.set("Location", `/v1/uploads/${upload.id}`);
      return { status: 201, body: shown(upload, response) };
    },

    appendUpload: async ({ params: { id }, headers }, { request, response, signal }) => {
      requireBytes(request);
      const part = { offset: headers["upload-offset"], length: announcedLength(request), signal };
      try {
        const upload = await takeBytes({ request, signal }, (source) => uploads.append(id, { ...part, source }));
        return { status: 200, body: shown(upload, response) };
      } catch (error) {
        if (error instanceof ProtocolError && error.code === "upload-offset-mismatch") {
          response.set("Upload-Offset", String(error.details.expected));
        }
        throw error;
      }
    },

    readUpload: async ({ params: { id } }, { response }) => ({
      status: 200,
      body: shown(await uploads.read(id), response),
    }),

    abandonUpload: async ({ params: { id } }) => {
      await uploads.abandon(id);
      return { status: 200, body: { id } };
    },
  };
}

const shown = (upload: UploadState, response: Response): UploadState => {
  response.set({
    "Upload-Offset": String(upload.offset),
    "Upload-Length": String(upload.size),
    "Upload-Complete": upload.blob === null ? "?0" : "?1",
  });
  return upload;
};
