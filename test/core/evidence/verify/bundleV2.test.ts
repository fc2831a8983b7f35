import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import type { Hex } from "viem";
import { sortPanel } from "../../../../src/core/deal/panel.ts";
import { type EvidenceBundle, parseBundle, serializeBundle } from "../../../../src/core/evidence/bundle.ts";
import { readTimestampResponse, timestampRequest } from "../../../../src/core/evidence/timestamp/exchange.ts";
import type { VerifyOptions } from "../../../../src/core/evidence/verify/options.ts";
import { type Verification, verifyBundle } from "../../../../src/core/evidence/verify/verifyBundle.ts";
import { reportText } from "../../../../src/core/text/report.ts";
import { roleText } from "../../../../src/core/text/reportContent.ts";
import { sentencesAbout } from "../../../../src/core/text/verdict.ts";
import {
  type Chain,
  createIssuer,
  type Issuer,
  issueChain,
  opensslMissing,
  rootExtensions,
  stampExtensions,
} from "../../../fixtures/authority.ts";
import {
  ANCHORED_AT,
  bundleOfPhoto,
  buyer,
  evidenceDomain,
  filePhoto,
  named,
  photo,
  photoDeal,
  promisedPhoto,
  relayer,
  signCustody,
  streamOf,
} from "../../../fixtures/evidence.ts";
import { rejection } from "../../../fixtures/rejection.ts";

const whole = await bundleOfPhoto(await promisedPhoto(), { deal: photoDeal });

const verify = (bundle: EvidenceBundle, options: VerifyOptions = {}) =>
  verifyBundle(serializeBundle(bundle), { file: streamOf(photo), ...options });
const resultOf = ({ checks }: Verification, id: string) => checks.find((check) => check.id === id)?.result;
const failures = ({ checks }: Verification) => checks.filter(({ result }) => result === "fail").map(({ id }) => id);
const refusalOf = (value: unknown) => {
  try {
    parseBundle(JSON.stringify(value));
    return undefined;
  } catch (error) {
    return (error as { details: { path: string } }).details.path;
  }
};

describe("the deal in a bundle", () => {
  it("says what the signer is in it, without anything from the reader", async () => {
    const { subject, verdict, checks } = await verify(whole);
    expect(verdict.status).to.equal("verified");
    expect(subject?.signer.role).to.equal("buyer");
    expect(subject?.terms).to.deep.equal({ source: "bundle", escrow: photoDeal.escrow });
    expect(checks).to.deep.include({ id: "deal", result: "pass" });
  });

  it("tells an arbitrator and a stranger by the panel in it", async () => {
    const { dealId } = whole.openings.case!;
    const roleOf = async (signer: typeof buyer, deal: NonNullable<Parameters<typeof bundleOfPhoto>[1]>["deal"]) =>
      (await verify(await bundleOfPhoto(await filePhoto({ dealId }, signer), { deal: deal! }))).subject?.signer.role;
    expect(await roleOf(relayer, photoDeal)).to.equal("arbitrator");
    expect(await roleOf(relayer, { ...photoDeal, panel: null })).to.equal("unnamed");
  });

  it("is refuted when it is another one, or its panel is not the one that the terms name", async () => {
    const { deal } = whole;
    const panel = sortPanel({ ...deal!.panel!, threshold: 1, arbitrators: [buyer.address] });
    for (const changed of [
      { ...deal!, terms: { ...deal!.terms, price: "1001" } },
      { ...deal!, escrow: evidenceDomain.registry },
      { ...deal!, panel },
    ]) {
      expect(failures(await verify({ ...whole, deal: changed }))).to.deep.equal(["deal"]);
    }
  });

  it("is not said to exist, unless the reader knows it", async () => {
    const roleOf = async (options: VerifyOptions, language: "en" | "zh") =>
      roleText((await verify(whole, options)).subject!, reportText[language]);
    const own = "the buyer of the deal";
    expect(await roleOf({}, "en")).to.equal(
      `${own}, by the terms in the bundle (escrow ${photoDeal.escrow}): that this deal exists is not shown`,
    );
    expect(await roleOf({}, "zh")).to.include("该交易是否存在未予证明");
    expect(await roleOf({ deal: photoDeal }, "en")).to.equal(own);
  });

  it("does not stand in for the reader's own", async () => {
    const other = { ...photoDeal, terms: { ...photoDeal.terms, price: 999n } };
    expect(failures(await verify(whole, { deal: other }))).to.deep.equal(["deal"]);
  });

  it("is not read without the case that it opens, or in another spelling", () => {
    const { deal, openings } = whole;
    const of = (changed: unknown) => refusalOf({ ...whole, deal: changed });
    expect(refusalOf({ ...whole, openings: { ...openings, case: null } })).to.equal("deal");
    expect(of({ ...deal, terms: { ...deal!.terms, price: 1000 } })).to.equal("deal.terms.price");
    const buyerInCapitals = deal!.terms.buyer.toUpperCase().replace("0X", "0x");
    expect(of({ ...deal, terms: { ...deal!.terms, buyer: buyerInCapitals } })).to.equal("deal.terms");
    expect(of({ ...deal, terms: { ...deal!.terms, more: 1 } })).to.equal("deal.terms");
    expect(of({ ...deal, panel: { ...deal!.panel, threshold: 2 } })).to.match(/^deal\.panel/);
    const keysMoved = Object.fromEntries(Object.entries(deal!.terms).toReversed());
    expect(of({ ...deal, terms: keysMoved })).to.equal(undefined);
  });
});

