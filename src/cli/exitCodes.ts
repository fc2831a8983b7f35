import type { ErrorCode } from "../core/errors.ts";
import type { Verdict } from "../core/evidence/verify/conclude.ts";
import type { PromiseStatus } from "../core/evidence/verify/promiseStatus.ts";
import type { EvidenceTime } from "../core/evidence/verify/time.ts";

/** Exit code of a command that was stopped: 128 and the number of SIGINT. */
export const INTERRUPTED = 130;

/** Verified, but nobody whom the reader trusts confirmed the time. */
const TIME_UNCONFIRMED = 4;

/** A relayer broke its promise to anchor; about another, nobody can say yet. */
const PROMISE_BROKEN = 5;
const PROMISE_OPEN = 6;

/**
 * Exit code of promises: 0 only where there is one and all were kept; one that was broken comes
 * before one that is open.
 */
export function exitCodeOfPromises(statuses: readonly (PromiseStatus["status"] | "none")[]): number {
  if (statuses.includes("broken")) return PROMISE_BROKEN;
  return statuses.includes("unknown") || !statuses.includes("kept") ? PROMISE_OPEN : 0;
}

/** Exit code of everything that prints a verdict. Nothing else ends with 1, 2, 3 or 4. */
export const exitCodeOfVerdict = {
  verified: 0,
  refuted: 1,
  missing: 2,
  unverifiable: 3,
} as const satisfies Record<Verdict["status"], number>;

/** Exit code of a verdict with its answer about time: 0 only where both are a yes. */
export function exitCodeOf(verdict: Pick<Verdict, "status">, time: Pick<EvidenceTime, "status">): number {
  return verdict.status === "verified" && time.status !== "confirmed"
    ? TIME_UNCONFIRMED
    : exitCodeOfVerdict[verdict.status];
}

/** Exit code of each error, after sysexits.h where that has a word for it. */
export const exitCodeOfError = {
  "action-refused": 65,
  "amount-invalid": 65,
  "amounts-do-not-sum": 65,
  "anchor-not-found": 75,
  "answer-window-open": 75,
  "balance-differs": 65,
  "balance-too-low": 69,
  "beacon-unknown": 75,
  "block-damaged": 65,
  "block-missing": 69,
  "block-unknown": 75,
  "block-unprovable": 69,
  "bundle-malformed": 65,
  "bundle-too-large": 65,
  "bundle-version-unknown": 65,
  "call-reverted": 65,
  "car-invalid": 65,
  "case-mismatch": 65,
  "chain-mismatch": 78,
  "chain-not-started": 69,
  "cid-unsupported": 65,
  "cipher-altered": 65,
  "cipher-key-wrong": 77,
  "cipher-truncated": 65,
  "config-invalid": 78,
  "contract-code-differs": 78,
  "contract-missing": 78,
  "coverage-exceeds-bond": 65,
  "dag-invalid": 65,
  "dag-too-large": 65,
  "data-dir-locked": 75,
  "data-dir-unusable": 73,
  "database-refused": 78,
  "database-unreachable": 69,
  "deal-unknown": 65,
  "deployment-failed": 69,
  "deployment-outdated": 78,
  "evidence-empty": 65,
  "evidence-not-stored": 65,
  "evidence-record-invalid": 65,
  "evidence-too-large": 65,
  "evidence-unknown": 65,
  "file-changed": 65,
  "file-exists": 73,
  "file-missing": 66,
  "file-name-unsafe": 65,
  "file-unreadable": 66,
  "file-unwritable": 73,
  "filer-not-allowed": 77,
  "headers-malformed": 65,
  "headers-too-large": 65,
  "headers-version-unknown": 65,
  "host-not-allowed": 77,
  "idempotency-mismatch": 65,
  "index-incomplete": 75,
  "input-invalid": 65,
  "input-malformed": 65,
  "intent-expired": 65,
  "intent-unknown": 65,
  internal: 70,
  interrupted: INTERRUPTED,
  "json-malformed": 65,
  "key-file-exposed": 77,
  "key-wrong": 77,
  "keystore-password-wrong": 77,
  "keystore-unreadable": 65,
  "media-type-unsupported": 65,
  "method-not-allowed": 69,
  "native-not-relayed": 65,
  "nodes-disagree": 69,
  "nonce-taken": 75,
  "not-acceptable": 65,
  "not-found": 69,
  "panel-mismatch": 65,
  "password-missing": 64,
  "path-malformed": 65,
  "pin-damaged": 65,
  "port-taken": 69,
  "range-invalid": 65,
  "rate-limited": 75,
  "receipt-proof-invalid": 65,
  "recipient-invalid": 65,
  "relayer-answer-invalid": 69,
  "relayer-balance-low": 69,
  "relayer-running": 75,
  "relayer-unreachable": 69,
  "request-too-large": 65,
  "rpc-refused": 69,
  "rpc-unreachable": 69,
  "signature-count-wrong": 77,
  "signature-invalid": 77,
  "signer-not-on-panel": 77,
  "store-announces": 78,
  "store-answer-invalid": 69,
  "store-full": 73,
  "store-unreachable": 69,
  "terms-malformed": 65,
  "terms-unsafe": 65,
  "timestamp-data-malformed": 65,
  "tree-empty": 65,
  "tree-index-outside": 65,
  "tree-leaf-malformed": 65,
  "upload-expired": 75,
  "upload-interrupted": 69,
  "upload-offset-mismatch": 75,
  "upload-unknown": 75,
  "usage-invalid": 64,
} as const satisfies Record<ErrorCode, number>;
