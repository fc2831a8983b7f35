import { type Address, type Hex, zeroHash } from "viem";
import { ProtocolError } from "../core/errors.ts";
import { filingReceiptDigest } from "../core/evidence/anchorPromise.ts";
import { serializeBundle } from "../core/evidence/bundle.ts";
import { type CreateSealer, ciphertextSize } from "../core/evidence/cipher.ts";
import { type CreateDigester, digestFile } from "../core/evidence/digest.ts";
import { type EvidenceDomain, evidenceDigest, type MetaField, metaFields } from "../core/evidence/record.ts";
import type { VerifyOptions } from "../core/evidence/verify/options.ts";
import type { KnownDeal } from "../core/evidence/verify/subject.ts";
import { verifyBundle } from "../core/evidence/verify/verifyBundle.ts";
import { recoverSigner } from "../core/recoverSigner.ts";
import type { AnchoredEvidence, Client } from "./client.ts";
import { assembleBundle, type EvidenceToFile, type FiledEvidence, type Filing, fileEvidence } from "./evidence.ts";
import { type PendingUpload, prepareResumable } from "./pendingUpload.ts";
import { readSignedDeal } from "./readSignedDeal.ts";
import { readStream } from "./readStream.ts";
import { LEAST_IN_PARTS } from "./uploadInParts.ts";

/** A file, and what its submitter states about it. */
export type FileToAnchor = Readonly<{
  /**
   * Names it in progress, journal and results, and in no other place; each file of a call has its
   * own.
   */
  id: string;
  /**
   * A browser's `File`, or what gives the bytes from the start: they are read two or three times.
   */
  source: Blob | (() => AsyncIterable<Uint8Array>);
  /**
   * Bytes, where they are known: then a file that cannot be filed is refused before any is
   * uploaded.
   */
  size?: number | undefined;
  meta: EvidenceToFile["meta"];
  kind?: EvidenceToFile["kind"];
  supersedes?: Hex | undefined;
}>;

/** A block as a node shows it; `timestamp` in Unix seconds. */
export type BlockSeen = Readonly<{ number: number; hash: Hex; timestamp: number }>;

/** Who files, for whom, about what, and where the chain is read. */
export type FilingSetup = Readonly<{
  /** From `createClient`. */
  client: Pick<
    Client,
    "readConfig" | "readDeal" | "uploadCiphertext" | "submitEvidence" | "readAnchored" | "waitForAnchor"
  >;
  /** Signs a record for each file. */
  signer: Filing["signer"];
  /** age recipients (`age1...`) who may open the files; at least one, or nobody ever can. */
  recipients: readonly string[];
  /** Null outside of a deal. */
  dealId: Hex | null;
  /**
   * The deal's terms and panel for the bundles, so that a court learns what the signer is in it;
   * without them the relayer is asked. Null leaves them out.
   */
  deal?: KnownDeal | null | undefined;
  /**
   * Asks a node that the caller trusts, not the relayer: records name a recent block of it, and a
   * bundle is right only if the block of its anchor is there. Null where it has no such block.
   */
  readBlock: (at: number | "latest") => Promise<BlockSeen | null>;
}>;

/**
 * Keeps what was signed until its bundle is there. Each function settles once its work would
 * survive a crash.
 */
export type FilingJournal = Readonly<{
  /** What an earlier call saved for this file and never finished. */
  load: (id: string) => Promise<FiledEvidence | undefined>;
  /** What `saveUpload` kept for this file. */
  loadUpload?: ((id: string) => Promise<PendingUpload | undefined>) | undefined;
  /**
   * Called before the first byte of a file from 4 MiB on is sent, where its size is known: then the
   * upload goes on in a later call, within an hour. Holds the content key: keep it where the file
   * is kept.
   */
  saveUpload?: ((id: string, pending: PendingUpload) => Promise<void>) | undefined;
  /**
   * Called before the record is submitted: without the salts in `filed` it proves nothing. Replaces
   * what was saved, and what `saveUpload` kept.
   */
  save: (id: string, filed: FiledEvidence) => Promise<void>;
  /** Keeps the bundle; what `save` kept is not needed any more. */
  finish: (id: string, anchored: AnchoredFile) => Promise<void>;
}>;

/** How far a call is; `read` counts the bytes since the last one. */
export type FilingProgress =
  | Readonly<{ step: "read"; id: string; bytes: number }>
  | Readonly<{ step: "resumed" | "signed" | "submitted"; id: string }>
  | Readonly<{ step: "waiting"; files: number }>
  | Readonly<{ step: "anchored"; id: string; anchored: AnchoredFile }>;

