import { type Address, type Hex, zeroHash } from "viem";
import { type EvidenceKind, evidenceDigest } from "../record.ts";
import { isFileAltered } from "./conclude.ts";
import type { StatedTime } from "./time.ts";
import type { Verification } from "./verifyBundle.ts";

/** A record that says of an earlier one that it replaces or withdraws it. */
export type LaterRecord = Readonly<{
  kind: "supersede" | "withdraw";
  digest: Hex;
  submitter: Address;
  /** What the caller calls its bundle. */
  name: string;
  /** When it was anchored; null where its anchor does not hold. */
  anchoredAt: StatedTime | null;
  /**
   * `same-key`: the key that signed the earlier record signed this one, and nothing speaks against
   * it. By another key it has no force, nor where it does not verify.
   */
  force: "same-key" | "other-key" | "not-verified";
}>;

/**
 * What other records say of one. No bundle can show that there is no later record: `not-checked`
 * is all that can be said where none is at hand.
 */
export type RecordStatus = Readonly<{
  state: "withdrawn" | "superseded" | "not-checked";
  /** In the order in which they were given. */
  later: readonly LaterRecord[];
  /**
   * The earlier record that this one is about; `name` is null where its bundle was not given, and
   * `isOwn` whether the same key signed both.
   */
  about: Readonly<{ digest: Hex; kind: EvidenceKind; name: string | null; isOwn: boolean | null }> | null;
}>;

/** A bundle as it was checked, under the name that others are told of it by. */
export type NamedVerification = Readonly<{ name: string; verification: Verification | undefined }>;

/** Of a record that stands alone. */
const alone: RecordStatus = { state: "not-checked", later: [], about: null };

/**
 * What the records of these bundles say of each other, in the same order. Only a record that the
 * same key signed and that verifies withdraws or replaces another; its file may be missing or
 * altered.
 */
export function recordStatuses(all: readonly NamedVerification[]): RecordStatus[] {
  const records = all.map(({ name, verification }) => recordIn(name, verification));
  return records.map((record) => {
    if (record === null) return alone;
    const later = records.flatMap((other) => laterThan(record, other));
    const counting = later.filter(({ force }) => force === "same-key").map(({ kind }) => kind);
    const state = counting.includes("withdraw")
      ? "withdrawn"
      : counting.includes("supersede")
        ? "superseded"
        : "not-checked";
    return { state, later, about: aboutOf(record, records) };
  });
}

type Known = NonNullable<ReturnType<typeof recordIn>>;

function recordIn(name: string, verification: Verification | undefined) {
  if (verification === undefined || verification.bundle === null) return null;
  const { bundle, checks, time } = verification;
  const { record, submitter, anchor } = bundle;
  return {
    name,
    kind: record.kind,
    supersedes: record.supersedes,
    digest: evidenceDigest(record, anchor),
    submitter: submitter.address,
    anchoredAt: "anchoredAt" in time ? time.anchoredAt : null,
    isSigned: checks.some(({ id, result }) => id === "signature" && result === "pass"),
    isGood: isRecordGood(verification),
  };
}

/** Nothing that was put beside a bundle takes the force from its record. */
function isRecordGood(verification: Verification): boolean {
  const { verdict } = verification;
  if (verdict.status === "unverifiable") return verdict.why === "record-without-file";
  return verdict.status !== "refuted" || isFileAltered(verification);
}

function laterThan(record: Known, other: Known | null): LaterRecord[] {
  if (other === null || other.supersedes !== record.digest) return [];
  const { kind, digest, submitter, name, anchoredAt } = other;
  if (kind !== "supersede" && kind !== "withdraw") return [];
  const isVerified = other.isGood && other.isSigned && record.isSigned;
  const force = submitter !== record.submitter ? "other-key" : isVerified ? "same-key" : "not-verified";
  return [{ kind, digest, submitter, name, anchoredAt, force }];
}

function aboutOf(record: Known, records: readonly (Known | null)[]): RecordStatus["about"] {
  const { kind, supersedes: digest } = record;
  if (digest === zeroHash) return null;
  const earlier = records.find((other) => other?.digest === digest);
  if (earlier == null) return { digest, kind, name: null, isOwn: null };
  return { digest, kind, name: earlier.name, isOwn: earlier.submitter === record.submitter };
}
