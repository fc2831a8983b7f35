import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, keccak256, stringToBytes } from "viem";
import { panelRules } from "../../src/core/deal/panel.ts";
import { dealIdOf, termsSchema } from "../../src/core/deal/terms.ts";
import { filingReceiptDigest, filingReceiptTypes } from "../../src/core/evidence/anchorPromise.ts";
import { maxBundleBytes, parseBundle } from "../../src/core/evidence/bundle.ts";
import { custodyDigests, custodyTypes } from "../../src/core/evidence/custody.ts";
import { digestFile } from "../../src/core/evidence/digest.ts";
import { rootFromPath } from "../../src/core/evidence/merkle.ts";
import { anchoredTopic } from "../../src/core/evidence/receiptProof.ts";
import { evidenceDigest, evidenceLeaf, evidenceTypes, metaFields } from "../../src/core/evidence/record.ts";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import { reportText } from "../../src/core/text/report.ts";
import { photo, streamOf } from "../fixtures/evidence.ts";
import vectors from "../vectors/evidence.json" with { type: "json" };

const page = readFileSync(join(import.meta.dirname, "../../docs/format.md"), "utf8");
const text = vectors.bundles.good[0]!.text;
const bundle = parseBundle(text);
const domain = { chainId: bundle.anchor.chainId, registry: bundle.anchor.registry };
const digest = evidenceDigest(bundle.record, domain);
const leaf = evidenceLeaf(digest, bundle.submitter.address, bundle.signature);

const typeText = (types: Readonly<Record<string, readonly { name: string; type: string }[]>>) =>
  Object.entries(types).map(
    ([name, fields]) => `${name}(${fields.map((one) => `${one.type} ${one.name}`).join()})`,
  )[0]!;

/** The rows of the table under a heading, as cells without the first. */
const rowsUnder = (heading: string) => {
  const section = page.split(`\n${heading}\n`)[1]?.split(/\n#{1,3} /)[0] ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
};

describe("docs/format.md", () => {
  it("has every signed type with the hash that it has", () => {
    const rows = rowsUnder("## What is signed").filter(([, type = ""]) => /^`\w+\(.*\)`$/.test(type));
    const types = rows.map(([, type = "", hash = ""]) => [type.slice(1, -1), hash.replaceAll("`", "")] as const);
    expect(types.map(([type]) => type)).to.include.members(
      [evidenceTypes, custodyTypes, filingReceiptTypes].map(typeText),
    );
    for (const [type, hash] of types) expect(keccak256(stringToBytes(type)), type).to.equal(hash);
  });

  it("lists every check in the order in which it is made, and every reason not to make one", async () => {
    const { checks } = await verifyBundle(text, { file: streamOf(photo) });
    const listed = rowsUnder("## Checks").flatMap(([number = "", names = ""]) =>
      /^\d/.test(number) ? [...names.matchAll(/`([a-zA-Z0-9-]+)`/g)].map(([, name]) => name) : [],
    );
    expect(listed).to.deep.equal(checks.map(({ id }) => id));
    for (const reason of Object.keys(reportText.en.why)) expect(page).to.include(`\`${reason}\``);
  });

  it("has the facts of a file in their order, and the limit of a bundle", () => {
    expect(page.replaceAll("\n", " ")).to.include(metaFields.map((field) => `\`${field}\``).join(", "));
    expect(page).to.include(maxBundleBytes.toLocaleString("en-US"));
    expect(page).to.include(anchoredTopic);
  });

  it("gives the values of the vectors as its examples", async () => {
    const { sha256, sm3 } = await digestFile(streamOf(photo));
    const { deal, promise, custody, record, path } = bundle;
    const terms = termsSchema.parse(deal!.terms);
    const examples: Record<string, Hex> = {
      sha256,
      sm3,
      digest,
      leaf,
      root: rootFromPath(leaf, path),
      fileCommitment: record.fileCommitment,
      metaRoot: record.metaRoot,
      caseRef: record.caseRef,
      sibling: path.siblings[1]!,
      dealId: dealIdOf(terms, { chainId: domain.chainId, escrow: deal!.escrow }),
      rules: panelRules(deal!.panel!),
      promise: filingReceiptDigest({ leaf, ...promise! }, domain),
    };
    for (const [name, value] of Object.entries(examples)) expect(page, name).to.include(`\`${value}\``);
    for (const step of custodyDigests(custody, digest, { domain, version: 2 })) expect(page).to.include(`\`${step}\``);
  });
});
