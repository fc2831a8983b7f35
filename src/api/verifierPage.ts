import { createHash } from "node:crypto";
import type { RequestHandler } from "express";

/**
 * Serves the offline page byte for byte, so that its digest is the published one. The page brings
 * its own policy, which lets nothing run but itself and opens no connection; the header says the
 * same and keeps it out of frames.
 */
export function serveVerifierPage(page: Uint8Array): RequestHandler {
  const text = new TextDecoder().decode(page);
  const [, policy = "default-src 'none'"] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(text) ?? [];
  const digest = createHash("sha256").update(page).digest("hex");
  return (_request, response) => {
    response
      .set("Content-Security-Policy", `${policy}; frame-ancestors 'none'`)
      .set("Cache-Control", "no-cache")
      .set("ETag", `"${digest}"`)
      .type("html")
      .send(Buffer.from(page));
  };
}
