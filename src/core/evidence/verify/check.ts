import { ProtocolError } from "../../errors.ts";
import type { MetaField } from "../record.ts";

/** One thing that was looked at, in the order in which a reader should go through them. */
export type CheckId =
  /** The file's SHA-256 is the one that the bundle opens. */
  | "file-digest"
  /** Length and SM3 are those that the submitter stated. */
  | "file-size"
  | "file-sm3"
  /** The signed commitment opens to that SHA-256. */
  | "file-commitment"
  /** The ciphertext has the signed CID, and decrypts. */
  | "cid"
  | "decryption"
  /** The signed root holds all facts; each disclosed fact is the one in its leaf. */
  | "meta-root"
  | `meta-${MetaField}`
  /** The signed case reference opens to the deal. */
  | "case"
  /** The terms that the bundle holds, and those that the reader has, are those of that deal. */
  | "deal"
  /** The submitter signed exactly this record, for this chain and registry. */
  | "signature"
  /** Record and signature are the leaf that the path leads to the anchored root. */
  | "path"
  /** The relayer signed its promise about exactly this record. */
  | "promise"
  /** The header hashes to the stated block hash and has the stated number. */
  | "header"
  /** The receipt is in that block, and its log is what the bundle says was anchored. */
  | "receipt"
  | "anchored-log"
  /** Chain and registry are those that the reader trusts. */
  | "deployment"
  /** The block is on the chain that the reader trusts. */
  | "block-canonical"
  /** The anchor does not lie ahead of the reader's clock. */
  | "clock"
  /**
   * The beacon block comes before the anchor by number and time; its header gives the time; the
   * reader's chain has it.
   */
  | "beacon-order"
  | "beacon-header"
  | "beacon-canonical"
  /** The anchor came before the submitter's own deadline. */
  | "deadline"
  /** Authorities stamped the anchored root, and one that the reader trusts confirms when. */
  | "timestamps"
  /**
   * Every step of the custody log is signed by its actor and follows the one before; no time runs
   * backwards.
   */
  | "custody";

/** Why something was not looked at. None of these speaks against the evidence. */
export type NotChecked =
  | "file-missing"
  | "not-applicable"
  | "not-given"
  | "not-disclosed"
  | "needs-chain"
  /** A source has the block, and it was not final there. */
  | "not-finalized"
  | "depends-on-failed"
  /** No authority that the reader trusts made a token. */
  | "authority-unknown"
  /** The certificates of all tokens ended or were revoked, or their times lie in the future. */
  | "token-worthless";

/**
 * Who says which block is on the chain: the reader, or a file of headers with the nodes that gave
 * the block. `collectedAt` in Unix seconds.
 */
export type BlockSource =
  | Readonly<{ kind: "reader" }>
  | Readonly<{ kind: "headers"; name: string; nodes: readonly string[]; collectedAt: number }>;

/**
 * The outcome of one check. A failed one says what was expected and what was found, where that can
 * be said. `sources`: who knows the block that was compared with.
 */
export type Check =
  | { readonly id: CheckId; readonly result: "pass"; readonly sources?: readonly BlockSource[] | undefined }
  | {
      readonly id: CheckId;
      readonly result: "fail";
      readonly expected?: string | undefined;
      readonly actual?: string | undefined;
      readonly sources?: readonly BlockSource[] | undefined;
    }
  | { readonly id: CheckId; readonly result: "not-checked"; readonly why: NotChecked };

/** Passes when both are the same text. */
export function compare(id: CheckId, expected: string, actual: string): Exclude<Check, { result: "not-checked" }> {
  return expected === actual ? { id, result: "pass" } : { id, result: "fail", expected, actual };
}

/** Passes when every pair is equal; otherwise shows the first that is not. */
export function all(
  id: CheckId,
  pairs: readonly (readonly [expected: string | number, actual: string | number])[],
): Check {
  const wrong = pairs.find(([expected, actual]) => expected !== actual);
  return wrong === undefined ? { id, result: "pass" } : compare(id, `${wrong[0]}`, `${wrong[1]}`);
}

/** Passes when the first is less than the second. */
export function order(id: CheckId, earlier: number, later: number): Check {
  return earlier < later
    ? { id, result: "pass" }
    : { id, result: "fail", expected: `less than ${later}`, actual: `${earlier}` };
}

/** Passes when the first is at most the second. */
export function notBefore(id: CheckId, earlier: number, later: number): Check {
  return earlier <= later
    ? { id, result: "pass" }
    : { id, result: "fail", expected: `at least ${earlier}`, actual: `${later}` };
}

/** Passes when the value is no more than the bound. */
export function atMost(id: CheckId, actual: number, bound: number): Check {
  return actual <= bound
    ? { id, result: "pass" }
    : { id, result: "fail", expected: `at most ${bound}`, actual: `${actual}` };
}

/** A failed check with the code of what was thrown; a defect is thrown on. */
export function failed(id: CheckId, error: unknown): Check {
  if (!(error instanceof ProtocolError)) throw error;
  return { id, result: "fail", actual: error.code };
}

/** Checks that were not made because one before them failed. */
export function dependent(...ids: readonly CheckId[]) {
  return ids.map((id) => notChecked(id, "depends-on-failed"));
}

/** A check that was not made. */
export function notChecked(id: CheckId, why: NotChecked): Check {
  return { id, result: "not-checked", why };
}