/** How files are filed and anchored; nothing of it is needed for the usual case. */
export type FileAndAnchorOptions = Readonly<{
  signal?: AbortSignal | undefined;
  onProgress?: (progress: FilingProgress) => void;
  journal?: FilingJournal;
  /** Chain and registry that are signed for; what the relayer names unless given. */
  domain?: EvidenceDomain;
  /** Seconds that a record may wait for its anchor; a day unless given. */
  validFor?: number;
  /** Where the bundles say that the ciphertext can be had; a hint that nothing relies upon. */
  gateways?: readonly string[];
  /** A platform's own digests: `createNodeDigester` under Node. */
  createDigester?: CreateDigester;
  /** A platform's own encryption: `createNodeSealer` under Node. */
  createSealer?: CreateSealer;
  /**
   * Needed where `signer.account` is `contract`, whose signature only the chain can check
   * (ERC-1271).
   */
  checkContractSignature?: VerifyOptions["checkContractSignature"];
  /** Unix seconds. */
  now?: () => number;
}>;

/**
 * A file that is anchored, with a bundle that was verified against the file and the caller's node.
 */
export type AnchoredFile = Readonly<{
  id: string;
  /** Content of `*.evidence.json`: keep it with the file. */
  bundle: string;
  /** Names the record. */
  digest: Hex;
  root: Hex;
  /** The file existed before this Unix second. */
  anchoredAt: number;
}>;

const DAY = 86_400;

/** Seconds that must be left of a saved record's time, or a relayer may not take it any more. */
const LEAST_TIME = 900;

/** Blocks behind the newest one that a short reorganisation takes back. */
const BEACON_DEPTH = 2;

/**
 * Files evidence end to end: encrypts, uploads, signs and submits one file after the other, waits
 * until all are anchored, and gives a verified bundle for each, in the order of `files`. With a
 * `journal` the same call again goes on where an earlier one ended, however it ended: a record that
 * was signed is submitted, not signed again, and an upload goes on from what arrived.
 *
 * @throws `evidence-empty`, `evidence-too-large` with the `path` (the id) of the file; where sizes
 *   are known, before anything is uploaded
 * @throws `file-changed` if a file changed while it was read; `upload-interrupted` if the
 *   connection stays broken
 * @throws `signature-invalid` if the relayer's promise to anchor is not signed by it
 * @throws `anchor-not-found` if a bundle does not verify: its block is not on the chain of
 *   `readBlock`, or the file changed
 * @throws what `fileEvidence`, the client, the journal and `readBlock` throw, and the reason of
 *   `signal`. What was signed before stays in the journal.
 *
 * @example
 * const node = createPublicClient({ transport: http("https://node.example") });
 * const [photo] = await fileAndAnchor(
 *   [{ id: "photo", source: file, size: file.size, meta: { name: file.name, type: file.type } }],
 *   {
 *     client: createClient({ url: "https://relayer.example" }),
 *     signer: account,
 *     recipients: ["age1..."],
 *     dealId: deal.id,
 *     readBlock: blocksOf(node),
 *   },
 *   { onProgress: ({ step }) => console.log(step) },
 * );
 * await save(`${file.name}.evidence.json`, photo.bundle);
 */
export async function fileAndAnchor(
  files: readonly FileToAnchor[],
  setup: FilingSetup,
  options: FileAndAnchorOptions = {},
): Promise<AnchoredFile[]> {
  const { client, signer } = setup;
  const { signal, journal, onProgress = () => {} } = options;
  if (signer.account === "contract" && options.checkContractSignature === undefined) {
    throw new Error("a contract wallet's signature needs checkContractSignature");
  }
  if (new Set(files.map(({ id }) => id)).size < files.length) throw new Error("two files have the same id");
  const { chainId, contracts, relayer, limits } = await client.readConfig({ signal });
  for (const file of files) requireSize(file, limits.evidenceBytes);
  const { escrow } = contracts;
  const work: Work = {
    ...setup,
    escrow,
    domain: { chainId, registry: contracts.registry },
    relayer,
    ...options,
    onProgress,
  };

  const submitted: { file: FileToAnchor; filed: FiledEvidence }[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    const saved = await resume(file, work);
    const filed = saved ?? (await sign(file, work));
    if (saved === undefined) await journal?.save(file.id, filed);
    onProgress({ step: saved === undefined ? "signed" : "resumed", id: file.id });
    const promised = { ...filed, promise: await submit(filed, work) };
    // Before the anchor is waited for: what the relayer promised can be held against it.
    await journal?.save(file.id, promised);
    onProgress({ step: "submitted", id: file.id });
    submitted.push({ file, filed: promised });
  }
  if (submitted.length > 0) onProgress({ step: "waiting", files: submitted.length });
  const done: AnchoredFile[] = [];
  for (const { file, filed } of submitted) {
    const anchored = await conclude(file, filed, await client.waitForAnchor(filed.leaf, { signal }), work);
    if (anchored === undefined) throw new ProtocolError("anchor-not-found", { evidence: filed.digest });
    await journal?.finish(file.id, anchored);
    onProgress({ step: "anchored", id: file.id, anchored });
    done.push(anchored);
  }
  return done;
}

