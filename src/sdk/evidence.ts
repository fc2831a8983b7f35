import { type Address, bytesToHex, type Hex, zeroHash } from "viem";
import { panelRules, sortPanel } from "../core/deal/panel.ts";
import { termsToJson } from "../core/deal/terms.ts";
import { ProtocolError } from "../core/errors.ts";
import { bundleFormat, type EvidenceBundle } from "../core/evidence/bundle.ts";
import { type CreateSealer, cipherSaltBytes, contentKeyBytes, encryptFile } from "../core/evidence/cipher.ts";
import type { CustodyEntry } from "../core/evidence/custody.ts";
import {
  type CreateDigester,
  createDigester as createPortableDigester,
  type FileDigests,
} from "../core/evidence/digest.ts";
import type { MerklePath } from "../core/evidence/merkle.ts";
import type { AnchorProof } from "../core/evidence/receiptProof.ts";
import {
  caseRefOf,
  type EvidenceDomain,
  type EvidenceRecord,
  evidenceDigest,
  evidenceEncoding,
  evidenceLeaf,
  evidenceTypedData,
  fileCommitmentOf,
  type MetaField,
  metaFields,
  metaLeafOf,
  metaRootOf,
  metaValueSchema,
  parseEvidenceRecord,
  saltBytes,
} from "../core/evidence/record.ts";
import type { KnownDeal } from "../core/evidence/verify/subject.ts";
import { wrapContentKey } from "./contentKey.ts";

/** A file that a party wants to file, and what they say about it. */
export type EvidenceToFile = Readonly<{
  /** Read once. */
  file: AsyncIterable<Uint8Array>;
  /** What is known beside size and SM3, which are taken from the file; see `metaFields`. */
  meta: Readonly<Partial<Record<Exclude<MetaField, "size" | "sm3">, string>>>;
  kind?: "original" | "copy" | "supersede";
  /** Digest of the record that this one replaces. */
  supersedes?: Hex;
  /** Null outside of a deal. */
  dealId: Hex | null;
  /** A recent block of the chain of the registry. */
  beacon: Readonly<{ number: number; hash: Hex }>;
  /** The second from which the record must not be anchored any more. */
  deadline: number;
}>;

/** What filing needs from its surroundings. */
export type Filing = Readonly<{
  domain: EvidenceDomain;
  /**
   * A wallet: a viem account will do. `account` says `contract` if its signatures are checked by
   * ERC-1271.
   */
  signer: Readonly<{
    address: Address;
    account?: "key" | "contract";
    signTypedData: (typedData: ReturnType<typeof evidenceTypedData>) => Promise<Hex>;
  }>;
  /** age recipients (`age1...`) who may open the file; at least one, or nobody ever can. */
  recipients: readonly string[];
  /**
   * Content key (32 bytes) and salt (24) of an upload that goes on, instead of fresh ones. Only
   * with the very bytes that they encrypted before: other bytes under them would give both away.
   */
  secret?: Readonly<{ key: Uint8Array; salt: Uint8Array }>;
  /** Uniformly random bytes, like `crypto.getRandomValues(new Uint8Array(length))`. */
  random: (length: number) => Uint8Array;
  /**
   * Stores the ciphertext and gives its CID under `unixfs-v1-2025`. Must read the stream to its
   * end.
   */
  importCiphertext: (ciphertext: AsyncIterable<Uint8Array>) => Promise<string>;
  /** A platform's own digests, where they are faster: `createNodeDigester` under Node. */
  createDigester?: CreateDigester;
  /** A platform's own encryption, where it is faster: `createNodeSealer` under Node. */
  createSealer?: CreateSealer;
  signal?: AbortSignal;
}>;

/**
 * A signed record with what its party must keep: without the openings the file can never be proven
 * to be the one that was anchored. Plain JSON.
 */
export type FiledEvidence = Readonly<{
  /** What was signed for; absent in what earlier versions saved. */
  domain?: EvidenceDomain;
  digest: Hex;
  leaf: Hex;
  record: EvidenceRecord;
  submitter: EvidenceBundle["submitter"];
  signature: Hex;
  openings: EvidenceBundle["openings"];
  wrappedKey: string;
  recipients: readonly string[];
  /** What the relayer promised, once it took the record in. */
  promise?: EvidenceBundle["promise"];
}>;

/**
 * Encrypts, digests and stores a file in one pass, in memory that does not grow with it, then signs
 * the record. The content key is fresh unless `secret` is given, leaves this function only wrapped,
 * and is wrapped before the file is read.
 *
 * Throws `evidence-empty` for a file without bytes, `recipient-invalid` if a recipient is not an
 * age X25519 key, `evidence-record-invalid` with the field, and whatever `importCiphertext` and
 * `signTypedData` throw; then nothing was signed, and what `importCiphertext` stored is of no use.
 *
 * @example const filed = await fileEvidence({ file, meta: { name: "photo.jpg" }, dealId, beacon, deadline }, filing);
 */