describe("the promise in a bundle", () => {
  it("is checked, and kept where the anchor came in time", async () => {
    const { checks, promise, verdict } = await verify(whole);
    expect(verdict.status).to.equal("verified");
    expect(checks).to.deep.include({ id: "promise", result: "pass" });
    expect(promise).to.include({ relayer: relayer.address.toLowerCase(), anchorBy: ANCHORED_AT + 60, isKept: true });
  });

  it("speaks against the relayer, not against the evidence, where the anchor came late", async () => {
    const late = await bundleOfPhoto(await promisedPhoto(ANCHORED_AT - 1));
    const { promise, verdict } = await verify(late);
    expect(verdict.status).to.equal("verified");
    expect(promise).to.include({ anchorBy: ANCHORED_AT - 1, isKept: false });
  });

  it("is refuted when the relayer that it names did not sign it about this record", async () => {
    const { promise } = whole;
    const other = await bundleOfPhoto(await filePhoto(), { deal: null });
    for (const changed of [
      { ...whole, promise: { ...promise!, anchorBy: promise!.anchorBy + 1 } },
      { ...whole, promise: { ...promise!, relayer: buyer.address.toLowerCase() as Hex } },
      { ...other, promise },
    ]) {
      expect(failures(await verify(changed))).to.deep.equal(["promise"]);
    }
  });
});

describe("the custody log of the second version", () => {
  it("has the number of each step in what is signed, and the first version has not", async () => {
    const { custody } = whole;
    const { deal: _deal, promise: _promise, timestamps: _timestamps, ...first } = whole;
    const asFirst = JSON.stringify({ ...first, format: "holdfast-evidence-bundle/1" });
    expect(failures(await verifyBundle(asFirst, { file: streamOf(photo) }))).to.deep.equal(["custody"]);
    const again = await signCustody(custody.slice(0, 1), (await promisedPhoto()).digest);
    expect(failures(await verify({ ...whole, custody: again }))).to.deep.equal([]);
    expect(failures(await verify({ ...whole, custody: custody.slice(1) }))).to.deep.equal(["custody"]);
  });
});

