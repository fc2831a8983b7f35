import type { Hex } from "viem";
import type { EvidenceBundle } from "../bundle.ts";
import { rootFromPath } from "../merkle.ts";
import { type AnchoredLog, logsOfReceipt, parseHeader, readAnchored, receiptFromProof } from "../receiptProof.ts";
import { evidenceLeaf } from "../record.ts";
import { all, atMost, type Check, compare, dependent, failed, notBefore, notChecked, order } from "./check.ts";
import { clockTolerance, type VerifyOptions } from "./options.ts";
import { checkBlock } from "./trustedBlocks.ts";

/** Whether record and signature are the leaf that the path leads to the anchored root. */
export function checkPath(
  { path, signature, submitter }: EvidenceBundle,
  digest: Hex,
  log: AnchoredLog | undefined,
): Check {
  if (log === undefined) return notChecked("path", "depends-on-failed");
  try {
    const leaf = evidenceLeaf(digest, submitter.address, signature);
    return compare("path", log.root, rootFromPath(leaf, path));
  } catch (error) {
    return failed("path", error);
  }
}

/**
 * Whether the header hashes to the stated block and its receipt holds the anchor. `log` is what was
 * anchored, if that could be read.
 */
export function checkAnchor({ anchor, path }: EvidenceBundle): { checks: Check[]; log?: AnchoredLog } {
  let header: ReturnType<typeof parseHeader>;
  try {
    header = parseHeader(anchor.header);
  } catch (error) {
    return { checks: [failed("header", error), ...dependent("receipt", "anchored-log")] };
  }
  const headerCheck = all("header", [
    [anchor.blockHash, header.hash],
    [anchor.blockNumber, header.number],
  ]);
  let receipt: Hex;
  try {
    receipt = receiptFromProof(header.receiptsRoot, anchor.transactionIndex, anchor.receiptProof);
  } catch (error) {
    return { checks: [headerCheck, failed("receipt", error), ...dependent("anchored-log")] };
  }
  const receiptCheck: Check = { id: "receipt", result: "pass" };
  let log: AnchoredLog | undefined;
  try {
    const raw = logsOfReceipt(receipt)[anchor.logIndex];
    log = raw && readAnchored(raw);
  } catch (error) {
    return { checks: [headerCheck, receiptCheck, failed("anchored-log", error)] };
  }
  if (log === undefined) return { checks: [headerCheck, receiptCheck, { id: "anchored-log", result: "fail" }] };
  const logCheck = all("anchored-log", [
    [anchor.registry, log.registry],
    [anchor.sender, log.sender],
    [path.size, log.count],
    [header.timestamp, log.anchoredAt],
  ]);
  return { checks: [headerCheck, receiptCheck, logCheck], log };
}

/**
 * Whether chain, registry and blocks are those that the reader trusts, and the anchor does not lie
 * ahead of the reader's clock.
 */
export function checkTrusted(
  { anchor, record }: EvidenceBundle,
  log: AnchoredLog | undefined,
  { trusted, now }: VerifyOptions,
): Check[] {
  const deployment = trusted?.deployment;
  const { chainId } = anchor;
  return [
    deployment === undefined
      ? notChecked("deployment", "not-given")
      : all("deployment", [
          [deployment.chainId, anchor.chainId],
          [deployment.registry.toLowerCase(), anchor.registry],
        ]),
    checkBlock("block-canonical", { chainId, number: anchor.blockNumber, hash: anchor.blockHash }, trusted),
    checkBlock("beacon-canonical", { chainId, number: record.beaconBlock, hash: record.beaconHash }, trusted),
    now === undefined || log === undefined
      ? notChecked("clock", now === undefined ? "not-given" : "depends-on-failed")
      : atMost("clock", log.anchoredAt, now + clockTolerance),
  ];
}

/**
 * Whether the beacon block comes before the anchor. `time` is the beacon's, in seconds, null where
 * its header does not show it.
 */
export function checkBeacon(
  { anchor, record }: EvidenceBundle,
  log: AnchoredLog | undefined,
): { checks: Check[]; time: number | null } {
  const numbers = order("beacon-order", record.beaconBlock, anchor.blockNumber);
  if (anchor.beaconHeader === null) return { checks: [numbers, notChecked("beacon-header", "not-given")], time: null };
  let header: ReturnType<typeof parseHeader>;
  try {
    header = parseHeader(anchor.beaconHeader);
  } catch (error) {
    return { checks: [numbers, failed("beacon-header", error)], time: null };
  }
  const headerCheck = all("beacon-header", [
    [record.beaconHash, header.hash],
    [record.beaconBlock, header.number],
  ]);
  if (headerCheck.result !== "pass") return { checks: [numbers, headerCheck], time: null };
  const isOrdered = numbers.result === "pass" && log !== undefined;
  const times = isOrdered ? notBefore("beacon-order", header.timestamp, log.anchoredAt) : numbers;
  return { checks: [times, headerCheck], time: header.timestamp };
}

/** Whether the anchor came before the submitter's own deadline. */
export function checkDeadline({ record }: EvidenceBundle, log: AnchoredLog | undefined): Check {
  if (log === undefined) return notChecked("deadline", "depends-on-failed");
  return order("deadline", log.anchoredAt, record.deadline);
}
