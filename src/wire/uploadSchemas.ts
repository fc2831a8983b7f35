import * as z from "zod";
import { seconds } from "../core/fields.ts";
import { storedBlob } from "./evidenceSchemas.ts";
import { count } from "./schemas.ts";

/** Names an upload: 128 random bits. The account that knows it can go on with the upload. */
export const uploadId = z.string().regex(/^[0-9a-f]{32}$/);

/** What opens an upload: how many bytes it will have. */
export const uploadOpening = z.strictObject({ size: count }).meta({ id: "UploadOpening" });

/** Where the bytes of a part begin. */
export const uploadOffset = z.object({
  "upload-offset": z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
});

/**
 * How far an upload is; `keptUntil` in Unix seconds, an hour after the last byte unless the
 * operator says else.
 */
export const uploadView = z
  .strictObject({ id: uploadId, size: count, offset: count, keptUntil: seconds, blob: storedBlob.nullable() })
  .meta({ id: "Upload" });
