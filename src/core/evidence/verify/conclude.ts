import type { Hex } from "viem";
import type { EvidenceBundle } from "../bundle.ts";
import type { AnchoredLog } from "../receiptProof.ts";
import type { EvidenceKind } from "../record.ts";
import type { Check, CheckId } from "./check.ts";
import { timeChecks } from "./time.ts";

/**
 * What checking a bundle concluded about bytes and signature. Only `verified` is a yes; when it was
 * is an answer of its own (`EvidenceTime`).
 */
export type Verdict =
  | {
      readonly status: "verified";
      /** A kind without a file (`carriesFile`) says nothing about any file. */
      readonly kind: EvidenceKind;
      /** The item's name: the digest that was signed. */
      readonly digest: Hex;
      readonly root: Hex;
      readonly blockNumber: number;
      readonly blockHash: Hex;
    }
  | { readonly status: "refuted"; readonly reason: CheckId; readonly changed: readonly CheckId[] }
  | { readonly status: "missing"; readonly what: "file" }
  | {
      readonly status: "unverifiable";
      readonly why:
        | "bundle-malformed"
        | "bundle-too-large"
        | "bundle-version-unknown"
        /** A file was given, and the record speaks of none. */
        | "record-without-file"
        | "signature-needs-chain";
    };

/**
 * Whether the file, and not the bundle, is to blame for a refusal: the file is another than the one
 * whose commitment was signed and anchored, and nothing speaks against signature and anchor.
 */
export function isFileAltered({ checks }: { readonly checks: readonly Check[] }): boolean {
  const hasResult = (result: Check["result"]) => (id: CheckId) =>
    checks.some((check) => check.id === id && check.result === result);
  const sound = ["file-commitment", "signature", "path", "header", "receipt", "anchored-log"] as const;
  return hasResult("fail")("file-digest") && sound.every(hasResult("pass")) && !timeChecks.some(hasResult("fail"));
}

/** Whether nothing speaks against file, signature and bundle, but only against where and when. */
export function isAboutTimeOnly(verdict: Verdict): boolean {
  return verdict.status === "refuted" && verdict.changed.every((id) => timeChecks.includes(id));
}

/**
 * What all checks together come to: the first that failed decides, then the first that could not be
 * made.
 */
export function conclude(
  bundle: EvidenceBundle,
  checks: readonly Check[],
  found: { digest: Hex; log: AnchoredLog | undefined; isFileGiven: boolean },
): Verdict {
  const { digest, log, isFileGiven } = found;
  const changed = checks.filter(({ result }) => result === "fail").map(({ id }) => id);
  if (changed[0] !== undefined) return { status: "refuted", reason: changed[0], changed };
  const open = (id: CheckId) => checks.find((check) => check.id === id && check.result === "not-checked");
  const fileOpen = open("file-digest");
  if (fileOpen?.result === "not-checked" && fileOpen.why === "file-missing") return { status: "missing", what: "file" };
  if (isFileGiven && bundle.openings.file === null) return { status: "unverifiable", why: "record-without-file" };
  if (open("signature") !== undefined) return { status: "unverifiable", why: "signature-needs-chain" };
  if (log === undefined) throw new Error("no anchor although nothing failed");
  const { blockNumber, blockHash } = bundle.anchor;
  return { status: "verified", kind: bundle.record.kind, digest, root: log.root, blockNumber, blockHash };
}
