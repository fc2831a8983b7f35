import type { AnchoredLog } from "../receiptProof.ts";
import type { Check, CheckId } from "./check.ts";

/**
 * When the record existed, an answer apart from the verdict. Seconds. A bundle can be made at home
 * on a chain of one's own with any date in it, so a time counts only where somebody whom the reader
 * trusts confirms the block that it comes from.
 */
export type EvidenceTime =
  | {
      /**
       * `confirmed`: the block of the anchor is one that the reader trusts. `stated`: the bundle
       * says so, and nothing that the reader trusts says otherwise.
       */
      readonly status: "confirmed" | "stated";
      /** The record existed no later than this. */
      readonly existedBy: number;
      readonly signedAfter: SignedAfter | null;
    }
  /** What the bundle says is not so: its block lies ahead of the clock or is not on the chain. */
  | { readonly status: "contradicted"; readonly reasons: readonly CheckId[] }
  /** The bundle could not be read, or its anchor does not hold. */
  | { readonly status: "unknown" };

/**
 * The record was signed no earlier than `at`, if the beacon is a block of the chain:
 * `isConfirmed` says whether a trusted source says that it is.
 */
export type SignedAfter = Readonly<{ at: number; isConfirmed: boolean }>;

/** The checks that speak of when and where, and not of bytes and signatures. */
export const timeChecks: readonly CheckId[] = ["deployment", "block-canonical", "beacon-canonical", "clock"];

/** The checks that must pass for the bundle's own time to be worth anything. */
const ofAnchor: readonly CheckId[] = ["signature", "path", "header", "receipt", "anchored-log", "beacon-order"];

/** What all checks together say about time. */
export function timeOf(
  checks: readonly Check[],
  { log, beaconTime }: { readonly log: AnchoredLog | undefined; readonly beaconTime: number | null },
): EvidenceTime {
  const resultOf = (id: CheckId) => checks.find((check) => check.id === id)?.result;
  if (log === undefined || ofAnchor.some((id) => resultOf(id) === "fail")) {
    return { status: "unknown" };
  }
  const reasons = timeChecks.filter((id) => resultOf(id) === "fail");
  if (reasons.length > 0) return { status: "contradicted", reasons };
  const isOnChain = resultOf("block-canonical") === "pass";
  return {
    status: isOnChain ? "confirmed" : "stated",
    existedBy: log.anchoredAt,
    signedAfter: beaconTime === null ? null : { at: beaconTime, isConfirmed: resultOf("beacon-canonical") === "pass" },
  };
}