/**
 * `readBlock` of a viem client, or of anything that reads blocks as it does.
 *
 * @example const readBlock = blocksOf(createPublicClient({ transport: http(url) }));
 */
export function blocksOf(node: {
  getBlock: (at: { blockNumber?: bigint }) => Promise<{ number: bigint | null; hash: Hex | null; timestamp: bigint }>;
}): FilingSetup["readBlock"] {
  return async (at) => {
    try {
      const { number, hash, timestamp } = await node.getBlock(at === "latest" ? {} : { blockNumber: BigInt(at) });
      return number === null || hash === null ? null : { number: Number(number), hash, timestamp: Number(timestamp) };
    } catch (error) {
      if (error instanceof Error && error.name === "BlockNotFoundError") return null;
      throw error;
    }
  };
}

type Work = FilingSetup &
  FileAndAnchorOptions &
  Readonly<{
    domain: EvidenceDomain;
    escrow: Address;
    relayer: Address;
    onProgress: (progress: FilingProgress) => void;
  }>;

function requireSize({ id, source, size = sizeOf(source) }: FileToAnchor, limit: number) {
  if (size === 0) throw new ProtocolError("evidence-empty", { path: id });
  if (size !== undefined && ciphertextSize(size) > limit) {
    throw new ProtocolError("evidence-too-large", { path: id, limit });
  }
}

function sizeOf(source: FileToAnchor["source"]) {
  return source instanceof Blob ? source.size : undefined;
}

function open({ source }: FileToAnchor): AsyncIterable<Uint8Array> {
  return source instanceof Blob ? readStream(source.stream()) : source();
}

async function sign(file: FileToAnchor, work: Work): Promise<FiledEvidence> {
  const { client, domain, signer, recipients, dealId, createDigester, createSealer, signal, onProgress } = work;
  const resumable = await prepareUpload(file, work);
  async function* counted() {
    for await (const piece of resumable?.bytes ?? open(file)) {
      onProgress({ step: "read", id: file.id, bytes: piece.length });
      yield piece;
    }
  }
  const { meta, kind, supersedes, source, size = sizeOf(source) } = file;
  const { secret, resume, onBegin } = resumable ?? {};
  const upload = { signal, size: size === undefined ? undefined : ciphertextSize(size), resume, onBegin };
  const deadline = (await readTime(work)) + (work.validFor ?? DAY);
  return fileEvidence(
    {
      file: counted(),
      meta,
      ...(kind === undefined ? {} : { kind }),
      ...(supersedes === undefined ? {} : { supersedes }),
      dealId,
      beacon: await readBeacon(work),
      deadline,
    },
    {
      domain,
      signer,
      recipients,
      random,
      ...(secret === undefined ? {} : { secret }),
      importCiphertext: async (ciphertext) => (await client.uploadCiphertext(ciphertext, upload)).cid,
      ...(createDigester === undefined ? {} : { createDigester }),
      ...(createSealer === undefined ? {} : { createSealer }),
      ...(signal === undefined ? {} : { signal }),
    },
  );
}

/**
 * What makes the upload of a file go on in a later call, where the journal keeps it and the file is
 * worth it.
 */
async function prepareUpload(file: FileToAnchor, { journal }: Work) {
  const { id, source, size = sizeOf(source) } = file;
  const { loadUpload, saveUpload } = journal ?? {};
  if (saveUpload === undefined || size === undefined || ciphertextSize(size) < LEAST_IN_PARTS) return undefined;
  const load = async () => loadUpload?.(id);
  return prepareResumable(() => open(file), { load, save: (pending) => saveUpload(id, pending) }, random);
}

