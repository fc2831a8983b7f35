import type { Address, Hex } from "viem";
import { recoverSigner } from "../../recoverSigner.ts";
import { filingReceiptDigest } from "../anchorPromise.ts";
import type { EvidenceBundle } from "../bundle.ts";
import { type EvidenceDomain, type EvidenceRecord, evidenceDigest, evidenceLeaf } from "../record.ts";
import type { Verification } from "./verifyBundle.ts";

/** The anchor that a bundle shows; `at` in Unix seconds. */
export type ShownAnchor = Readonly<{
  at: number;
  /** Whether a source that the reader trusts has the block. */
  isConfirmed: boolean;
  block: Readonly<{ number: number; hash: Hex }>;
}>;

/** Why nobody can say yet whether a promise was kept. None of these speaks against the relayer. */
export type PromiseOpen =
  /** The time promised lies ahead of the reader's clock. */
  | "not-due"
  /** It has passed, and the relayer was not asked whether there is an anchor. */
  | "not-asked"
  /** The one that was asked is not the one that promised. */
  | "other-relayer-asked"
  /** The relayer gave no answer that can be used. */
  | "no-answer"
  /** The relayer has put the record into a batch, and may be waiting for its block to be final. */
  | "not-settled"
  /** The relayer that is named did not sign the promise about this record. */
  | "promise-not-signed"
  /** The anchor of the bundle does not hold, or is not where the reader's sources have it. */
  | "anchor-not-proven"
  /** An earlier version saved the record without its chain, and no relayer was asked. */
  | "chain-unknown"
  /** The file cannot be read. */
  | "unreadable";

/**
 * What became of a relayer's promise to anchor a record. Only `broken` speaks against the relayer;
 * it never speaks against the evidence.
 */
export type PromiseStatus =
  | Readonly<{ status: "kept"; anchor: ShownAnchor }>
  | Readonly<{ status: "broken"; why: "anchored-late"; anchor: ShownAnchor }>
  | Readonly<{ status: "broken"; why: "not-anchored" }>
  | Readonly<{ status: "unknown"; why: PromiseOpen }>;

/** What a relayer that was asked for the anchor of a record came up with. */
export type RelayerAnswer =
  /** No anchor: it does not know the record, or has it in no batch. */
  | "not-anchored"
  /** The record is in a batch that is on its way. */
  | "sealed"
  /** An anchor that does not hold. */
  | "unproven"
  | "no-answer"
  /** It is not the relayer that promised. */
  | "other-relayer";

/** A record that was handed in and has no bundle yet, with the promise that came back. */
export type PromisedRecord = Readonly<{
  record: EvidenceRecord;
  digest: Hex;
  leaf: Hex;
  submitter: Readonly<{ address: Address }>;
  signature: Hex;
  promise: NonNullable<EvidenceBundle["promise"]>;
}>;

/** Seconds that a block may take until it is final and its proof is handed out. */
const SETTLING = 3_600;

/** What the bundle of a verification shows of the promise in it; null if it holds none. */
export function promiseStatusOf({ bundle, promise, checks, time }: Verification): PromiseStatus | null {
  if (bundle === null || promise === null) return null;
  if (!checks.some(({ id, result }) => id === "promise" && result === "pass")) return open("promise-not-signed");
  if (time.status === "unknown" || time.status === "contradicted") return open("anchor-not-proven");
  const { blockNumber, blockHash } = bundle.anchor;
  const anchor = { ...time.anchoredAt, block: { number: blockNumber, hash: blockHash } };
  return promise.isKept === true ? { status: "kept", anchor } : { status: "broken", why: "anchored-late", anchor };
}

/**
 * What became of the promise about a record that has no bundle. It is only called broken where the
 * relayer that made it was asked after the time, and shows no anchor. `now` in Unix seconds.
 */
export async function openPromiseStatus(
  filed: PromisedRecord,
  {
    domain,
    now,
    answer,
  }: Readonly<{ domain: EvidenceDomain | undefined; now: number; answer?: RelayerAnswer | undefined }>,
): Promise<PromiseStatus> {
  if (domain === undefined) return open("chain-unknown");
  if (!(await isSignedPromise(filed, domain))) return open("promise-not-signed");
  const { anchorBy } = filed.promise;
  if (now <= anchorBy) return open("not-due");
  switch (answer) {
    case undefined:
      return open("not-asked");
    case "no-answer":
      return open("no-answer");
    case "unproven":
      return open("anchor-not-proven");
    case "other-relayer":
      return open("other-relayer-asked");
    case "sealed":
      return now <= anchorBy + SETTLING ? open("not-settled") : { status: "broken", why: "not-anchored" };
    case "not-anchored":
      return { status: "broken", why: "not-anchored" };
  }
}

function open(why: PromiseOpen): PromiseStatus {
  return { status: "unknown", why };
}

/** Whether the relayer signed the promise about this record and this signature on this chain. */
async function isSignedPromise(filed: PromisedRecord, domain: EvidenceDomain): Promise<boolean> {
  const { record, digest, leaf, submitter, signature, promise } = filed;
  const { relayer, receivedAt, anchorBy } = promise;
  if (evidenceDigest(record, domain) !== digest) return false;
  if (evidenceLeaf(digest, submitter.address, signature) !== leaf) return false;
  const signer = await recoverSigner(filingReceiptDigest({ leaf, receivedAt, anchorBy }, domain), promise.signature);
  return signer === relayer;
}
