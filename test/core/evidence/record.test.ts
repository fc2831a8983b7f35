import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { expect } from "chai";
import { TypedDataEncoder } from "ethers";
import { keccak256, slice, stringToBytes, toHex, zeroHash } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ProtocolError } from "../../../src/core/errors.ts";
import {
  caseRefOf,
  type EvidenceRecord,
  evidenceDigest,
  evidenceDomainOf,
  evidenceEncoding,
  evidenceLeaf,
  evidenceTypedData,
  evidenceTypes,
  fileCommitmentOf,
  metaFields,
  metaLeafOf,
  metaRootOf,
  parseEvidenceRecord,
} from "../../../src/core/evidence/record.ts";

const domain = { chainId: 31337, registry: "0x5fbdb2315678afecb367f032d93f642f64180aa3" } as const;
const hash = (text: string) => keccak256(stringToBytes(text));
const saltOf = (text: string) => slice(hash(text), 0, 16);
const submitter = "0x00000000000000000000000000000000000000aa";
const owner = { salt: saltOf("salt"), submitter } as const;

function record(changes: Partial<EvidenceRecord> = {}): EvidenceRecord {
  return {
    kind: "original",
    fileCommitment: hash("file"),
    cid: "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
    encoding: evidenceEncoding,
    metaRoot: hash("meta"),
    caseRef: hash("case"),
    supersedes: zeroHash,
    beaconBlock: 17,
    beaconHash: hash("block"),
    deadline: 1_800_000_000,
    ...changes,
  };
}

function pathOfRefusal(input: unknown) {
  try {
    parseEvidenceRecord(input);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "evidence-record-invalid") return error.details.path;
    throw error;
  }
  return undefined;
}

describe("evidenceDigest", () => {
  it("equals what ethers computes", () => {
    const types = { Evidence: evidenceTypes.Evidence.map((field) => ({ ...field })) };
    expect(evidenceDigest(record(), domain)).to.equal(TypedDataEncoder.hash(evidenceDomainOf(domain), types, record()));
  });

  it("changes with every field, the chain and the contract", () => {
    const changes: Partial<EvidenceRecord>[] = [
      { kind: "copy" },
      { fileCommitment: hash("other") },
      { cid: "bafybeifx7yeb55armcsxwwitkymga5xf53dxiarykms3ygqic223w5sk3m" },
      { metaRoot: hash("other") },
      { caseRef: hash("other") },
      { supersedes: hash("other") },
      { beaconBlock: 18 },
      { beaconHash: hash("other") },
      { deadline: 1_800_000_001 },
    ];
    const digests = [
      evidenceDigest(record(), domain),
      ...changes.map((change) => evidenceDigest(record(change), domain)),
      evidenceDigest(record(), { ...domain, chainId: 1 }),
      evidenceDigest(record(), { ...domain, registry: "0x5fbdb2315678afecb367f032d93f642f64180aa4" }),
    ];
    expect(new Set(digests).size).to.equal(digests.length);
  });

  it("is what a wallet signs", async () => {
    const account = privateKeyToAccount(hash("alice"));
    const signature = await account.signTypedData(evidenceTypedData(record(), domain));
    expect(signature).to.equal(await account.sign({ hash: evidenceDigest(record(), domain) }));
  });
});

describe("evidenceLeaf", () => {
  it("is SHA-256 of a zero byte, the digest, the submitter and the signature", () => {
    const digest = hash("digest");
    const signature = toHex(new Uint8Array(65).fill(7));
    const message = Buffer.from(`00${digest.slice(2)}${submitter.slice(2)}${signature.slice(2)}`, "hex");
    expect(evidenceLeaf(digest, submitter, signature)).to.equal(
      `0x${createHash("sha256").update(message).digest("hex")}`,
    );
  });
});

