import { ProtocolError } from "../../errors.ts";
import { type EvidenceBundle, parseBundle } from "../bundle.ts";
import type { FileDigests } from "../digest.ts";
import { evidenceDigest } from "../record.ts";
import type { TimestampChainVerdict } from "../timestamp/verifyChain.ts";
import { checkAnchor, checkBeacon, checkDeadline, checkPath, checkTrusted } from "./anchor.ts";
import type { Check } from "./check.ts";
import { conclude, type Verdict } from "./conclude.ts";
import { checkCustody } from "./custody.ts";
import { checkCase, checkCid, checkFile, checkMeta, readFile } from "./file.ts";
import type { VerifyOptions } from "./options.ts";
import { checkPromise, type Promised, promisedIn } from "./promise.ts";
import { checkSignature } from "./signature.ts";
import { checkDeal, type Subject, subjectOf } from "./subject.ts";
import { type EvidenceTime, timeOf } from "./time.ts";
import { checkTimestamps } from "./timestamps.ts";

/**
 * A verdict on bytes and signature, the answer about time, and everything that led to them.
 * `bundle` is null if it could not be read, `file` if there was none to read.
 */
export type Verification = {
  readonly verdict: Verdict;
  readonly time: EvidenceTime;
  /** The reader's clock that was compared with, in Unix seconds; null if none was given. */
  readonly now: number | null;
  /** Who says what where; null if the bundle could not be read. */
  readonly subject: Subject | null;
  readonly checks: readonly Check[];
  /** What each authority's tokens prove, in the order of the bundle. */
  readonly timestamps: readonly TimestampChainVerdict[];
  /** What the relayer promised; null if the bundle holds no promise. */
  readonly promise: Promised | null;
  readonly bundle: EvidenceBundle | null;
  readonly file: FileDigests | null;
};

/**
 * Checks a bundle against a file, offline, in one pass over the file. Gives a verdict for every
 * text and every file; it throws only what `file`, `ciphertext` or `checkContractSignature` throw,
 * `timestamp-data-malformed` for authorities that cannot be read, and the reason of `signal`.
 * @param text content of the `*.evidence.json`
 */
export async function verifyBundle(text: string, options: VerifyOptions = {}): Promise<Verification> {
  const { now = null } = options;
  const bundle = readBundle(text);
  if ("unreadable" in bundle) {
    const verdict = { status: "unverifiable", why: bundle.unreadable } as const;
    const time = { status: "unknown" } as const;
    return { verdict, time, now, subject: null, checks: [], timestamps: [], promise: null, bundle: null, file: null };
  }
  const domain = { chainId: bundle.anchor.chainId, registry: bundle.anchor.registry };
  const digest = evidenceDigest(bundle.record, domain);
  const file = await readFile(bundle, options);
  const anchor = checkAnchor(bundle);
  const beacon = checkBeacon(bundle, anchor.log);
  const timestamps = await checkTimestamps(bundle, anchor.log, options);
  const checks: readonly Check[] = [
    ...checkFile(bundle, file.digests),
    await checkCid(bundle, options),
    file.decryption,
    ...checkMeta(bundle),
    checkCase(bundle),
    checkDeal(bundle, options),
    await checkSignature(bundle, digest, options),
    checkPath(bundle, digest, anchor.log),
    await checkPromise(bundle, digest, domain),
    ...anchor.checks,
    ...checkTrusted(bundle, anchor.log, options),
    ...beacon.checks,
    checkDeadline(bundle, anchor.log),
    timestamps.check,
    await checkCustody(bundle, digest, { domain, notBefore: beacon.time ?? 0 }),
  ];
  const isFileGiven = options.file !== undefined || options.ciphertext !== undefined;
  const verdict = conclude(bundle, checks, { digest, log: anchor.log, isFileGiven });
  const { chains } = timestamps;
  const time = timeOf(checks, { log: anchor.log, beaconTime: beacon.time, chains });
  const subject = subjectOf(bundle, checks, options);
  const promise = promisedIn(bundle, anchor.log);
  return { verdict, time, now, subject, checks, timestamps: chains, promise, bundle, file: file.digests };
}

function readBundle(text: string) {
  try {
    return parseBundle(text);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { code } = error;
    if (code === "bundle-malformed" || code === "bundle-too-large" || code === "bundle-version-unknown") {
      return { unreadable: code } as const;
    }
    throw error;
  }
}