function random(length: number) {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** What an earlier call signed, if it says the same about the same file and still is of use. */
async function resume(file: FileToAnchor, work: Work): Promise<FiledEvidence | undefined> {
  const filed = await work.journal?.load(file.id);
  if (filed === undefined || !saysTheSame(filed, file, work)) return undefined;
  const { sha256 } = await digestFile(open(file), work);
  if (filed.openings.file?.sha256 !== sha256) return undefined;
  if (filed.record.deadline > (await readTime(work)) + LEAST_TIME) return filed;
  // Too old to be submitted, but an anchor that it has already is worth more than a new one.
  const anchored = await anchorOf(filed, work);
  return anchored !== undefined && (await conclude(file, filed, anchored, work)) !== undefined ? filed : undefined;
}

function saysTheSame(
  { record, digest, openings, submitter, recipients }: FiledEvidence,
  file: FileToAnchor,
  work: Work,
) {
  const { kind = "original", supersedes = zeroHash, meta } = file;
  const stated = (field: MetaField) => (field === "size" || field === "sm3" ? undefined : (meta[field] ?? ""));
  return (
    evidenceDigest(record, work.domain) === digest &&
    submitter.address === work.signer.address.toLowerCase() &&
    (openings.case?.dealId ?? null) === work.dealId &&
    record.kind === kind &&
    record.supersedes === supersedes &&
    recipients.join() === work.recipients.join() &&
    metaFields.every((field) => {
      const opening = openings.meta[field];
      return stated(field) === undefined || ("value" in opening && opening.value === stated(field));
    })
  );
}

async function anchorOf({ leaf }: FiledEvidence, { client, signal }: Work): Promise<AnchoredEvidence | undefined> {
  try {
    return await client.readAnchored(leaf, { signal });
  } catch (error) {
    const isNotThere =
      error instanceof ProtocolError && (error.code === "anchor-not-found" || error.code === "evidence-unknown");
    if (!isNotThere) throw error;
    return undefined;
  }
}

/** Hands a record in, again or for the first time, and checks the promise that comes back. */
async function submit(filed: FiledEvidence, { client, domain, relayer, signal }: Work) {
  const { record, submitter, signature, openings } = filed;
  const receipt = await client.submitEvidence(
    { record, submitter: submitter.address, signature, case: openings.case ?? undefined },
    { signal },
  );
  const { leaf, receivedAt, anchorBy } = receipt;
  const promisedBy = await recoverSigner(
    filingReceiptDigest({ leaf, receivedAt, anchorBy }, domain),
    receipt.signature,
  );
  if (leaf !== filed.leaf || promisedBy !== relayer) throw new ProtocolError("signature-invalid", { signer: relayer });
  return { relayer, receivedAt, anchorBy, signature: receipt.signature };
}

/** The bundle, verified against the file and the caller's node; `undefined` if it is not right. */
async function conclude(
  file: FileToAnchor,
  filed: FiledEvidence,
  anchored: AnchoredEvidence,
  work: Work,
): Promise<AnchoredFile | undefined> {
  const { gateways = [], domain, createDigester, checkContractSignature, signal } = work;
  const bundle = serializeBundle(assembleBundle(filed, { ...anchored, gateways, deal: await dealOf(work) }));
  const block = await work.readBlock(anchored.anchor.blockNumber);
  const { verdict, time } = await verifyBundle(bundle, {
    file: open(file),
    trusted: { deployment: domain, blocks: block === null ? [] : [block] },
    createDigester,
    checkContractSignature,
    signal,
  });
  if (verdict.status !== "verified" || time.status !== "confirmed") return undefined;
  const { digest, root } = verdict;
  return { id: file.id, bundle, digest, root, anchoredAt: time.existedBy };
}

async function dealOf({ deal, dealId, escrow, client, domain, signal }: Work): Promise<KnownDeal | null> {
  if (deal !== undefined || dealId === null) return deal ?? null;
  return readSignedDeal(dealId, { client, chainId: domain.chainId, escrow, signal });
}

async function readBeacon({ readBlock }: Work) {
  const latest = await readBlock("latest");
  const block = latest && (await readBlock(Math.max(0, latest.number - BEACON_DEPTH)));
  if (block === null) throw new ProtocolError("rpc-refused", { reason: "it shows no block" });
  return { number: block.number, hash: block.hash };
}

/** The later of the chain's clock and the caller's: a deadline must lie ahead of both. */
async function readTime({ readBlock, now = () => Math.floor(Date.now() / 1_000) }: Work): Promise<number> {
  return Math.max((await readBlock("latest"))?.timestamp ?? 0, now());
}