export async function fileEvidence(evidence: EvidenceToFile, filing: Filing): Promise<FiledEvidence> {
  const { random, domain, signer } = filing;
  const submitter = {
    address: signer.address.toLowerCase() as Address,
    account: signer.account ?? "key",
  };
  requireMeta(evidence.meta);
  const secret = filing.secret ?? { key: random(contentKeyBytes), salt: random(cipherSaltBytes) };
  const wrappedKey = await wrapContentKey(secret.key, filing.recipients);
  const { cid, digests } = await encryptAndStore(evidence.file, secret, filing);
  const salt = () => bytesToHex(random(saltBytes));
  const openings = openingsOf(evidence, digests, { salt, submitter: submitter.address });
  const caseSalt = openings.case?.salt ?? salt();
  const record = parseEvidenceRecord({
    kind: evidence.kind ?? "original",
    fileCommitment: fileCommitmentOf(openings.file.sha256, { salt: openings.file.salt, submitter: submitter.address }),
    cid,
    encoding: evidenceEncoding,
    metaRoot: metaRootOf(mapMeta((field) => openings.meta[field].leaf)),
    caseRef: caseRefOf(evidence.dealId ?? zeroHash, { salt: caseSalt, submitter: submitter.address }),
    supersedes: evidence.supersedes ?? zeroHash,
    beaconBlock: evidence.beacon.number,
    beaconHash: evidence.beacon.hash,
    deadline: evidence.deadline,
  } satisfies EvidenceRecord);
  const signature = await signer.signTypedData(evidenceTypedData(record, domain));
  const digest = evidenceDigest(record, domain);
  const leaf = evidenceLeaf(digest, submitter.address, signature);
  const { chainId, registry } = domain;
  return {
    domain: { chainId, registry: registry.toLowerCase() as Address },
    digest,
    leaf,
    record,
    submitter,
    signature,
    openings,
    wrappedKey,
    recipients: filing.recipients,
  };
}

/** What is known once the record's batch is anchored. */
export type Anchored = Readonly<{
  path: MerklePath;
  anchor: AnchorProof;
  /**
   * RLP of the header of the record's beacon block: without it the bundle does not say when it was
   * signed at the earliest.
   */
  beaconHeader: Hex | null;
  /** The deal that the record opens to: the reader then learns who signed. */
  deal?: KnownDeal | null;
  /** RFC 3161 tokens over the root, DER in base64: each authority's first, then its renewals. */
  timestamps?: readonly (readonly string[])[];
  custody?: readonly CustodyEntry[];
  transactionHash?: Hex;
  gateways?: readonly string[];
  note?: string;
}>;

/**
 * Puts together the bundle of one item. It says nothing by itself: check it with `verifyBundle`.
 *
 * @example const bundle = assembleBundle(filed, await client.waitForAnchor(filed.leaf));
 */
export function assembleBundle(filed: FiledEvidence, anchored: Anchored): EvidenceBundle {
  const { root: _root, count: _count, receiptProof, ...anchor } = anchored.anchor;
  const { deal, timestamps = [] } = anchored;
  const isDisclosed = deal != null && filed.openings.case !== null;
  return {
    format: bundleFormat,
    record: filed.record,
    submitter: filed.submitter,
    signature: filed.signature,
    openings: filed.openings,
    deal: isDisclosed ? dealInBundle(deal) : null,
    promise: filed.promise ?? null,
    timestamps: timestamps.map((tokens) => [...tokens]),
    path: { ...anchored.path, siblings: [...anchored.path.siblings] },
    anchor: { ...anchor, receiptProof: [...receiptProof], beaconHeader: anchored.beaconHeader },
    custody: [...(anchored.custody ?? [])],
    hints: {
      transactionHash: anchored.transactionHash ?? null,
      wrappedKey: filed.wrappedKey,
      recipients: [...filed.recipients],
      gateways: [...(anchored.gateways ?? [])],
      note: anchored.note ?? "",
    },
  };
}

function dealInBundle({ escrow, terms, panel }: KnownDeal): EvidenceBundle["deal"] {
  const own = panel != null && panelRules(sortPanel(panel)) === terms.rules ? sortPanel(panel) : null;
  return { escrow: escrow.toLowerCase() as Address, terms: termsToJson(terms), panel: own };
}

/** Facts that no bundle could carry are refused before anything is signed. */
function requireMeta(meta: EvidenceToFile["meta"]) {
  for (const [field, value] of Object.entries(meta)) {
    if (!metaValueSchema.safeParse(value).success) {
      throw new ProtocolError("evidence-record-invalid", { path: `meta.${field}` });
    }
  }
}

async function encryptAndStore(
  file: AsyncIterable<Uint8Array>,
  secret: { readonly key: Uint8Array; readonly salt: Uint8Array },
  { importCiphertext, signal, createDigester = createPortableDigester, createSealer }: Filing,
) {
  const digester = await createDigester();
  let digests: FileDigests | undefined;
  async function* digested() {
    for await (const piece of file) {
      await digester.add(piece);
      yield piece;
    }
    digests = await digester.finish();
    if (digests.size === 0) throw new ProtocolError("evidence-empty");
  }
  try {
    const cid = await importCiphertext(encryptFile(digested(), secret, { signal, createSealer }));
    if (digests === undefined) throw new Error("importCiphertext returned before it had read the stream");
    return { cid, digests };
  } finally {
    if ("close" in digester) digester.close();
  }
}

function openingsOf(
  { meta, dealId }: EvidenceToFile,
  digests: FileDigests,
  { salt, submitter }: { salt: () => Hex; submitter: Address },
) {
  const values: Partial<Record<MetaField, string>> = { ...meta, size: digests.size.toString(), sm3: digests.sm3 };
  return {
    file: { sha256: digests.sha256, salt: salt() },
    meta: mapMeta((field) => {
      const opening = { value: values[field] ?? "", salt: salt() };
      return { leaf: metaLeafOf(field, opening.value, { salt: opening.salt, submitter }), ...opening };
    }),
    case: dealId === null ? null : { dealId, salt: salt() },
  };
}

function mapMeta<T>(of: (field: MetaField) => T) {
  return Object.fromEntries(metaFields.map((field) => [field, of(field)])) as Record<MetaField, T>;
}