describe("commitments", () => {
  it("put each part after its length, so that moving a byte from one part to the next changes them", () => {
    const expected = Buffer.concat([
      Buffer.from([0, 0, 0, 15]),
      Buffer.from("holdfast-file/1"),
      Buffer.from([0, 0, 0, 16]),
      Buffer.from(saltOf("salt").slice(2), "hex"),
      Buffer.from([0, 0, 0, 32]),
      Buffer.from(hash("sha256").slice(2), "hex"),
      Buffer.from([0, 0, 0, 20]),
      Buffer.from(submitter.slice(2), "hex"),
    ]);
    expect(fileCommitmentOf(hash("sha256"), owner)).to.equal(
      `0x${createHash("sha256").update(expected).digest("hex")}`,
    );
  });

  it("differ by purpose, salt, submitter, field and value", () => {
    const salted = { ...owner, salt: saltOf("other salt") };
    const stolen = { ...owner, submitter: domain.registry };
    const values = [
      fileCommitmentOf(hash("a"), owner),
      fileCommitmentOf(hash("b"), owner),
      fileCommitmentOf(hash("a"), salted),
      fileCommitmentOf(hash("a"), stolen),
      caseRefOf(hash("a"), owner),
      caseRefOf(hash("a"), stolen),
      metaLeafOf("name", "a", owner),
      metaLeafOf("type", "a", owner),
      metaLeafOf("name", "b", owner),
      metaLeafOf("name", "a", salted),
      metaLeafOf("name", "a", stolen),
    ];
    expect(new Set(values).size).to.equal(values.length);
  });

  it("give a root that any field moves", () => {
    const leaves = Object.fromEntries(metaFields.map((field) => [field, metaLeafOf(field, "", owner)])) as Record<
      (typeof metaFields)[number],
      `0x${string}`
    >;
    const roots = metaFields.map((field) => metaRootOf({ ...leaves, [field]: metaLeafOf(field, "x", owner) }));
    expect(new Set([metaRootOf(leaves), ...roots]).size).to.equal(metaFields.length + 1);
  });
});

describe("parseEvidenceRecord", () => {
  it("gives back what it accepts", () => {
    expect(parseEvidenceRecord(record())).to.deep.equal(record());
    expect(parseEvidenceRecord(record({ kind: "supersede", supersedes: hash("old") })).kind).to.equal("supersede");
    const withdrawal = record({ kind: "withdraw", cid: "", fileCommitment: zeroHash, supersedes: hash("old") });
    expect(parseEvidenceRecord(withdrawal)).to.deep.equal(withdrawal);
  });

  it("refuses unknown fields, other spellings, other versions and contradictions, and names the field", () => {
    expect(pathOfRefusal({ ...record(), note: "x" })).to.equal("");
    expect(pathOfRefusal(null)).to.equal("");
    expect(pathOfRefusal({ ...record(), kind: "photo" })).to.equal("kind");
    expect(pathOfRefusal({ ...record(), metaRoot: hash("meta").toUpperCase() })).to.equal("metaRoot");
    expect(pathOfRefusal({ ...record(), caseRef: "0x12" })).to.equal("caseRef");
    expect(pathOfRefusal({ ...record(), encoding: "plain" })).to.equal("encoding");
    expect(pathOfRefusal({ ...record(), cid: "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG" })).to.equal("cid");
    expect(pathOfRefusal({ ...record(), cid: "" })).to.equal("cid");
    expect(pathOfRefusal({ ...record(), fileCommitment: zeroHash })).to.equal("fileCommitment");
    expect(pathOfRefusal({ ...record(), beaconBlock: 1.5 })).to.equal("beaconBlock");
    expect(pathOfRefusal({ ...record(), beaconBlock: 2 ** 53 })).to.equal("beaconBlock");
    expect(pathOfRefusal({ ...record(), deadline: "1" })).to.equal("deadline");
    expect(pathOfRefusal(record({ supersedes: hash("old") }))).to.equal("supersedes");
    expect(pathOfRefusal(record({ kind: "supersede" }))).to.equal("supersedes");
    expect(pathOfRefusal(record({ kind: "erase", supersedes: hash("old"), fileCommitment: zeroHash }))).to.equal("cid");
  });
});
