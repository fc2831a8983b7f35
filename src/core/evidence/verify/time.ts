import type { AnchoredLog } from "../receiptProof.ts";
import type { TimestampChainVerdict } from "../timestamp/verifyChain.ts";
import type { Check, CheckId } from "./check.ts";

/**
 * When the record existed, an answer apart from the verdict. Seconds. A bundle can be made at home
 * on a chain of one's own with any date in it, so a time counts only where somebody whom the reader
 * trusts confirms the block that it comes from.
 */
export type EvidenceTime =
  | {
      /**
       * `confirmed`: the block of the anchor is one that the reader trusts, or an authority that
       * the reader trusts stamped the root. `stated`: the bundle says so, and nothing that the
       * reader trusts says otherwise.
       */
      readonly status: "confirmed" | "stated";
      /** The record existed no later than this: the earliest time that is confirmed, if one is. */
      readonly existedBy: number;
      /** Time of the anchor's block. */
      readonly anchoredAt: StatedTime;
      /** The record was signed no earlier, if the beacon is a block of the chain. */
      readonly signedAfter: StatedTime | null;
    }
  /** What the bundle says is not so: its block lies ahead of the clock or is not on the chain. */
  | { readonly status: "contradicted"; readonly reasons: readonly CheckId[] }
  /** The bundle could not be read, or its anchor does not hold. */
  | { readonly status: "unknown" };

/** The time of a block, and whether a trusted source has that block. */
export type StatedTime = Readonly<{ at: number; isConfirmed: boolean }>;

/** The checks that speak of when and where, and not of bytes and signatures. */
export const timeChecks: readonly CheckId[] = ["deployment", "block-canonical", "beacon-canonical", "clock"];

/** The checks that must pass for the bundle's own time to be worth anything. */
const ofAnchor: readonly CheckId[] = ["signature", "path", "header", "receipt", "anchored-log", "beacon-order"];

type TimeFacts = Readonly<{
  log: AnchoredLog | undefined;
  beaconTime: number | null;
  chains: readonly TimestampChainVerdict[];
}>;

/** What all checks together say about time. */
export function timeOf(checks: readonly Check[], { log, beaconTime, chains }: TimeFacts): EvidenceTime {
  const resultOf = (id: CheckId) => checks.find((check) => check.id === id)?.result;
  if (log === undefined || ofAnchor.some((id) => resultOf(id) === "fail")) {
    return { status: "unknown" };
  }
  const reasons = timeChecks.filter((id) => resultOf(id) === "fail");
  if (reasons.length > 0) return { status: "contradicted", reasons };
  const anchoredAt = { at: log.anchoredAt, isConfirmed: resultOf("block-canonical") === "pass" };
  const confirmed = [
    ...(anchoredAt.isConfirmed ? [anchoredAt.at] : []),
    ...chains.flatMap((chain) => (chain.status === "confirmed" ? [chain.time + (chain.accuracySeconds ?? 0)] : [])),
  ];
  return {
    status: confirmed.length > 0 ? "confirmed" : "stated",
    existedBy: confirmed.length > 0 ? Math.min(...confirmed) : anchoredAt.at,
    anchoredAt,
    signedAfter: beaconTime === null ? null : { at: beaconTime, isConfirmed: resultOf("beacon-canonical") === "pass" },
  };
}
