import { publicLabelOf } from "./text/publicLabels.ts";

/**
 * Every fact that can stop an operation, as a code that callers match on. One union, sorted,
 * closed.
 */
export const errorCodes = [
  "action-refused",
  "amount-invalid",
  "amounts-do-not-sum",
  "anchor-not-found",
  "answer-window-open",
  "balance-differs",
  "balance-too-low",
  "beacon-unknown",
  "block-damaged",
  "block-missing",
  "block-unknown",
  "block-unprovable",
  "bundle-malformed",
  "bundle-too-large",
  "bundle-version-unknown",
  "call-reverted",
  "car-invalid",
  "case-mismatch",
  "chain-mismatch",
  "chain-not-started",
  "cid-unsupported",
  "cipher-altered",
  "cipher-key-wrong",
  "cipher-truncated",
  "config-invalid",
  "contract-code-differs",
  "contract-missing",
  "coverage-exceeds-bond",
  "dag-invalid",
  "dag-too-large",
  "data-dir-locked",
  "data-dir-unusable",
  "database-refused",
  "database-unreachable",
  "deal-unknown",
  "deployment-failed",
  "deployment-outdated",
  "evidence-empty",
  "evidence-not-stored",
  "evidence-record-invalid",
  "evidence-too-large",
  "evidence-unknown",
  "file-changed",
  "file-exists",
  "file-missing",
  "file-name-unsafe",
  "file-unreadable",
  "file-unwritable",
  "filer-not-allowed",
  "headers-malformed",
  "headers-too-large",
  "headers-version-unknown",
  "host-not-allowed",
  "idempotency-mismatch",
  "index-incomplete",
  "input-invalid",
  "input-malformed",
  "intent-expired",
  "intent-unknown",
  "internal",
  "interrupted",
  "json-malformed",
  "key-file-exposed",
  "key-wrong",
  "keystore-password-wrong",
  "keystore-unreadable",
  "media-type-unsupported",
  "method-not-allowed",
  "native-not-relayed",
  "nodes-disagree",
  "nonce-taken",
  "not-acceptable",
  "not-found",
  "panel-mismatch",
  "password-missing",
  "path-malformed",
  "pin-damaged",
  "port-taken",
  "range-invalid",
  "rate-limited",
  "receipt-proof-invalid",
  "recipient-invalid",
  "relayer-answer-invalid",
  "relayer-balance-low",
  "relayer-running",
  "relayer-unreachable",
  "request-too-large",
  "rpc-refused",
  "rpc-unreachable",
  "signature-count-wrong",
  "signature-invalid",
  "signer-not-on-panel",
  "store-announces",
  "store-answer-invalid",
  "store-full",
  "store-unreachable",
  "terms-malformed",
  "terms-unsafe",
  "timestamp-data-malformed",
  "tree-empty",
  "tree-index-outside",
  "tree-leaf-malformed",
  "upload-expired",
  "upload-interrupted",
  "upload-offset-mismatch",
  "upload-unknown",
  "usage-invalid",
] as const;

/** A fact that can stop an operation. */
export type ErrorCode = (typeof errorCodes)[number];

/**
 * Facts that go with a code: ids, amounts in minor units, seconds. Never signatures, keys, URLs or
 * evidence contents.
 */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/**
 * An operation that cannot go on, for a reason that its caller can act on.
 * Anything thrown that is not a `ProtocolError` is a defect of ours.
 */
export class ProtocolError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** What the public catalogue calls it, like `E-BOND-01`; undefined where it has no label. */
  readonly label: string | undefined;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options: { cause?: unknown; label?: string } = {}) {
    super(`${code} ${JSON.stringify(details)}`, options);
    this.name = "ProtocolError";
    this.code = code;
    this.details = details;
    this.label = options.label ?? publicLabelOf(code);
  }
}
