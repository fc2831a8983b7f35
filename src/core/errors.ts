/** Every fact that can stop an operation, as a code that callers match on. One union, sorted, closed. */
export const errorCodes = [
  "amount-invalid",
  "block-damaged",
  "block-missing",
  "car-invalid",
  "chain-mismatch",
  "cid-unsupported",
  "dag-invalid",
  "dag-too-large",
  "data-dir-locked",
  "data-dir-unusable",
  "database-unreachable",
  "evidence-empty",
  "evidence-too-large",
  "file-name-unsafe",
  "intent-expired",
  "internal",
  "not-acceptable",
  "range-invalid",
  "rpc-unreachable",
  "signature-invalid",
  "store-announces",
  "store-answer-invalid",
  "store-unreachable",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Facts that go with a code: ids, amounts in minor units, seconds. Never signatures, keys, URLs or evidence contents. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/**
 * An operation that cannot go on, for a reason that its caller can act on.
 * Anything thrown that is not a `ProtocolError` is a defect of ours.
 */
export class ProtocolError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options: { cause?: unknown } = {}) {
    super(`${code} ${JSON.stringify(details)}`, options);
    this.name = "ProtocolError";
    this.code = code;
    this.details = details;
  }
}
