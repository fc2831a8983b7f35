import type { Address, Hex } from "viem";
import { type EvidenceBundle, parseBundle } from "./bundle.ts";
import { decryptFile } from "./cipher.ts";
import { custodyDigests } from "./custody.ts";
import { type CreateDigester, digestFile, type FileDigests } from "./digest.ts";
import { ProtocolError } from "./errors.ts";
import {
  caseRefOf,
  type EvidenceDomain,
  type EvidenceKind,
  evidenceDigest,
  evidenceLeaf,
  fileCommitmentOf,
  type MetaField,
  metaFields,
  metaLeafOf,
  metaRootOf,
} from "./evidence.ts";
import { rootFromPath } from "./merkle.ts";
import { type AnchoredLog, logsOfReceipt, parseHeader, readAnchored, receiptFromProof } from "./receipt.ts";
import { recoverSigner } from "./recoverSigner.ts";

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
  /** The submitter signed exactly this record, for this chain and registry. */
  | "signature"
  /** Record and signature are the leaf that the path leads to the anchored root. */
  | "path"
  /** The header hashes to the stated block hash and has the stated number. */
  | "header"
  /** The receipt is in that block, and its log is what the bundle says was anchored. */
  | "receipt"
  | "anchored-log"
  /** Chain and registry are those that the reader trusts. */
  | "deployment"
  /** The block is on the chain that the reader trusts. */
  | "block-canonical"
  /** The beacon block comes before the anchor by number and time; its header gives the time; the reader's chain has it. */
  | "beacon-order"
  | "beacon-header"
  | "beacon-canonical"
  /** The anchor came before the submitter's own deadline. */
  | "deadline"
  /** Every step of the custody log is signed by its actor and follows the one before; no time runs backwards. */
  | "custody";

/** Why something was not looked at. None of these speaks against the evidence. */
export type NotChecked =
  | "file-missing"
  | "not-applicable"
  | "not-given"
  | "not-disclosed"
  | "needs-chain"
  | "depends-on-failed";

/** The outcome of one check. A failed one says what was expected and what was found, where that can be said. */
export type Check =
  | { readonly id: CheckId; readonly result: "pass" }
  | {
      readonly id: CheckId;
      readonly result: "fail";
      readonly expected?: string | undefined;
      readonly actual?: string | undefined;
    }
  | { readonly id: CheckId; readonly result: "not-checked"; readonly why: NotChecked };

/**
 * What checking a bundle concluded. Only `verified` is a yes, and it holds for the block hash that it names: whether that
 * block is on the chain is said by the check `block-canonical`. Times are in seconds.
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
      /** The record existed no later than this. */
      readonly anchoredAt: number;
      /**
       * It was signed no earlier than this if `isBeaconCanonical`; otherwise the submitter says so, who may have invented
       * the beacon. Null if the beacon's header is not in the bundle.
       */
      readonly signedAfter: number | null;
      readonly isBeaconCanonical: boolean;
      readonly isCanonical: boolean;
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

/** Exit codes of everything that prints a verdict. */
export const exitCodeOf = {
  verified: 0,
  refuted: 1,
  missing: 2,
  unverifiable: 3,
} as const satisfies Record<Verdict["status"], number>;

/** A verdict with everything that led to it. `bundle` is null if it could not be read, `file` if there was none to read. */
export type Verification = {
  readonly verdict: Verdict;
  readonly checks: readonly Check[];
  readonly bundle: EvidenceBundle | null;
  readonly file: FileDigests | null;
};