describe("time stamps in a bundle", { skip: opensslMissing }, () => {
  const DAY = 86_400;
  const now = Math.floor(Date.now() / 1_000);
  let issuer: Issuer;
  let chain: Chain;
  let root: Hex;
  let token: string;
  before(async () => {
    issuer = createIssuer();
    chain = issueChain(issuer, "Court's", { key: "ec" });
    root = ((await verify(whole)).verdict as { root: Hex }).root;
    token = stamp();
  });
  after(() => issuer.remove());

  const stamp = ({ by = chain, over = root, renews }: { by?: Chain; over?: Hex; renews?: string } = {}) => {
    const before = renews === undefined ? {} : { renews: new Uint8Array(Buffer.from(renews, "base64")) };
    const request = timestampRequest(over, { nonce: 2n ** 64n + 5n, ...before });
    const answer = readTimestampResponse(issuer.reply(request, by.stamper, { chain: [by.middle] }));
    if (answer.status !== "granted") throw new Error("refused");
    return Buffer.from(answer.token).toString("base64");
  };
  const check = (timestamps: string[][], options: VerifyOptions = {}, lists: Uint8Array[] = []) =>
    verify(
      { ...whole, timestamps },
      { trusted: { authorities: { roots: [chain.root.certificate], revocationLists: lists } }, ...options },
    );

  it("confirm when the root existed, where the reader trusts the authority", async () => {
    const { checks, time, timestamps, verdict } = await check([[token]]);
    expect(verdict.status).to.equal("verified");
    expect(checks).to.deep.include({ id: "timestamps", result: "pass" });
    expect(timestamps).to.have.length(1);
    expect(timestamps[0]).to.include({ status: "confirmed", tsa: "O=Example, CN=Court's stamps" });
    if (time.status !== "confirmed") throw new Error(time.status);
    expect(time.existedBy).to.be.within(now, now + 600);
    expect(time.anchoredAt).to.deep.equal({ at: ANCHORED_AT, isConfirmed: false });
  });

  it("confirm nothing by an authority that the reader does not trust, and are not called altered", async () => {
    const { checks, time, verdict } = await check([[token]], { trusted: {} });
    expect([verdict.status, time.status]).to.deep.equal(["verified", "stated"]);
    expect(checks).to.deep.include({ id: "timestamps", result: "not-checked", why: "authority-unknown" });
  });

  it("are not needed from every authority", async () => {
    const other = stamp({ by: issueChain(issuer, "Other") });
    const { timestamps, time } = await check([[other], [token]]);
    expect(timestamps.map(({ status }) => status)).to.deep.equal(["untrusted", "confirmed"]);
    expect(time.status).to.equal("confirmed");
  });

  it("over another root are refuted, as the bundle's fault", async () => {
    const result = await check([[stamp({ over: named("other root") })]]);
    expect(failures(result)).to.deep.equal(["timestamps"]);
    expect(result.checks.find(({ id }) => id === "timestamps")).to.include({ actual: "0.0: token-over-another-root" });
    const [sentence] = sentencesAbout(result, { file: "photo.jpg", text: "" }, "en");
    expect(sentence).to.include({ code: "bundle-altered", label: "E-VER-09" });
  });

  it("of a revoked certificate count for nothing, and speak against nothing else", async () => {
    const list = issuer.revocationList(chain.middle, [
      { party: chain.stamper, at: now - DAY, reason: "keyCompromise" },
    ]);
    const { checks, time, timestamps, verdict } = await check([[token]], {}, [list]);
    expect([verdict.status, time.status]).to.deep.equal(["verified", "stated"]);
    expect(timestamps).to.deep.equal([{ status: "invalid", problem: "token-certificate-revoked", place: 0 }]);
    expect(checks).to.deep.include({ id: "timestamps", result: "not-checked", why: "token-worthless" });
  });

  it("ahead of the reader's clock count for nothing", async () => {
    const { timestamps } = await check([[token]], { now: now - DAY });
    expect(timestamps).to.deep.equal([{ status: "invalid", problem: "token-in-future", place: 0 }]);
  });

  it("count until their last certificate ends, and longer when they are renewed", async () => {
    const long = issuer.issue("long", chain.root, {
      extensions: stampExtensions,
      validity: { from: now - DAY, until: now + 3 * 365 * DAY },
    });
    const renewer = { ...chain, stamper: long };
    const renewed = [token, stamp({ by: { ...renewer, middle: chain.middle }, renews: token })];
    const later = { now: now + 2 * 365 * DAY };
    expect((await check([[token]], later)).timestamps[0]).to.include({ status: "expired" });
    const { timestamps } = await check([renewed], later);
    expect(timestamps[0]).to.include({ status: "confirmed", certificateExpires: now + 3 * 365 * DAY });
    const { time } = await check([renewed]);
    expect(time.status).to.equal("confirmed");
  });

  it("that renew another token, or one whose certificate had ended, are refuted", async () => {
    const again = await check([[token, stamp({ renews: stamp() })]]);
    expect(again.timestamps[0]).to.include({ problem: "token-over-another-root", place: 1 });
    const old = issuer.issue("old", undefined, {
      extensions: rootExtensions,
      validity: { from: now - 9 * DAY, until: now + 9 * DAY },
    });
    expect(resultOf(again, "timestamps")).to.equal("fail");
    const unknown = await check([[token]], { trusted: { authorities: { roots: [old.certificate] } } });
    expect(unknown.timestamps[0]).to.include({ status: "untrusted" });
  });

  it("confirm nothing with one byte changed", async () => {
    const bytes = Buffer.from(token, "base64");
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = bytes[at]! ^ 0x10;
      const { time, verdict } = await check([[changed.toString("base64")]]);
      const isConfirmed = verdict.status === "verified" && time.status === "confirmed";
      expect(isConfirmed, `byte ${at}`).to.equal(false);
    }
  });

  it("are not read in another spelling of base64, nor too many or too long", () => {
    const of = (timestamps: unknown) => refusalOf({ ...whole, timestamps });
    expect(of([["QUJD"]])).to.equal(undefined);
    for (const [text, path] of [
      ["QUI", "timestamps.0.0"],
      ["QUJ=", "timestamps.0.0"],
      ["QUJD\n", "timestamps.0.0"],
      ["", "timestamps.0.0"],
      ["QUJD".repeat(5_463), "timestamps.0.0"],
    ] as const) {
      expect(of([[text]]), text.slice(0, 8)).to.equal(path);
    }
    expect(of(Array.from({ length: 5 }, () => ["QUJD"]))).to.equal("timestamps");
    expect(of([Array.from({ length: 9 }, () => "QUJD")])).to.equal("timestamps.0");
  });

  it("whose authority cannot be read are an error of the reader's", async () => {
    const authorities = { roots: [new Uint8Array([1, 2, 3])] };
    await rejection(check([[token]], { trusted: { authorities } }), "timestamp-data-malformed");
  });

  it("fit into 16 KiB with everything else, in a tree of a million leaves", async () => {
    const large = await bundleOfPhoto(await promisedPhoto(), {
      size: 1_000_000,
      deal: photoDeal,
      timestamps: [[token]],
    });
    expect(Buffer.byteLength(serializeBundle(large))).to.be.lessThanOrEqual(16_384);
  });
});
