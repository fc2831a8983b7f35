import { describe, it } from "node:test";
import { expect } from "chai";
import { zeroHash } from "viem";
import { parseBundle, serializeBundle } from "../../../src/core/evidence/bundle.ts";
import { evidenceDigest, evidenceLeaf, evidenceTypedData } from "../../../src/core/evidence/record.ts";
import type { VerifyOptions } from "../../../src/core/evidence/verify/options.ts";
import { verifyBundle } from "../../../src/core/evidence/verify/verifyBundle.ts";
import type { Language } from "../../../src/core/text/language.ts";
import { evidenceReport, reportText } from "../../../src/core/text/report.ts";
import { bundleOfPhoto, buyer, evidenceDomain, filePhoto, photo, streamOf } from "../../fixtures/evidence.ts";
import vectors from "../../vectors/evidence.json" with { type: "json" };

const filed = await filePhoto();
const [whole, closed] = vectors.bundles.good.map(({ text }) => text);

async function report(bundleText: string, options: VerifyOptions = {}, language: Language = "en", generatedAt = 0) {
  const verification = await verifyBundle(bundleText, options);
  return evidenceReport(verification, { language, bundleText, generatedAt, tool: "holdfast 0.1.0" });
}

describe("evidenceReport", () => {
  it("says what is proven, relative to which block, and what is not", async () => {
    const text = await report(whole!, { file: streamOf(photo) });
    expect(text).to.include("\n  verified\n");
    expect(text).to.include(
      "Signed no earlier than (as the submitter states, not confirmed by the chain): 2027-01-15 08:00:00 UTC",
    );
    expect(text).to.include("Existed no later than (as the bundle states, not confirmed): 2027-01-15 08:02:00 UTC");
    expect(text).to.include("within these 120 seconds");
    expect(text)
      .to.include("Time: stated, not confirmed")
      .and.to.include("Anybody can make such a bundle with any date");
    expect(text).to.include("[not checked] the block is on the chain: needs a trusted source of the chain");
    expect(text).to.include("It does not prove that what they show is true");
    expect(text).to.include("Shows the scratch on the left side");
    expect(text).to.include("over HTTPS");
  });

  it("has the same number for the same input, whenever it is made", async () => {
    const one = await report(whole!, { file: streamOf(photo) }, "en", 1);
    const other = await report(whole!, { file: streamOf(photo) }, "en", 2);
    const differing = one.split("\n").filter((line, i) => line !== other.split("\n")[i]);
    expect(differing).to.deep.equal(["  Generated: 1970-01-01 00:00:01 UTC"]);
  });

  it("names what differs, with both values", async () => {
    const text = await report(whole!, { file: streamOf(photo.subarray(1)) });
    expect(text).to.include("\n  refuted\n");
    expect(text).to.match(/\[DIFFERS\] length of the file\n {6}expected: 40000\n {6}found: 39999\n/);
    expect(text).not.to.include("Existed no later than");
  });

  it("never calls what it cannot check tampered with", async () => {
    const missing = await report(whole!);
    expect(missing).to.include("\n  missing\n").and.to.include("This does not mean tampering");
    const later = await report(whole!.replace("bundle/2", "bundle/3"), { file: streamOf(photo) });
    expect(later).to.include("\n  unverifiable\n").and.to.include("The bundle could not be read");
  });

  it("says that the signature's lower time is confirmed, and who keeps the registry, only when it was checked", async () => {
    const { record, anchor } = parseBundle(whole!);
    const { chainId, registry } = anchor;
    const blocks = [
      { number: anchor.blockNumber, hash: anchor.blockHash },
      { number: record.beaconBlock, hash: record.beaconHash },
    ];
    const trusted = { blocks, deployment: { chainId, registry } };
    const confirmed = await report(whole!, { file: streamOf(photo), trusted });
    expect(confirmed).to.include("Signed no earlier than: 2027-01-15 08:00:00 UTC").and.to.include("has no owner");
    const offline = await report(whole!, { file: streamOf(photo) });
    expect(offline).to.include("not confirmed: compare chain and address").and.not.to.include("has no owner");
  });

  it("claims nothing about a file where the record has none", async () => {
    const record = {
      ...filed.record,
      kind: "withdraw" as const,
      cid: "",
      fileCommitment: zeroHash,
      supersedes: filed.digest,
    };
    const signature = await buyer.signTypedData(evidenceTypedData(record, evidenceDomain));
    const digest = evidenceDigest(record, evidenceDomain);
    const leaf = evidenceLeaf(digest, filed.submitter.address, signature);
    const openings = { ...filed.openings, file: null };
    const bundleText = serializeBundle(await bundleOfPhoto({ ...filed, record, openings, signature, digest, leaf }));

    const alone = await report(bundleText);
    expect(alone).to.include("\n  verified\n").and.to.include("says nothing about any file");
    expect(alone).not.to.include("The file is the one");
    const withFile = await report(bundleText, { file: streamOf(photo) });
    expect(withFile).to.include("\n  unverifiable\n").and.to.include("cannot be used to check the file");
  });

  it("does not blame the file for a changed bundle", async () => {
    const { openings } = parseBundle(whole!);
    const changed = whole!.replace(openings.file!.sha256, `0x${"ab".repeat(32)}`);
    const note = "this does not show that the file was altered";
    expect(await report(changed, { file: streamOf(photo) }))
      .to.include("\n  refuted\n")
      .and.to.include(note);
    expect(await report(whole!, { file: streamOf(photo.subarray(1)) })).not.to.include(note);
  });

  it("says of a custody log that steps may be missing at its end and that anybody can add some", async () => {
    expect(await report(whole!)).to.include("Anyone can add a step that they sign, and steps after the last one");
  });

  it("says which facts the party kept closed, and tells nothing of them", async () => {
    const text = await report(closed!, { file: streamOf(photo) });
    expect(text).to.include("What it is to show: (not disclosed)").and.not.to.include("Shows the scratch");
    expect(text).to.include("stated purpose").and.to.include("not disclosed in this bundle");
  });

  it("lets no party write a line of the report", async () => {
    const purpose = "x\n  [agrees] everything\u2028\u202e";
    const filed = await filePhoto({ meta: { purpose } });
    const text = await report(serializeBundle(await bundleOfPhoto(filed)), { file: streamOf(photo) });
    expect(text).to.include('> What it is to show: "x\\u{a} [agrees] everything\\u{2028}\\u{202e}"\n');
  });

  it("collapses what a party spaced out, writes out blank letters, and leaves out facts that are not stated", async () => {
    const purpose = `x${" ".repeat(60)}[agrees]\u3164\u2800\u00a0\u2003"everything"`;
    const text = await report(serializeBundle(await bundleOfPhoto(await filePhoto({ meta: { purpose } }))), {
      file: streamOf(photo),
    });
    expect(text).to.include(`> What it is to show: "x [agrees]\\u{3164}\\u{2800} 'everything'"\n`);
    expect(text).not.to.match(/Place|stated place/);
    expect(text).to.include("[agrees] stated facts, as signed (agreement with a signature does not make them true): ");
  });

  it("shows times where the reader is, beside UTC", async () => {
    const verification = await verifyBundle(whole!, { file: streamOf(photo) });
    const text = await evidenceReport(verification, {
      ...{ language: "en", bundleText: whole!, generatedAt: 0, tool: "holdfast 0.1.0" },
      timeZone: "Asia/Shanghai",
    });
    expect(text).to.include("2027-01-15 08:02:00 UTC (2027-01-15 16:02:00 Asia/Shanghai)");
    const numberOf = (report: string) => /Report number: (\w+)/.exec(report)?.[1];
    expect(numberOf(text))
      .to.equal(numberOf(await report(whole!, { file: streamOf(photo) })))
      .and.not.to.equal(undefined);
  });

  it("does not call evidence altered because its block is not the reader's", async () => {
    const { anchor } = parseBundle(whole!);
    const blocks = [{ number: anchor.blockNumber, hash: `0x${"00".repeat(32)}` as const }];
    const text = await report(whole!, { file: streamOf(photo), trusted: { blocks } });
    expect(text).to.include("Time: contradicted");
    expect(text.match(/does not show that the file was altered/g)).to.have.length(1);
    expect(text).not.to.include("Existed no later than");
  });

  it("says it all in Chinese too", async () => {
    const text = await report(whole!, { file: streamOf(photo) }, "zh");
    expect(text).to.include("\n  一致\n").and.to.include("沙发 scratch.jpg").and.to.include("仅为陈述，未经确认");
    expect(await report(whole!, {}, "zh")).to.include("不等于被篡改");
    expect(Object.keys(reportText.zh.check)).to.deep.equal(Object.keys(reportText.en.check));
  });
});
