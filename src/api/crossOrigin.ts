import type { RequestHandler } from "express";

/** What a page of another origin may read of an answer, beside its body. */
const readable = [
  "Allow",
  "Location",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "Upload-Complete",
  "Upload-Length",
  "Upload-Offset",
  "X-Request-Id",
].join(", ");
const MAX_AGE_SECONDS = 86_400;

/**
 * Lets pages of every origin use the API. It has no cookies and no accounts, so that a page learns
 * and does nothing that any other program could not. Answers preflights
 * (https://fetch.spec.whatwg.org/#http-cors-protocol).
 */
export const crossOrigin: RequestHandler = (request, response, next) => {
  response.set({ "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": readable });
  const isPreflight = request.method === "OPTIONS" && request.get("access-control-request-method") !== undefined;
  if (!isPreflight) {
    next();
    return;
  }
  response.set({
    "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key, Upload-Offset",
    "Access-Control-Max-Age": String(MAX_AGE_SECONDS),
  });
  response.status(204).end();
};
