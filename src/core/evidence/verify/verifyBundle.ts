import { ProtocolError } from "../../errors.ts";
import { type EvidenceBundle, parseBundle } from "../bundle.ts";
import type { FileDigests } from "../digest.ts";
import { evidenceDigest } from "../record.ts";
import { checkAnchor, checkBeacon, checkDeadline, checkPath, checkTrusted } from "./anchor.ts";
import type { Check } from "./check.ts";
import { conclude, type Verdict } from "./conclude.ts";
import { checkCustody } from "./custody.ts";
import { checkCase, checkCid, checkFile, checkMeta, readFile } from "./file.ts";
import type { VerifyOptions } from "./options.ts";
import { checkSignature } from "./signature.ts";
import { checkDeal, type Subject, subjectOf } from "./subject.ts";
import { type EvidenceTime, timeOf } from "./time.ts";

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
  readonly bundle: EvidenceBundle | null;
  readonly file: FileDigests | null;
};

/**
 * Checks a bundle against a file, offline, in one pass over the file. Gives a verdict for every
 * text and every file; it throws only what `file`, `ciphertext` or `checkContractSignature` throw,
 * and the reason of `signal`.
 * @param text content of the `*.evidence.json`
 */
export async function verifyBundle(text: string, options: VerifyOptions = {}): Promise<Verification> {
  const { now = null } = options;
  const bundle = readBundle(text);
  if ("unreadable" in bundle) {
    const verdict = { status: "unverifiable", why: bundle.unreadable } as const;
    return { verdict, time: { status: "unknown" }, now, subject: null, checks: [], bundle: null, file: null };
  }
  const domain = { chainId: bundle.anchor.chainId, registry: bundle.anchor.registry };
  const digest = evidenceDigest(bundle.record, domain);
  const file = await readFile(bundle, options);
  const anchor = checkAnchor(bundle);
  const beacon = checkBeacon(bundle, anchor.log);
  const checks: readonly Check[] = [
    ...checkFile(bundle, file.digests),
    await checkCid(bundle, options),
    file.decryption,
    ...checkMeta(bundle),
    checkCase(bundle),
    checkDeal(bundle, options),
    await checkSignature(bundle, digest, options),
    checkPath(bundle, digest, anchor.log),
    ...anchor.checks,
    ...checkTrusted(bundle, anchor.log, options),
    ...beacon.checks,
    checkDeadline(bundle, anchor.log),
    await checkCustody(bundle, digest, { domain, notBefore: beacon.time ?? 0 }),
  ];
  const isFileGiven = options.file !== undefined || options.ciphertext !== undefined;
  const verdict = conclude(bundle, checks, { digest, log: anchor.log, isFileGiven });
  const time = timeOf(checks, { log: anchor.log, beaconTime: beacon.time });
  return { verdict, time, now, subject: subjectOf(bundle, checks, options), checks, bundle, file: file.digests };
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