/** What a reader has beside the bundle. Everything is optional; what is absent leads to checks that were not made. */
export type VerifyOptions = {
  /** The file as it was before it was encrypted. */
  readonly file?: AsyncIterable<Uint8Array> | undefined;
  /** The encrypted file; with the key it stands in for the file. `open` is called once for each reading. */
  readonly ciphertext?:
    | {
        readonly open: () => AsyncIterable<Uint8Array>;
        readonly cidOf?: ((bytes: AsyncIterable<Uint8Array>) => Promise<string>) | undefined;
        readonly key?: Uint8Array | undefined;
      }
    | undefined;
  /** Facts from a source that the reader trusts: a node of their own, a court's register. */
  readonly trusted?:
    | {
        readonly deployment?: EvidenceDomain | undefined;
        /** Hash of the block with the bundle's block number. */
        readonly blockHash?: Hex | undefined;
        /** Hash of the block with the record's beacon number. */
        readonly beaconHash?: Hex | undefined;
      }
    | undefined;
  /** Asks the chain whether a contract accepts a signature (ERC-1271). */
  readonly checkContractSignature?: ((signer: Address, digest: Hex, signature: Hex) => Promise<boolean>) | undefined;
  /** A platform's own digests, where they are faster. */
  readonly createDigester?: CreateDigester | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Checks a bundle against a file, offline, in one pass over the file. Gives a verdict for every text and every file;
 * it throws only what `file`, `ciphertext` or `checkContractSignature` throw, and the reason of `signal`.
 * @param text content of the `*.evidence.json`
 */
export async function verifyBundle(text: string, options: VerifyOptions = {}): Promise<Verification> {
  const bundle = readBundle(text);
  if ("unreadable" in bundle) {
    return { verdict: { status: "unverifiable", why: bundle.unreadable }, checks: [], bundle: null, file: null };
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
    await checkSignature(bundle, digest, options),
    checkPath(bundle, digest, anchor.log),
    ...anchor.checks,
    ...checkTrusted(bundle, options),
    ...beacon.checks,
    checkDeadline(bundle, anchor.log),
    await checkCustody(bundle, digest, { domain, notBefore: beacon.time ?? 0 }),
  ];
  const isFileGiven = options.file !== undefined || options.ciphertext !== undefined;
  const verdict = conclude(bundle, checks, { digest, log: anchor.log, signedAfter: beacon.time, isFileGiven });
  return { verdict, checks, bundle, file: file.digests };
}

/**
 * Whether the file, and not the bundle, is to blame for a refusal: the file is another than the one whose commitment was
 * signed and anchored, and nothing speaks against signature and anchor.
 */
export function isFileAltered({ checks }: Verification): boolean {
  const hasResult = (result: Check["result"]) => (id: CheckId) =>
    checks.some((check) => check.id === id && check.result === result);
  const sound = ["file-commitment", "signature", "path", "header", "receipt", "anchored-log"] as const;
  const trusted = ["deployment", "block-canonical"] as const;
  return hasResult("fail")("file-digest") && sound.every(hasResult("pass")) && !trusted.some(hasResult("fail"));
}

function conclude(
  bundle: EvidenceBundle,
  checks: readonly Check[],
  found: { digest: Hex; log: AnchoredLog | undefined; signedAfter: number | null; isFileGiven: boolean },
): Verdict {
  const { digest, log, signedAfter, isFileGiven } = found;
  const changed = checks.filter(({ result }) => result === "fail").map(({ id }) => id);
  if (changed[0] !== undefined) return { status: "refuted", reason: changed[0], changed };
  const open = (id: CheckId) => checks.find((check) => check.id === id && check.result === "not-checked");
  const fileOpen = open("file-digest");
  if (fileOpen?.result === "not-checked" && fileOpen.why === "file-missing") return { status: "missing", what: "file" };
  if (isFileGiven && bundle.openings.file === null) return { status: "unverifiable", why: "record-without-file" };
  if (open("signature") !== undefined) return { status: "unverifiable", why: "signature-needs-chain" };
  if (log === undefined) throw new Error("no anchor although nothing failed");
  const { blockNumber, blockHash } = bundle.anchor;
  const hasPassed = (id: CheckId) => checks.some((check) => check.id === id && check.result === "pass");
  return {
    status: "verified",
    kind: bundle.record.kind,
    digest,
    root: log.root,
    blockNumber,
    blockHash,
    anchoredAt: log.anchoredAt,
    signedAfter,
    isBeaconCanonical: hasPassed("beacon-canonical"),
    isCanonical: hasPassed("block-canonical"),
  };
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

async function readFile(
  bundle: EvidenceBundle,
  { file, ciphertext, signal, createDigester }: VerifyOptions,
): Promise<{ digests: FileDigests | null; decryption: Check }> {
  if (bundle.openings.file === null) return { digests: null, decryption: notChecked("decryption", "not-applicable") };
  if (file !== undefined) {
    return {
      digests: await digestFile(file, { signal, createDigester }),
      decryption: notChecked("decryption", "not-given"),
    };
  }
  if (ciphertext?.key === undefined) return { digests: null, decryption: notChecked("decryption", "not-given") };
  try {
    const plaintext = decryptFile(ciphertext.open(), ciphertext.key, { signal });
    const digests = await digestFile(plaintext, { signal, createDigester });
    return { digests, decryption: { id: "decryption", result: "pass" } };
  } catch (error) {
    if (!(error instanceof ProtocolError) || !error.code.startsWith("cipher-")) throw error;
    return { digests: null, decryption: { id: "decryption", result: "fail", actual: error.code } };
  }
}

function checkFile({ openings, record, submitter }: EvidenceBundle, file: FileDigests | null): Check[] {
  if (openings.file === null) {
    const ids = ["file-digest", "file-size", "file-sm3", "file-commitment"] as const;
    return ids.map((id) => notChecked(id, "not-applicable"));
  }
  const stated = (id: "file-size" | "file-sm3", field: MetaField, actual: string | undefined) => {
    const opening = openings.meta[field];
    if (!("value" in opening) || opening.value === "") return notChecked(id, "not-disclosed");
    return actual === undefined ? notChecked(id, "file-missing") : compare(id, opening.value, actual);
  };
  const commitment = fileCommitmentOf(openings.file.sha256, {
    salt: openings.file.salt,
    submitter: submitter.address,
  });
  return [
    file === null
      ? notChecked("file-digest", "file-missing")
      : compare("file-digest", openings.file.sha256, file.sha256),
    stated("file-size", "size", file?.size.toString()),
    stated("file-sm3", "sm3", file?.sm3),
    compare("file-commitment", record.fileCommitment, commitment),
  ];
}

async function checkCid({ record }: EvidenceBundle, { ciphertext }: VerifyOptions): Promise<Check> {
  if (record.cid === "") return notChecked("cid", "not-applicable");
  if (ciphertext?.cidOf === undefined) return notChecked("cid", "not-given");
  return compare("cid", record.cid, await ciphertext.cidOf(ciphertext.open()));
}

function checkMeta({ openings: { meta }, record, submitter }: EvidenceBundle): Check[] {
  const leaves = Object.fromEntries(metaFields.map((field) => [field, meta[field].leaf])) as Record<MetaField, Hex>;
  return [
    compare("meta-root", record.metaRoot, metaRootOf(leaves)),
    ...metaFields.map((field): Check => {
      const opening = meta[field];
      if (!("value" in opening)) return notChecked(`meta-${field}`, "not-disclosed");
      const owner = { salt: opening.salt, submitter: submitter.address };
      return compare(`meta-${field}`, opening.leaf, metaLeafOf(field, opening.value, owner));
    }),
  ];
}

function checkCase({ openings, record, submitter }: EvidenceBundle): Check {
  if (openings.case === null) return notChecked("case", "not-disclosed");
  const { dealId, salt } = openings.case;
  return compare("case", record.caseRef, caseRefOf(dealId, { salt, submitter: submitter.address }));
}

async function checkSignature(
  { submitter, signature }: EvidenceBundle,
  digest: Hex,
  { checkContractSignature }: VerifyOptions,
): Promise<Check> {
  // What the bundle calls the account is not signed: a key's signature is one whatever it says.
  const signer = await recoverSigner(digest, signature);
  if (signer === submitter.address || submitter.account === "key") {
    return compare("signature", submitter.address, signer ?? "no signature");
  }
  if (checkContractSignature === undefined) return notChecked("signature", "needs-chain");
  const isAccepted = await checkContractSignature(submitter.address, digest, signature);
  return isAccepted ? { id: "signature", result: "pass" } : { id: "signature", result: "fail" };
}

function checkPath({ path, signature, submitter }: EvidenceBundle, digest: Hex, log: AnchoredLog | undefined): Check {
  if (log === undefined) return notChecked("path", "depends-on-failed");
  try {
    const leaf = evidenceLeaf(digest, submitter.address, signature);
    return compare("path", log.root, rootFromPath(leaf, path));
  } catch (error) {
    return failed("path", error);
  }
}

function checkAnchor({ anchor, path }: EvidenceBundle): { checks: Check[]; log?: AnchoredLog } {
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

function checkTrusted({ anchor, record }: EvidenceBundle, { trusted }: VerifyOptions): Check[] {
  const { deployment, blockHash } = trusted ?? {};
  return [
    deployment === undefined
      ? notChecked("deployment", "not-given")
      : all("deployment", [
          [deployment.chainId, anchor.chainId],
          [deployment.registry.toLowerCase(), anchor.registry],
        ]),
    blockHash === undefined
      ? notChecked("block-canonical", "needs-chain")
      : compare("block-canonical", blockHash.toLowerCase(), anchor.blockHash),
    trusted?.beaconHash === undefined
      ? notChecked("beacon-canonical", "needs-chain")
      : compare("beacon-canonical", trusted.beaconHash.toLowerCase(), record.beaconHash),
  ];
}

function checkBeacon(
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

function checkDeadline({ record }: EvidenceBundle, log: AnchoredLog | undefined): Check {
  if (log === undefined) return notChecked("deadline", "depends-on-failed");
  return order("deadline", log.anchoredAt, record.deadline);
}

async function checkCustody(
  { custody }: EvidenceBundle,
  evidence: Hex,
  { domain, notBefore: earliest }: { domain: EvidenceDomain; notBefore: number },
): Promise<Check> {
  if (custody.length === 0) return notChecked("custody", "not-given");
  const digests = custodyDigests(custody, evidence, domain);
  for (const [i, { actor, at, signature }] of custody.entries()) {
    const signer = await recoverSigner(digests[i]!, signature);
    if (signer !== actor)
      return { id: "custody", result: "fail", expected: `${i}: ${actor}`, actual: `${i}: ${signer}` };
    const times = notBefore("custody", custody[i - 1]?.at ?? earliest, at);
    if (times.result === "fail") return times;
  }
  return { id: "custody", result: "pass" };
}

function compare(id: CheckId, expected: string, actual: string): Check {
  return expected === actual ? { id, result: "pass" } : { id, result: "fail", expected, actual };
}

function all(id: CheckId, pairs: readonly (readonly [expected: string | number, actual: string | number])[]): Check {
  const wrong = pairs.find(([expected, actual]) => expected !== actual);
  return wrong === undefined ? { id, result: "pass" } : compare(id, `${wrong[0]}`, `${wrong[1]}`);
}

function order(id: CheckId, earlier: number, later: number): Check {
  return earlier < later
    ? { id, result: "pass" }
    : { id, result: "fail", expected: `less than ${later}`, actual: `${earlier}` };
}

function notBefore(id: CheckId, earlier: number, later: number): Check {
  return earlier <= later
    ? { id, result: "pass" }
    : { id, result: "fail", expected: `at least ${earlier}`, actual: `${later}` };
}

function failed(id: CheckId, error: unknown): Check {
  if (!(error instanceof ProtocolError)) throw error;
  return { id, result: "fail", actual: error.code };
}

function dependent(...ids: readonly CheckId[]) {
  return ids.map((id) => notChecked(id, "depends-on-failed"));
}

function notChecked(id: CheckId, why: NotChecked): Check {
  return { id, result: "not-checked", why };
}
