import type { Request, Response } from "express";
import type * as z from "zod";
import { type ErrorCode, ProtocolError } from "../core/errors.ts";
import { messageOf, titleOf } from "../core/text/errors.ts";
import { type Language, languages } from "../core/text/language.ts";
import type { Log } from "../relayer/log.ts";
import type { problemView } from "../wire/schemas.ts";
import { loggedPath } from "./loggedPath.ts";

/**
 * HTTP status of each code. What a caller can mend is 4xx, what passes by itself 503, and what a
 * caller of the API can never cause 500.
 */
export const statusOf = {
  "action-refused": 409,
  "amount-invalid": 400,
  "amounts-do-not-sum": 422,
  "anchor-not-found": 404,
  "answer-window-open": 409,
  "balance-differs": 422,
  "balance-too-low": 500,
  "beacon-unknown": 422,
  "block-damaged": 500,
  "block-missing": 404,
  "block-unknown": 502,
  "block-unprovable": 502,
  "bundle-malformed": 400,
  "bundle-too-large": 413,
  "bundle-version-unknown": 400,
  "call-reverted": 422,
  "car-invalid": 400,
  "case-mismatch": 422,
  "chain-mismatch": 503,
  "chain-not-started": 500,
  "cid-unsupported": 400,
  "cipher-altered": 422,
  "cipher-key-wrong": 422,
  "cipher-truncated": 422,
  "config-invalid": 500,
  "contract-code-differs": 503,
  "contract-missing": 503,
  "coverage-exceeds-bond": 409,
  "dag-invalid": 422,
  "dag-too-large": 422,
  "data-dir-locked": 500,
  "data-dir-unusable": 500,
  "database-refused": 503,
  "database-unreachable": 503,
  "deal-unknown": 404,
  "deployment-failed": 500,
  "deployment-outdated": 500,
  "evidence-empty": 400,
  "evidence-not-stored": 409,
  "evidence-record-invalid": 400,
  "evidence-too-large": 413,
  "evidence-unknown": 404,
  "file-changed": 500,
  "file-exists": 500,
  "file-missing": 500,
  "file-name-unsafe": 400,
  "file-unreadable": 500,
  "file-unwritable": 500,
  "filer-not-allowed": 403,
  "headers-malformed": 400,
  "headers-too-large": 413,
  "headers-version-unknown": 400,
  "host-not-allowed": 500,
  "idempotency-mismatch": 409,
  "index-incomplete": 503,
  "input-invalid": 400,
  "input-malformed": 400,
  "intent-expired": 422,
  "intent-unknown": 404,
  internal: 500,
  interrupted: 503,
  "json-malformed": 400,
  "key-file-exposed": 500,
  "key-wrong": 500,
  "keystore-password-wrong": 500,
  "keystore-unreadable": 500,
  "media-type-unsupported": 415,
  "method-not-allowed": 405,
  "native-not-relayed": 422,
  "nodes-disagree": 502,
  "nonce-taken": 503,
  "not-acceptable": 406,
  "not-found": 404,
  "panel-mismatch": 422,
  "password-missing": 500,
  "path-malformed": 400,
  "pin-damaged": 500,
  "port-taken": 500,
  "range-invalid": 416,
  "rate-limited": 429,
  "receipt-proof-invalid": 422,
  "recipient-invalid": 400,
  "relayer-answer-invalid": 502,
  "relayer-balance-low": 503,
  "relayer-running": 500,
  "relayer-unreachable": 502,
  "request-too-large": 413,
  "rpc-refused": 502,
  "rpc-unreachable": 503,
  "signature-count-wrong": 422,
  "signature-invalid": 422,
  "signer-not-on-panel": 422,
  "store-announces": 500,
  "store-answer-invalid": 502,
  "store-full": 507,
  "store-unreachable": 503,
  "terms-malformed": 400,
  "terms-unsafe": 422,
  "timestamp-data-malformed": 400,
  "tree-empty": 400,
  "tree-index-outside": 400,
  "tree-leaf-malformed": 400,
  "upload-expired": 410,
  "upload-interrupted": 400,
  "upload-offset-mismatch": 409,
  "upload-unknown": 404,
  "usage-invalid": 500,
} as const satisfies Record<ErrorCode, number>;

/** Content type of every error (RFC 9457). */
export const problemType = "application/problem+json";

const RETRY_SECONDS = 5;

type Occurrence = Readonly<{ requestId: string; language: Language }>;

/**
 * The body of a refusal. Of what the caller cannot mend, it is told the code and nothing else: the
 * details are for the operator.
 */
const toProblem = (error: unknown, { requestId, language }: Occurrence): z.input<typeof problemView> => {
  const { code, label, details: known } = error instanceof ProtocolError ? error : new ProtocolError("internal");
  const details = statusOf[code] < 500 ? known : {};
  return {
    type: `/v1/errors/${code}`,
    title: titleOf(code, language),
    status: statusOf[code],
    code,
    ...(label === undefined ? {} : { label }),
    detail: messageOf(code, details, language),
    details,
    instance: `urn:uuid:${requestId}`,
  };
};

/** Answers a request with what stopped it, and logs what the operator must see. */
export function answerProblem(request: Request, response: Response, options: { error: unknown; log: Log }): void {
  const { error, log } = options;
  const requestId = response.locals.requestId as string;
  const language = (request.acceptsLanguages(...languages) || "en") as Language;
  const problem = toProblem(error, { requestId, language });
  const line = {
    requestId,
    method: request.method,
    path: loggedPath(request),
    status: problem.status,
    code: problem.code,
  };
  if (!(error instanceof ProtocolError)) log.error({ ...line, err: error }, "a defect stopped a request");
  else if (problem.status >= 500) log.warn({ ...line, ...error.details }, "cannot answer");
  else log.debug(line, "refused");
  if (problem.status === 503) response.set("Retry-After", String(RETRY_SECONDS));
  if (problem.status === 405) response.set("Allow", String(problem.details.allowed));
  response
    .status(problem.status)
    .set({ "Content-Language": language, "Cache-Control": "no-store" })
    .vary("Accept-Language")
    .type(problemType)
    .send(JSON.stringify(problem));
}
