import { type Address, type Hex, hexToBytes } from "viem";
import type { Chain } from "../chain/client.ts";
import { type Contracts, requireCode } from "../chain/contracts.ts";
import { headerAt } from "../chain/heads.ts";
import { readHeaderRlp } from "../chain/receiptProof.ts";
import { requireSigned } from "../chain/signature.ts";
import { ProtocolError } from "../core/errors.ts";
import { type FilingReceipt, filingReceiptTypedData } from "../core/evidence/anchorPromise.ts";
import { maxTimestampChain, maxTimestampChains } from "../core/evidence/bundle/v2.ts";
import type { MerklePath } from "../core/evidence/merkle.ts";
import type { AnchorProof } from "../core/evidence/receiptProof.ts";
import { caseRefOf, evidenceDigest, evidenceLeaf, parseEvidenceRecord } from "../core/evidence/record.ts";
import type { Database } from "../db/database.ts";
import { type EvidenceRow, readBatch, readEvidence, readEvidenceOf, saveEvidence } from "../db/evidence.ts";
import { type KeptTimestamp, readTimestamps } from "../db/timestamps.ts";
import type { EvidenceStore } from "../ipfs/port.ts";
import { type Filers, requireFiler } from "./filers.ts";

/** A key that signs the relayer's promises to anchor. */
export type ReceiptSigner = Readonly<{
  address: Address;
  signTypedData: (typedData: ReturnType<typeof filingReceiptTypedData>) => Promise<Hex>;
}>;

/** What evidence is checked against, and what is promised for it. */
export type IntakeOptions = Readonly<{
  database: Database;
  chain: Chain;
  contracts: Contracts;
  store: EvidenceStore;
  signer: ReceiptSigner;
  /** Unix seconds. */
  now: () => number;
  /** Seconds from receipt within which an item is promised to be anchored. */
  anchorWithin: number;
  /** Seconds that a promise needs at least to be kept: no record is taken that leaves less. */
  leastTime: number;
  filers: Filers;
}>;

/** An item as its submitter hands it in; the ciphertext is stored before. */
type EvidenceSubmission = Readonly<{
  record: unknown;
  submitter: Address;
  signature: Hex;
  /**
   * Shows the relayer which deal the record is about; without it the item is filed but listed under
   * no deal.
   */
  case?: Readonly<{ dealId: Hex; salt: Hex }> | undefined;
}>;

type SignedReceipt = FilingReceipt &
  Readonly<{ digest: Hex; relayer: Address; account: "key" | "contract"; signature: Hex }>;

/** What a bundle needs beside what its submitter keeps. */
type AnchoredEvidence = Readonly<{
  path: MerklePath;
  anchor: AnchorProof;
  beaconHeader: Hex | null;
  transactionHash: Hex;
  /** RFC 3161 tokens that came by now, as a bundle of the second version holds them. */
  timestamps: string[][];
}>;

/** Takes evidence in, and gives its proof out once it is anchored. */
export type EvidenceIntake = Readonly<{
  /**
   * Takes a signed record in and promises at once, signed, when it will be anchored. The same
   * record again gives the same receipt, whoever may file by then. Throws
   * `evidence-record-invalid`, `intent-expired` (also when too little time is left to anchor it),
   * `signature-invalid`, `case-mismatch`, `filer-not-allowed`, `beacon-unknown`,
   * `evidence-not-stored`, `contract-missing`.
   */
  submit: (submission: EvidenceSubmission) => Promise<SignedReceipt>;
  /**
   * Path and proof of an item, by leaf or digest; `undefined` while its batch is not settled.
   * Throws `evidence-unknown`.
   */
  readAnchored: (id: Hex) => Promise<AnchoredEvidence | undefined>;
}>;

