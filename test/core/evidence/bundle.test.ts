import { describe, it } from "node:test";
import { expect } from "chai";
import { zeroHash } from "viem";
import { ProtocolError } from "../../../src/core/errors.ts";
import { bundleBytesTarget, discloseOnly, parseBundle, serializeBundle } from "../../../src/core/evidence/bundle.ts";
import { bundleOfPhoto, filePhoto } from "../../fixtures/evidence.ts";

const filed = await filePhoto();
const bundle = await bundleOfPhoto(filed);
const text = serializeBundle(bundle);

function refusalOf(changed: string) {
  try {
    parseBundle(changed);
  } catch (error) {
    if (error instanceof ProtocolError)
      return `${error.code} ${error.details.path ?? error.details.format ?? ""}`.trim();
    throw error;
  }
  return undefined;
}

describe("serializeBundle", () => {
  it("is undone by parseBundle", () => {
    expect(parseBundle(text)).to.deep.equal(bundle);
    expect(serializeBundle(parseBundle(text))).to.equal(text);
  });

  it("writes keys in one order, whatever order they came in", () => {
    const { format, ...rest } = bundle;
    expect(serializeBundle({ ...rest, format })).to.equal(text);
  });

  it("stays below 12 KB in a block of 200 transactions and a tree of a million leaves", async () => {
    const large = serializeBundle(await bundleOfPhoto(filed, { size: 1_000_000 }));
    expect(Buffer.byteLength(large)).to.be.lessThanOrEqual(bundleBytesTarget);
  });
});

describe("parseBundle", () => {
  it("takes any white space between tokens", () => {
    const compact = JSON.stringify(bundle);
    expect(parseBundle(compact)).to.deep.equal(bundle);
    expect(parseBundle(text.replaceAll("\n", "\r\n\t "))).to.deep.equal(bundle);
  });

  it("takes one byte order mark before everything", () => {
    expect(parseBundle(`\uFEFF${text}`)).to.deep.equal(bundle);
  });

  it("refuses nesting that no stack holds", () => {
    expect(refusalOf("[".repeat(32_000) + "]".repeat(32_000))).to.equal("bundle-malformed");
    expect(refusalOf(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`)).to.equal("bundle-malformed");
  });

  it("takes a disclosed length in digits and a disclosed SM3 in hex only, or empty", () => {
    const withFact = (field: "size" | "sm3", value: string) => {
      const meta = { ...bundle.openings.meta, [field]: { ...bundle.openings.meta[field], value } };
      return JSON.stringify({ ...bundle, openings: { ...bundle.openings, meta } });
    };
    for (const size of ["4e4", "040000", "40000 bytes", "-1", "1\n2", "9".repeat(17)])
      expect(refusalOf(withFact("size", size)), size).to.equal("bundle-malformed openings.meta.size");
    for (const sm3 of ["ab", `0x${"AB".repeat(32)}`, "ab".repeat(32), `0x${"ab".repeat(32)}\n`])
      expect(refusalOf(withFact("sm3", sm3)), sm3).to.equal("bundle-malformed openings.meta.sm3");
    for (const changed of [withFact("size", ""), withFact("size", "0"), withFact("sm3", "")])
      expect(refusalOf(changed)).to.equal(undefined);
  });

  it("refuses a custody signature in the shorter of its two spellings", () => {
    const custody = bundle.custody.map((step) => ({ ...step, signature: step.signature.slice(0, -2) }));
    expect(refusalOf(JSON.stringify({ ...bundle, custody }))).to.equal("bundle-malformed custody.0.signature");
  });

  it("refuses what readers would read differently", () => {
    expect(refusalOf(text.replace('"index": 2', '"index": 3, "index": 2'))).to.equal("bundle-malformed");
    expect(refusalOf(text.replace('"index": 2', '"index": 2.0'))).to.equal("bundle-malformed");
    expect(refusalOf(text.replace('"index": 2', '"index": 2e0'))).to.equal("bundle-malformed");
    expect(refusalOf(text.replace('"phone"', '"\\u0070hone"'))).to.equal("bundle-malformed");
    expect(refusalOf(text.replace('"phone"', '"\\ud800"'))).to.equal("bundle-malformed openings.meta.device");
    expect(refusalOf(`\uFEFF\uFEFF${text}`)).to.equal("bundle-malformed");
  });

  it("names the field that is wrong", () => {
    expect(refusalOf(text.replace('"index": 2', '"index": -1'))).to.equal("bundle-malformed path.index");
    expect(refusalOf(text.replace('"custody":', '"custodians":'))).to.equal("bundle-malformed custody");
    expect(refusalOf(text.replace('"original"', '"photo"'))).to.equal("bundle-malformed record.kind");
    expect(refusalOf(JSON.stringify({ ...bundle, openings: { ...bundle.openings, file: null } }))).to.equal(
      "bundle-malformed openings.file",
    );
    const withdrawal = {
      ...bundle.record,
      kind: "withdraw",
      cid: "",
      fileCommitment: zeroHash,
      supersedes: filed.digest,
    };
    expect(refusalOf(JSON.stringify({ ...bundle, record: withdrawal }))).to.equal("bundle-malformed openings.file");
  });

  it("tells another version from another format", () => {
    expect(refusalOf(text.replace("bundle/2", "bundle/9"))).to.equal(
      "bundle-version-unknown holdfast-evidence-bundle/9",
    );
    expect(refusalOf(text.replace("holdfast-evidence-bundle/2", "receipt/1"))).to.equal("bundle-malformed format");
  });

  it("refuses a text over 256 KB unread", () => {
    expect(refusalOf("[".repeat(270_000))).to.equal("bundle-too-large");
  });
});

describe("discloseOnly", () => {
  it("takes value and salt of every other fact out of the text", () => {
    const closed = serializeBundle(discloseOnly(bundle, ["name"]));
    expect(closed).to.include(bundle.openings.meta.name.leaf);
    const { purpose } = bundle.openings.meta;
    expect("value" in purpose && closed.includes(purpose.value)).to.equal(false);
    expect("salt" in purpose && closed.includes(purpose.salt)).to.equal(false);
  });
});
