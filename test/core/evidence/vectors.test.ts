import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { expect } from "chai";
import { TypedDataEncoder, verifyTypedData } from "ethers";
import { concatHex, type Hex, hashTypedData } from "viem";
import { vectors as regenerate } from "../../../scripts/vectors/evidence.ts";
import { parseBundle, serializeBundle } from "../../../src/core/evidence/bundle.ts";
import { buildTree, pathOf, rootFromPath, rootOf } from "../../../src/core/evidence/merkle.ts";
import { evidenceDigest, evidenceLeaf, parseEvidenceRecord } from "../../../src/core/evidence/record.ts";
import { verifyBundle } from "../../../src/core/evidence/verify/verifyBundle.ts";
import { evidenceDomain, photo, streamOf } from "../../fixtures/evidence.ts";
import first from "../../vectors/bundles-v1.json" with { type: "json" };
import vectors from "../../vectors/evidence.json" with { type: "json" };

const record = parseEvidenceRecord(vectors.typedData.message);
const sha256 = (hex: Hex) =>
  `0x${createHash("sha256")
    .update(Buffer.from(hex.slice(2), "hex"))
    .digest("hex")}`;

function lengthPrefixed(...parts: readonly Buffer[]) {
  return `0x${Buffer.concat(parts.flatMap((part) => [uint32(part.length), part])).toString("hex")}` as Hex;
}

function uint32(value: number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const bytes = (hex: string) => Buffer.from(hex.slice(2), "hex");

describe("evidence vectors", () => {
  it("are what the code gives today", async () => {
    expect(await regenerate()).to.deep.equal(vectors);
  });

  it("have the digest that ethers, viem and core compute, signed by the submitter", () => {
    const { domain, types, message } = vectors.typedData;
    expect(TypedDataEncoder.hash(domain, types, message)).to.equal(vectors.digest);
    const viemDomain = { ...domain, verifyingContract: domain.verifyingContract as Hex };
    expect(hashTypedData({ domain: viemDomain, types, primaryType: "Evidence", message })).to.equal(vectors.digest);
    expect(evidenceDigest(record, evidenceDomain)).to.equal(vectors.digest);
    expect(verifyTypedData(domain, types, message, vectors.signature).toLowerCase()).to.equal(vectors.submitter);
  });

  it("have the leaf and commitments that plain SHA-256 gives", () => {
    const { file, case: deal, meta } = vectors.commitments;
    const parts = [vectors.digest, vectors.submitter, vectors.signature] as Hex[];
    expect(sha256(concatHex(["0x00", ...parts]))).to.equal(vectors.leaf);
    expect(evidenceLeaf(parts[0]!, parts[1]!, parts[2]!)).to.equal(vectors.leaf);
    const commitment = (tag: string, salt: string, ...committed: readonly Buffer[]) =>
      sha256(lengthPrefixed(Buffer.from(tag), bytes(salt), ...committed, bytes(vectors.submitter)));
    expect(commitment("holdfast-file/1", file.salt, bytes(file.sha256))).to.equal(file.is);
    expect(commitment("holdfast-case/1", deal.salt, bytes(deal.dealId))).to.equal(deal.is);
    for (const { field, value, salt, is } of meta) {
      expect(commitment("holdfast-meta/1", salt, Buffer.from(field), Buffer.from(value))).to.equal(is);
    }
  });

  it("have trees of 1 to 17 leaves with every path", () => {
    expect(vectors.trees.map(({ leaves }) => leaves.length)).to.deep.equal(Array.from({ length: 17 }, (_, i) => i + 1));
    for (const { leaves, root, paths } of vectors.trees) {
      const tree = buildTree(leaves as Hex[]);
      expect(rootOf(tree)).to.equal(root);
      paths.forEach((siblings, index) => {
        expect(pathOf(tree, index).siblings).to.deep.equal(siblings);
        const path = { index, size: leaves.length, siblings: siblings as Hex[] };
        expect(rootFromPath(leaves[index] as Hex, path)).to.equal(root);
      });
    }
  });

  for (const { version, bundles } of [
    { version: 1, bundles: first.bundles },
    { version: 2, bundles: vectors.bundles },
  ]) {
    const text = bundles.good[0]!.text;

    for (const good of bundles.good) {
      it(`verify, version ${version}: ${good.name}`, async () => {
        expect(good.text).to.include(`"holdfast-evidence-bundle/${version}"`);
        expect((await verifyBundle(good.text, { file: streamOf(photo) })).verdict).to.deep.equal(good.verdict);
        expect(good.verdict.status).to.equal("verified");
        expect(serializeBundle(parseBundle(good.text))).to.equal(good.text);
      });
    }

    for (const bad of bundles.bad) {
      it(`do not verify, version ${version}: ${bad.name}`, async () => {
        const changed = text.replace(bad.find, bad.replace);
        expect(changed).not.to.equal(text);
        expect((await verifyBundle(changed, { file: streamOf(photo) })).verdict).to.deep.equal(bad.verdict);
        expect(bad.verdict.status).not.to.equal("verified");
      });
    }
  }
});
