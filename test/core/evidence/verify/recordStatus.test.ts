import { before, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, zeroHash } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { serializeBundle } from "../../../../src/core/evidence/bundle.ts";
import { recordStatuses } from "../../../../src/core/evidence/verify/recordStatus.ts";
import { type Verification, verifyBundle } from "../../../../src/core/evidence/verify/verifyBundle.ts";
import { evidenceReport, reportText } from "../../../../src/core/text/report.ts";
import { statusLines } from "../../../../src/core/text/statusLines.ts";
import { formatTime } from "../../../../src/core/text/units.ts";
import type { FiledEvidence } from "../../../../src/sdk/evidence.ts";
import {
  ANCHORED_AT,
  bundleOfPhoto,
  buyer,
  filePhoto,
  named,
  photo,
  streamOf,
  withdrawalOf,
} from "../../../fixtures/evidence.ts";

describe("what records say of each other", () => {
  const stranger = privateKeyToAccount(named("stranger"));
  let filed: FiledEvidence;
  let first: Verification;
  const check = async (evidence: FiledEvidence, file: Uint8Array | undefined = photo) =>
    verifyBundle(serializeBundle(await bundleOfPhoto(evidence)), file === undefined ? {} : { file: streamOf(file) });
  const among = (...all: Verification[]) =>
    recordStatuses(all.map((verification, index) => ({ name: `${index}`, verification })));

  before(async () => {
    filed = await filePhoto();
    first = await check(filed);
  });

  it("is nothing where there is one, or none that can be read", () => {
    const alone = { state: "not-checked", later: [], about: null };
    expect(among(first)).deep.equal([alone]);
    expect(recordStatuses([{ name: "unread", verification: undefined }])).deep.equal([alone]);
  });

  it("supersedes by the same key, whatever became of the newer file", async () => {
    const newer = await filePhoto({ kind: "supersede", supersedes: filed.digest });
    for (const file of [photo, undefined, photo.subarray(1)]) {
      const [old, fresh] = among(first, await check(newer, file));
      expect(old).deep.equal({
        state: "superseded",
        later: [
          {
            kind: "supersede",
            digest: newer.digest,
            submitter: buyer.address.toLowerCase(),
            name: "1",
            anchoredAt: { at: ANCHORED_AT, isConfirmed: false },
            force: "same-key",
          },
        ],
        about: null,
      });
      expect(fresh).deep.include({
        state: "not-checked",
        about: { digest: filed.digest, kind: "supersede", name: "0", isOwn: true },
      });
    }
    const [lonely] = among(await check(newer));
    expect(lonely!.about).deep.equal({ digest: filed.digest, kind: "supersede", name: null, isOwn: null });
  });

  it("withdraws by the same key, though a file lies beside it", async () => {
    const withdrawal = await withdrawalOf(filed);
    for (const file of [undefined, photo]) {
      const statuses = among(await check(withdrawal, file), first);
      expect(statuses[1]).include({ state: "withdrawn" });
    }
    const newer = await filePhoto({ kind: "supersede", supersedes: filed.digest });
    const [both] = among(first, await check(newer), await check(withdrawal, undefined));
    expect([both!.state, both!.later.length]).deep.equal(["withdrawn", 2]);
  });

  it("has no force by another key, nor where it does not verify, and says so", async () => {
    const foreign = await check(await withdrawalOf(filed, stranger), undefined);
    const text = serializeBundle(await bundleOfPhoto(await withdrawalOf(filed)));
    const torn = await verifyBundle(text.replace('"index": 2', '"index": 3'));
    const [status, ofStranger] = among(first, foreign, torn);
    expect(status!.state).equal("not-checked");
    expect(status!.later.map(({ force }) => force)).deep.equal(["other-key", "not-verified"]);
    expect(ofStranger!.about).include({ name: "0", isOwn: false });
    const lines = statusLines(status, reportText.en, formatTime);
    expect(lines[0])
      .include(stranger.address.toLowerCase())
      .and.include("another key signed it")
      .and.include("no force");
    expect(lines[1]).include("does not verify");
    expect(lines.at(-1)).include("whether it was withdrawn or replaced later: not checked");
    expect(statusLines(status, reportText.zh, formatTime)[0])
      .include("由另一密钥")
      .and.include("不生效力");
  });

  it("stands in the report, which never says that a record is current", async () => {
    const [status] = among(first, await check(await withdrawalOf(filed), undefined));
    const bundleText = serializeBundle(first.bundle!);
    const context = { language: "en", bundleText, generatedAt: ANCHORED_AT, tool: "tool" } as const;
    const report = await evidenceReport(first, { ...context, status });
    expect(report).include(
      `WITHDRAWN by 1, record ${status!.later[0]!.digest}, signed by the same key ${first.subject!.signer.address}`,
    );
    expect(report).include("whether other records say more: not checked");
    expect(await evidenceReport(first, context)).include("whether it was withdrawn or replaced later: not checked");
  });

  it("takes a record that names none for one about none", () => {
    expect(filed.record.supersedes satisfies Hex).equal(zeroHash);
    expect(among(first, first).map(({ later }) => later)).deep.equal([[], []]);
  });
});
