import type { ErrorCode } from "../errors.ts";
import type { VerdictCode } from "./verdict.ts";

/**
 * Labels of the public error catalogue, by the code of the fact. A code without an entry has none.
 */
const publicLabels = {
  "amounts-do-not-sum": "E-SUM-01",
  "anchor-in-future": "E-VER-11",
  "balance-differs": "E-PRICE-01",
  "block-missing": "E-EVID-01",
  "block-not-confirmed": "E-VER-03",
  "bundle-altered": "E-VER-09",
  "bundle-malformed": "E-VER-06",
  "bundle-not-given": "E-VER-02",
  "bundle-too-large": "E-VER-06",
  "bundle-version-unknown": "E-VER-05",
  "coverage-exceeds-bond": "E-BOND-01",
  "file-altered": "E-VER-01",
  "file-not-given": "E-VER-02",
  "identity-not-verified": "E-VER-04",
  "not-on-this-chain": "E-VER-10",
  "record-without-file": "E-VER-08",
  "rpc-unreachable": "E-CHAIN-03",
  "signature-needs-chain": "E-VER-07",
  "upload-interrupted": "E-UP-01",
} as const satisfies Partial<Record<ErrorCode | VerdictCode, string>> & Record<VerdictCode, string>;

/**
 * How the public catalogue calls a fact; `undefined` where it does not know it.
 *
 * @example
 * publicLabelOf("file-altered"); // "E-VER-01"
 */
export function publicLabelOf(code: VerdictCode): string;
export function publicLabelOf(code: ErrorCode | VerdictCode): string | undefined;
export function publicLabelOf(code: string): string | undefined {
  return Object.hasOwn(publicLabels, code) ? publicLabels[code as keyof typeof publicLabels] : undefined;
}
