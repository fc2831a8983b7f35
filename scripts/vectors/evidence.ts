import { type Hex, sha256, stringToBytes } from "viem";
import { discloseOnly, type EvidenceBundle, serializeBundle } from "../../src/core/evidence/bundle.ts";
import { buildTree, pathOf, rootOf } from "../../src/core/evidence/merkle.ts";
import {
  caseRefOf,
  evidenceDigest,
  evidenceDomainOf,
  evidenceLeaf,
  evidenceTypes,
  fileCommitmentOf,
  metaLeafOf,
  metaRootOf,
} from "../../src/core/evidence/record.ts";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import {
  bundleOfPhoto,
  evidenceDomain,
  photo,
  photoDeal,
  promisedPhoto,
  streamOf,
} from "../../test/fixtures/evidence.ts";

// An age file differs each time it is made, and nothing relies on it.
const WRAPPED_KEY = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==";

/** Content of `test/vectors/evidence.json`: the same on every run. */
export async function vectors() {
  const filed = { ...(await promisedPhoto()), wrappedKey: WRAPPED_KEY };
  const bundle = await bundleOfPhoto(filed, { deal: photoDeal });
  const { record, openings } = bundle;
  const ownerOf = (salt: Hex) => ({ salt, submitter: bundle.submitter.address });
  return {
    about:
      "Evidence: record, commitments, leaf, trees and bundles. The file is 40,000 bytes, byte i is (13 i + floor(i / 64)) mod 256.",
    typedData: { domain: evidenceDomainOf(evidenceDomain), types: evidenceTypes, message: record },
    digest: evidenceDigest(record, evidenceDomain),
    submitter: bundle.submitter.address,
    signature: bundle.signature,
    leaf: evidenceLeaf(filed.digest, bundle.submitter.address, bundle.signature),
    commitments: {
      file: { ...openings.file!, is: fileCommitmentOf(openings.file!.sha256, ownerOf(openings.file!.salt)) },
      case: { ...openings.case!, is: caseRefOf(openings.case!.dealId, ownerOf(openings.case!.salt)) },
      meta: Object.entries(openings.meta).map(([field, opening]) => {
        if (!("value" in opening)) throw new Error("the vector discloses every fact");
        return {
          field,
          value: opening.value,
          salt: opening.salt,
          is: metaLeafOf(field as never, opening.value, ownerOf(opening.salt)),
        };
      }),
      metaRoot: metaRootOf(
        Object.fromEntries(Object.entries(openings.meta).map(([field, { leaf }]) => [field, leaf])) as never,
      ),
    },
    trees: Array.from({ length: 17 }, (_, i) => treeOf(i + 1)),
    bundles: { good: await goodBundles(bundle), bad: await badBundles(bundle) },
  };
}

function treeOf(size: number) {
  const leaves = Array.from({ length: size }, (_, i): Hex => sha256(stringToBytes(`leaf ${i}`)));
  const tree = buildTree(leaves);
  return { leaves, root: rootOf(tree), paths: leaves.map((_, i) => pathOf(tree, i).siblings) };
}

async function goodBundles(bundle: EvidenceBundle) {
  const good = { whole: bundle, "name alone disclosed": discloseOnly(bundle, ["name"]) };
  return Promise.all(
    Object.entries(good).map(async ([name, value]) => {
      const text = serializeBundle(value);
      return { name, text, verdict: await verdictOf(text) };
    }),
  );
}

/** One change each to the first good bundle: text to find, text to put there, and what a verifier must say. */
async function badBundles(bundle: EvidenceBundle) {
  const text = serializeBundle(bundle);
  const { record, anchor, deal, openings, path, promise } = bundle;
  const changes = [
    ["another kind", '"original"', '"copy"'],
    ["another file", openings.file!.sha256, flipped(openings.file!.sha256)],
    ["another salt", openings.file!.salt, flipped(openings.file!.salt)],
    ["another case", openings.case!.dealId, flipped(openings.case!.dealId)],
    ["another fact", "Shows the scratch", "Shows no scratch"],
    ["another CID", record.cid, `${record.cid.slice(0, -1)}${record.cid.endsWith("a") ? "b" : "a"}`],
    ["another signature", bundle.signature, flipped(bundle.signature)],
    ["another sibling", path.siblings[0]!, flipped(path.siblings[0]!)],
    ["another position", '"index": 2', '"index": 3'],
    ["another chain", '"chainId": 31337', '"chainId": 1'],
    ["another block hash", anchor.blockHash, flipped(anchor.blockHash)],
    ["another header", anchor.header, flipped(anchor.header)],
    ["another receipt", anchor.receiptProof.at(-1)!, flipped(anchor.receiptProof.at(-1)!)],
    ["another beacon", anchor.beaconHeader!, flipped(anchor.beaconHeader!)],
    ["another custody note", "over HTTPS", "by hand"],
    ["a later version", "evidence-bundle/2", "evidence-bundle/3"],
    ["another promise", promise!.signature, flipped(promise!.signature)],
    ["another deadline of the promise", `"anchorBy": ${promise!.anchorBy}`, `"anchorBy": ${promise!.anchorBy + 1}`],
    ["another price", '"price": "1000"', '"price": "1001"'],
    ["another arbitrator", deal!.panel!.arbitrators[0]!, flipped(deal!.panel!.arbitrators[0]!)],
    ["a price in another spelling", '"price": "1000"', '"price": 1000'],
    ["an address in another spelling", deal!.escrow, deal!.escrow.toUpperCase().replace("0X", "0x")],
    ["an empty list of tokens", '"timestamps": []', '"timestamps": [[]]'],
    ["an unknown field", '"format":', '"extra": 1, "format":'],
    ["a repeated field", '"index": 2', '"index": 3, "index": 2'],
  ] as const;
  return Promise.all(
    changes.map(async ([name, find, replace]) => {
      return { name, find, replace, verdict: await verdictOf(text.replace(find, replace)) };
    }),
  );
}

async function verdictOf(text: string) {
  return (await verifyBundle(text, { file: streamOf(photo) })).verdict;
}

function flipped(hex: Hex) {
  return `${hex.slice(0, -1)}${(Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16)}`;
}