/** Checks, keeps and promises evidence of which the ciphertext is stored. */
export function createEvidenceIntake(options: IntakeOptions): EvidenceIntake {
  const { database, chain, contracts, store, signer, now, anchorWithin, leastTime, filers } = options;
  const { db } = database;
  const domain = { chainId: chain.chainId, registry: contracts.registry };

  const submit = async (submission: EvidenceSubmission): Promise<SignedReceipt> => {
    const record = parseEvidenceRecord(submission.record);
    const digest = evidenceDigest(record, domain);
    const { submitter, signature } = submission;
    const known = await readEvidenceOf(db, digest, submitter);
    if (known !== undefined) return toReceipt(known, signer.address);

    const receivedAt = now();
    if (record.deadline < receivedAt + leastTime) {
      throw new ProtocolError("intent-expired", {
        deadline: record.deadline,
        now: receivedAt,
        earliest: receivedAt + leastTime,
      });
    }
    const account = await requireSigned(chain, { digest, signer: submitter, signature });
    const opened = submission.case;
    if (opened !== undefined && caseRefOf(opened.dealId, { salt: opened.salt, submitter }) !== record.caseRef) {
      throw new ProtocolError("case-mismatch", { deal: opened.dealId });
    }
    await requireFiler(submitter, opened?.dealId ?? null, { db, contracts, filers });
    const beacon = await headerAt(chain, record.beaconBlock);
    if (beacon?.hash !== record.beaconHash) throw new ProtocolError("beacon-unknown", { block: record.beaconBlock });
    if (record.cid !== "" && !(await store.has(record.cid))) {
      throw new ProtocolError("evidence-not-stored", { cid: record.cid });
    }
    await requireCode(chain, contracts.registry, "registry");
    const leaf = evidenceLeaf(digest, submitter, signature);
    const anchorBy = Math.min(receivedAt + anchorWithin, record.deadline);
    const receipt = await signer.signTypedData(filingReceiptTypedData({ leaf, receivedAt, anchorBy }, domain));
    await saveEvidence(db, {
      digest,
      leaf,
      dealId: opened?.dealId ?? null,
      submitter,
      signature,
      account,
      cid: record.cid === "" ? null : record.cid,
      record,
      receivedAt,
      anchorBy,
      receipt,
    });
    // Another replica may have been faster with the same record: its receipt counts.
    return toReceipt((await readEvidenceOf(db, digest, submitter))!, signer.address);
  };

  const readAnchored = async (id: Hex): Promise<AnchoredEvidence | undefined> => {
    const item = await readEvidence(db, id);
    if (item === undefined) throw new ProtocolError("evidence-unknown", { id });
    if (item.batchRoot === null || item.path === null || item.batchIndex === null) return undefined;
    const batch = await readBatch(db, item.batchRoot);
    if (batch?.anchor == null) return undefined;
    const { transactionHash, ...anchor } = batch.anchor as AnchorProof & { transactionHash: Hex };
    const { beaconHash } = parseEvidenceRecord(item.record);
    return {
      path: { index: item.batchIndex, size: batch.size, siblings: item.path },
      anchor,
      beaconHeader: await readBeacon(beaconHash),
      transactionHash,
      timestamps: timestampsOf(await readTimestamps(db, item.batchRoot)),
    };
  };

  const readBeacon = async (hash: Hex): Promise<Hex | null> => {
    try {
      return await readHeaderRlp(chain, hash);
    } catch (error) {
      // A bundle without the beacon's time is still a bundle; its verdict says what could not be
      // checked.
      if (error instanceof ProtocolError && error.code === "block-unprovable") return null;
      throw error;
    }
  };

  return { submit, readAnchored };
}

/** Each authority's tokens in base64, the first one first, as many as a bundle holds. */
const timestampsOf = (kept: readonly KeptTimestamp[]): string[][] => {
  const byAuthority = Map.groupBy(kept, ({ tsaUrl }) => tsaUrl);
  return [...byAuthority.values()]
    .map((tokens) => tokens.filter(({ generation }, place) => generation === place).slice(0, maxTimestampChain))
    .filter((tokens) => tokens.length > 0)
    .slice(0, maxTimestampChains)
    .map((tokens) => tokens.map(({ token }) => Buffer.from(hexToBytes(token)).toString("base64")));
};

const toReceipt = (item: EvidenceRow, relayer: Address): SignedReceipt => ({
  digest: item.digest,
  leaf: item.leaf,
  receivedAt: item.receivedAt,
  anchorBy: item.anchorBy,
  relayer,
  account: item.account,
  signature: item.receipt,
});
