import { describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, hexToBytes, keccak256 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { panelRules, sortPanel } from "../../../../src/core/deal/panel.ts";
import { dealIdOf } from "../../../../src/core/deal/terms.ts";
import { discloseOnly, type EvidenceBundle, serializeBundle } from "../../../../src/core/evidence/bundle.ts";
import { encryptFile } from "../../../../src/core/evidence/cipher.ts";
import { rootFromPath } from "../../../../src/core/evidence/merkle.ts";
import {
  type EvidenceRecord,
  evidenceDigest,
  evidenceLeaf,
  evidenceTypedData,
  metaFields,
} from "../../../../src/core/evidence/record.ts";

import { isAboutTimeOnly, isFileAltered } from "../../../../src/core/evidence/verify/conclude.ts";
import { clockTolerance, type VerifyOptions } from "../../../../src/core/evidence/verify/options.ts";
import { type Verification, verifyBundle } from "../../../../src/core/evidence/verify/verifyBundle.ts";
import { unwrapContentKey } from "../../../../src/sdk/contentKey.ts";
import type { FiledEvidence } from "../../../../src/sdk/evidence.ts";
import {
  ANCHORED_AT,
  BLOCK_NUMBER,
  bundleOfPhoto,
  buyer,
  cidOf,
  createRandom,
  evidenceDomain,
  filePhoto,
  headerOf,
  named,
  photo,
  photoDeal,
  promisedPhoto,
  READER_IDENTITY,
  relayer,
  SIGNED_AFTER,
  signCustody,
  streamOf,
} from "../../../fixtures/evidence.ts";
import { smallTerms } from "../../../fixtures/smallDeal.ts";

const filed = await filePhoto();
const bundle = await bundleOfPhoto(filed);
const text = serializeBundle(bundle);

/** With everything that a bundle can hold but tokens, which no test can make twice. */
const whole = await bundleOfPhoto(await promisedPhoto(), { deal: photoDeal });

const verify = (changed: EvidenceBundle, options: VerifyOptions = { file: streamOf(photo) }) =>
  verifyBundle(JSON.stringify(changed), options);

const anchorBlock = { number: BLOCK_NUMBER, hash: bundle.anchor.blockHash };
const beaconBlock = { number: bundle.record.beaconBlock, hash: bundle.record.beaconHash };

const stranger = privateKeyToAccount(named("stranger"));
const panelFacts = { threshold: 1, answerWindow: 3_600, minInspection: 3_600, minBackstop: 7_200 };

const failures = ({ checks }: Verification) => checks.filter((check) => check.result === "fail").map(({ id }) => id);
const checkOf = ({ checks }: Verification, id: string) => checks.find((check) => check.id === id);

describe("verifyBundle", () => {
  it("verifies the file that was filed, offline, and says what for", async () => {
    const { verdict, time, checks } = await verifyBundle(text, { file: streamOf(photo) });

    expect(verdict).to.deep.equal({
      status: "verified",
      kind: "original",
      digest: filed.digest,
      root: rootFromPath(filed.leaf, bundle.path),
      blockNumber: BLOCK_NUMBER,
      blockHash: bundle.anchor.blockHash,
    });
    const signedAfter = { at: SIGNED_AFTER, isConfirmed: false };
    const anchoredAt = { at: ANCHORED_AT, isConfirmed: false };
    expect(time).to.deep.equal({ status: "stated", existedBy: ANCHORED_AT, anchoredAt, signedAfter });
    expect(checks.filter(({ result }) => result === "not-checked")).to.deep.equal([
      { id: "cid", result: "not-checked", why: "not-given" },
      { id: "decryption", result: "not-checked", why: "not-given" },
      { id: "deal", result: "not-checked", why: "not-given" },
      { id: "promise", result: "not-checked", why: "not-given" },
      { id: "deployment", result: "not-checked", why: "not-given" },
      { id: "block-canonical", result: "not-checked", why: "needs-chain" },
      { id: "beacon-canonical", result: "not-checked", why: "needs-chain" },
      { id: "clock", result: "not-checked", why: "not-given" },
      { id: "timestamps", result: "not-checked", why: "not-given" },
    ]);
  });

  it("confirms a time by a block that the reader trusts, and the earlier one by its own", async () => {
    const trusted = { deployment: evidenceDomain, blocks: [anchorBlock, beaconBlock] };
    const both = await verify(bundle, { file: streamOf(photo), trusted });
    const signedAfter = { at: SIGNED_AFTER, isConfirmed: true };
    const anchoredAt = { at: ANCHORED_AT, isConfirmed: true };
    expect(both.time).to.deep.equal({ status: "confirmed", existedBy: ANCHORED_AT, anchoredAt, signedAfter });
    const onlyAnchor = await verify(bundle, { file: streamOf(photo), trusted: { blocks: [anchorBlock] } });
    expect(onlyAnchor.time).to.have.deep.property("signedAfter", { at: SIGNED_AFTER, isConfirmed: false });
    const onlyBeacon = await verify(bundle, { file: streamOf(photo), trusted: { blocks: [beaconBlock] } });
    expect(onlyBeacon.time).to.include({ status: "stated" });
  });

  it("takes a trusted block of another number or another chain for none about this bundle", async () => {
    for (const block of [
      { number: BLOCK_NUMBER + 1, hash: named("other") },
      { number: BLOCK_NUMBER, hash: named("other"), chainId: 1 },
    ]) {
      const { verdict, time, checks } = await verify(bundle, { file: streamOf(photo), trusted: { blocks: [block] } });
      expect([verdict.status, time.status]).to.deep.equal(["verified", "stated"]);
      expect(checks.filter(({ result }) => result === "fail")).to.deep.equal([]);
    }
  });

  it("says that the time is contradicted when a trusted source names another block, beacon, chain or registry", async () => {
    const wrong = [
      [{ blocks: [{ ...anchorBlock, hash: named("other") }] }, "block-canonical"],
      [{ blocks: [anchorBlock, { ...beaconBlock, hash: named("other") }] }, "beacon-canonical"],
      [{ deployment: { ...evidenceDomain, chainId: 1 } }, "deployment"],
      [{ deployment: { ...evidenceDomain, registry: relayer.address } }, "deployment"],
    ] as const;
    for (const [trusted, reason] of wrong) {
      const { verdict, time } = await verify(bundle, { file: streamOf(photo), trusted });
      expect(verdict).to.deep.equal({ status: "refuted", reason, changed: [reason] });
      expect(isAboutTimeOnly(verdict)).to.equal(true);
      expect(time).to.deep.equal({ status: "contradicted", reasons: [reason] });
    }
  });

  it("refuses an anchor ahead of the reader's clock, whatever confirms it, but for what clocks differ", async () => {
    const at = async (now: number) =>
      verify(bundle, { file: streamOf(photo), trusted: { blocks: [anchorBlock] }, now });
    expect((await at(ANCHORED_AT - clockTolerance)).time.status).to.equal("confirmed");
    const ahead = await at(ANCHORED_AT - clockTolerance - 1);
    expect(ahead.verdict).to.deep.equal({ status: "refuted", reason: "clock", changed: ["clock"] });
    expect(ahead.time).to.deep.equal({ status: "contradicted", reasons: ["clock"] });
  });

  it("says nothing about time where the anchor itself does not hold", async () => {
    const moved = { ...bundle, path: { ...bundle.path, index: 3 } };
    expect((await verify(moved, { trusted: { blocks: [anchorBlock] } })).time).to.deep.equal({ status: "unknown" });
    expect((await verifyBundle("")).time).to.deep.equal({ status: "unknown" });
  });

  it("says who signed what on which chain before anything is known to be true", async () => {
    const { subject } = await verify(bundle, {});
    expect(subject).to.deep.equal({
      signer: { ...bundle.submitter, role: null },
      terms: null,
      ...evidenceDomain,
      dealId: named("deal"),
      sha256: bundle.openings.file?.sha256,
      anchorBlock,
      beaconBlock,
    });
    expect((await verifyBundle("")).subject).to.equal(null);
  });

  it("tells the role of the signer only from terms of the very deal, and an arbitrator's only from its panel", async () => {
    const panel = sortPanel({ ...panelFacts, arbitrators: [relayer.address] });
    const terms = { ...smallTerms, buyer: buyer.address.toLowerCase() as Hex, rules: panelRules(panel) };
    const escrow = `0x${"e5".repeat(20)}` as const;
    const dealId = dealIdOf(terms, { chainId: evidenceDomain.chainId, escrow });
    const roleOf = async (options: VerifyOptions, signer = buyer, id: Hex = dealId) => {
      const signed = await bundleOfPhoto(await filePhoto({ dealId: id }, signer));
      const { subject, checks } = await verify(signed, { file: streamOf(photo), ...options });
      return [subject?.signer.role, checks.find((check) => check.id === "deal")?.result];
    };
    expect(await roleOf({ deal: { terms, escrow } })).to.deep.equal(["buyer", "pass"]);
    expect(await roleOf({ deal: { terms, escrow } }, relayer)).to.deep.equal(["unnamed", "pass"]);
    expect(await roleOf({ deal: { terms, escrow, panel } }, stranger)).to.deep.equal(["nobody", "pass"]);
    expect(await roleOf({ deal: { terms, escrow, panel } }, relayer)).to.deep.equal(["arbitrator", "pass"]);
    const otherPanel = { ...panel, threshold: 2 };
    expect(await roleOf({ deal: { terms, escrow, panel: otherPanel } }, relayer)).to.deep.equal(["unnamed", "pass"]);
    expect(await roleOf({ deal: { terms, escrow } }, buyer, named("deal"))).to.deep.equal([null, "fail"]);
    expect(await roleOf({})).to.deep.equal([null, "not-checked"]);
  });

  it("refutes a file with one flipped bit and names its digest", async () => {
    const flipped = photo.map((byte, i) => (i === 20_000 ? byte ^ 1 : byte));
    const result = await verify(bundle, { file: streamOf(flipped) });
    expect(result.verdict).to.deep.equal({
      status: "refuted",
      reason: "file-digest",
      changed: ["file-digest", "file-sm3"],
    });
    expect(checkOf(result, "file-digest")).to.include({ expected: bundle.openings.file?.sha256 });
  });

  it("refutes a file that is cut short by its digest and size", async () => {
    const { verdict } = await verify(bundle, { file: streamOf(photo.subarray(1)) });
    expect(verdict).to.have.deep.property("changed", ["file-digest", "file-size", "file-sm3"]);
  });

  it("calls an absent file missing, not tampered with", async () => {
    const { verdict } = await verify(bundle, {});
    expect(verdict).to.deep.equal({ status: "missing", what: "file" });
  });

  it("refutes a changed bundle even without the file", async () => {
    const { verdict } = await verify({ ...bundle, path: { ...bundle.path, index: 3 } }, {});
    expect(verdict).to.deep.equal({ status: "refuted", reason: "path", changed: ["path"] });
  });

  it("takes the ciphertext and its key for the file, and recomputes the CID", async () => {
    const key = await unwrapContentKey(filed.wrappedKey, READER_IDENTITY);
    const random = createRandom("photo");
    random(32);
    const salt = random(24);
    const open = () => encryptFile(streamOf(photo), { key, salt });

    const result = await verify(bundle, { ciphertext: { open, cidOf, key } });
    expect(result.verdict.status).to.equal("verified");
    expect(checkOf(result, "cid")?.result).to.equal("pass");
    expect(checkOf(result, "decryption")?.result).to.equal("pass");

    const wrongKey = await verify(bundle, { ciphertext: { open, cidOf, key: new Uint8Array(32) } });
    expect(wrongKey.verdict).to.have.property("reason", "decryption");
    const wrongSalt = () => encryptFile(streamOf(photo), { key, salt: new Uint8Array(24) });
    const otherCiphertext = await verify(bundle, { file: streamOf(photo), ciphertext: { open: wrongSalt, cidOf } });
    expect(otherCiphertext.verdict).to.have.property("reason", "cid");
  });

  it("verifies with any fact closed, and keeps the rest open", async () => {
    const result = await verify(discloseOnly(bundle, ["purpose"]));
    expect(result.verdict.status).to.equal("verified");
    const open = metaFields.filter((field) => checkOf(result, `meta-${field}`)?.result === "pass");
    expect(open).to.deep.equal(["purpose"]);
  });

  it("names the fact that was changed", async () => {
    const device = { ...bundle.openings.meta.device, value: "another phone" };
    const changed = { ...bundle.openings, meta: { ...bundle.openings.meta, device } };
    const { verdict } = await verify({ ...bundle, openings: changed });
    expect(verdict).to.deep.equal({ status: "refuted", reason: "meta-device", changed: ["meta-device"] });
  });

  it("refutes a signature by somebody else, although everything else was anchored", async () => {
    const signature = await relayer.signTypedData(evidenceTypedData(filed.record, evidenceDomain));
    const stolen = await bundleOfPhoto({ ...filed, signature });
    expect((await verify(stolen)).verdict).to.have.property("reason", "signature");
  });

  it("refutes a stranger's record over copied commitments, opened with the victim's openings", async () => {
    const signature = await relayer.signTypedData(evidenceTypedData(filed.record, evidenceDomain));
    const submitter = { address: relayer.address.toLowerCase() as Hex, account: "key" } as const;
    const leaf = evidenceLeaf(filed.digest, submitter.address, signature);
    const copied = await bundleOfPhoto({ ...filed, submitter, signature, leaf });
    expect(failures(await verify(copied))).to.deep.equal([
      "file-commitment",
      ...metaFields.map((field) => `meta-${field}`),
      "case",
    ]);
  });

  it("refutes a signature that was flipped to its twin", async () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = (order - BigInt(`0x${filed.signature.slice(66, 130)}`)).toString(16).padStart(64, "0");
    const twin = `${filed.signature.slice(0, 66)}${s}${filed.signature.endsWith("1b") ? "1c" : "1b"}` as Hex;
    expect(failures(await verify({ ...bundle, signature: twin }))).to.deep.equal(["signature", "path"]);
  });

  it("takes a signature of 64 bytes", async () => {
    const yParity = filed.signature.endsWith("1c") ? 1n : 0n;
    const second = BigInt(`0x${filed.signature.slice(66, 130)}`) | (yParity << 255n);
    const compact = `${filed.signature.slice(0, 66)}${second.toString(16).padStart(64, "0")}` as Hex;
    const leaf = evidenceLeaf(filed.digest, filed.submitter.address, compact);
    const result = await verify(await bundleOfPhoto({ ...filed, signature: compact, leaf }));
    expect(result.verdict.status).to.equal("verified");
  });

  it("cannot check a contract's signature without the chain, and never refutes it for that", async () => {
    const contract = { address: evidenceDomain.registry, account: "contract" } as const;
    const byContract = await filePhoto({}, { ...contract, signTypedData: async () => "0x1234" });
    const ofContract = await bundleOfPhoto(byContract);

    const offline = await verify(ofContract);
    expect(offline.verdict).to.deep.equal({ status: "unverifiable", why: "signature-needs-chain" });
    const asked: unknown[] = [];
    const answer =
      (isAccepted: boolean) =>
      async (...question: unknown[]) => {
        asked.push(question);
        return isAccepted;
      };
    const accepted = await verify(ofContract, { file: streamOf(photo), checkContractSignature: answer(true) });
    expect(accepted.verdict.status).to.equal("verified");
    expect(asked).to.deep.equal([[contract.address, byContract.digest, "0x1234"]]);
    const refused = await verify(ofContract, { file: streamOf(photo), checkContractSignature: answer(false) });
    expect(refused.verdict).to.have.property("reason", "signature");
  });

  it("takes a key's signature for one, whatever the bundle calls the account", async () => {
    const renamed = { ...bundle, submitter: { ...bundle.submitter, account: "contract" } } as const;
    expect((await verify(renamed)).verdict.status).to.equal("verified");
  });

  it("refutes an anchor at or after the deadline, and a beacon that does not come before the anchor", async () => {
    const late = await bundleOfPhoto(await filePhoto({ deadline: ANCHORED_AT }));
    expect(failures(await verify(late))).to.deep.equal(["deadline"]);
    const inTime = await bundleOfPhoto(await filePhoto({ deadline: ANCHORED_AT + 1 }));
    expect((await verify(inTime)).verdict.status).to.equal("verified");
    const later = await bundleOfPhoto(await filePhoto({ beacon: { number: BLOCK_NUMBER, hash: named("block") } }));
    expect(failures(await verify(later))).to.deep.equal(["beacon-order", "beacon-header"]);
  });

  it("refutes a beacon whose header is younger than the anchor", async () => {
    const withBeaconAt = async (timestamp: number) => {
      const number = BLOCK_NUMBER - 10;
      const beaconHeader = headerOf(number, timestamp, named("receipts"));
      const signed = await filePhoto({ beacon: { number, hash: keccak256(beaconHeader) } });
      const anchored = await bundleOfPhoto(signed);
      return verify({ ...anchored, anchor: { ...anchored.anchor, beaconHeader }, custody: [] });
    };
    expect((await withBeaconAt(ANCHORED_AT)).time).to.have.nested.property("signedAfter.at", ANCHORED_AT);
    for (const later of [ANCHORED_AT + 1, 2 ** 47])
      expect(failures(await withBeaconAt(later))).to.deep.equal(["beacon-order"]);
  });

  it("refutes an anchor whose log holds what no registry writes", async () => {
    const dirty = await bundleOfPhoto(filed, {
      changeData: (data) => `0x${data.slice(2, 66)}${"ff".repeat(32)}${data.slice(130)}`,
    });
    expect(failures(await verify(dirty))).to.deep.equal(["anchored-log"]);
  });

  it("refutes custody times that run backwards or begin before the beacon", async () => {
    const withTimes = async (...times: readonly number[]) => {
      const steps = times.map((at) => ({ at, action: "stored", note: "" }) as const);
      return verify({ ...bundle, custody: await signCustody(steps, filed.digest) });
    };
    expect((await withTimes(SIGNED_AFTER, SIGNED_AFTER)).verdict.status).to.equal("verified");
    expect(failures(await withTimes(SIGNED_AFTER - 1, SIGNED_AFTER))).to.deep.equal(["custody"]);
    expect(failures(await withTimes(9e9, SIGNED_AFTER + 1))).to.deep.equal(["custody"]);
  });

  it("refutes a custody log with a step taken out, put in or moved", async () => {
    const [first, second] = bundle.custody;
    for (const custody of [[second!], [second!, first!], [first!, first!, second!]]) {
      expect(failures(await verify({ ...bundle, custody }))).to.deep.equal(["custody"]);
    }
  });

  it("cannot read another version, another format, or what is not JSON", async () => {
    const cases = [
      [text.replace("bundle/2", "bundle/3"), "bundle-version-unknown"],
      [text.replace("holdfast", "steadfast"), "bundle-malformed"],
      [text.slice(0, -3), "bundle-malformed"],
      ["", "bundle-malformed"],
      ["null", "bundle-malformed"],
      [`${text}${" ".repeat(270_000)}`, "bundle-too-large"],
    ] as const;
    for (const [unreadable, why] of cases) {
      const { verdict, checks } = await verifyBundle(unreadable, { file: streamOf(photo) });
      expect(verdict).to.deep.equal({ status: "unverifiable", why });
      expect(checks).to.deep.equal([]);
    }
  });

  it("verifies a record without a file, and says of which kind it is", async () => {
    for (const kind of ["withdraw", "custody", "erase"] as const) {
      const withoutFile = await bundleOfPhoto(await fileless(kind));
      expect((await verify(withoutFile, {})).verdict).to.include({ status: "verified", kind });
      const opened = await verify({ ...withoutFile, openings: bundle.openings }, {});
      expect(opened.verdict).to.deep.equal({ status: "unverifiable", why: "bundle-malformed" });
    }
  });

  it("never takes a record without a file for a yes about a file that was given", async () => {
    const withdrawn = await bundleOfPhoto(await fileless("withdraw"));
    const unverifiable = { status: "unverifiable", why: "record-without-file" };
    const ciphertext = { open: () => streamOf(photo), key: new Uint8Array(32) };
    expect((await verify(withdrawn)).verdict).to.deep.equal(unverifiable);
    expect((await verify(withdrawn, { ciphertext })).verdict).to.deep.equal(unverifiable);
    const changed = await verify({ ...withdrawn, path: { ...withdrawn.path, index: 3 } });
    expect(changed.verdict).to.have.property("reason", "path");
  });

  it("throws what the file's stream throws", async () => {
    async function* broken() {
      yield photo;
      throw new Error("disk gone");
    }
    const error = await verify(bundle, { file: broken() }).catch((reason) => reason);
    expect(error.message).to.equal("disk gone");
  });
});

describe("isFileAltered", () => {
  const altered = photo.map((byte, i) => (i === 20_000 ? byte ^ 1 : byte));
  const isAltered = async (changed: EvidenceBundle, options: VerifyOptions) =>
    isFileAltered(await verify(changed, options));

  it("blames a file that differs from what was signed and anchored", async () => {
    expect(await isAltered(bundle, { file: streamOf(altered) })).to.equal(true);
    expect(await isAltered(bundle, { file: streamOf(photo.subarray(1)) })).to.equal(true);
  });

  it("blames no file for a changed bundle, a wrong anchor, or nothing at all", async () => {
    const { openings, path, anchor } = bundle;
    const changes: EvidenceBundle[] = [
      { ...bundle, openings: { ...openings, file: { ...openings.file!, sha256: named("other") } } },
      { ...bundle, openings: { ...openings, file: { ...openings.file!, salt: `0x${"ab".repeat(16)}` } } },
      { ...bundle, signature: `${bundle.signature.slice(0, -4)}aa1b` as Hex },
      { ...bundle, path: { ...path, index: 3 } },
      { ...bundle, anchor: { ...anchor, blockHash: named("other") } },
      { ...bundle, anchor: { ...anchor, transactionIndex: 1 } },
      { ...bundle, anchor: { ...anchor, sender: buyer.address.toLowerCase() as Hex } },
    ];
    for (const changed of changes) {
      for (const file of [photo, altered]) expect(await isAltered(changed, { file: streamOf(file) })).to.equal(false);
    }
    const trusted = { blocks: [{ ...anchorBlock, hash: named("other") }] };
    expect(await isAltered(bundle, { file: streamOf(altered), trusted })).to.equal(false);
    const sm3 = { ...openings.meta.sm3, value: `0x${"ab".repeat(32)}` };
    const stated = { ...bundle, openings: { ...openings, meta: { ...openings.meta, sm3 } } };
    expect(await isAltered(stated, { file: streamOf(photo) })).to.equal(false);
    expect(await isAltered(bundle, { file: streamOf(photo) })).to.equal(false);
    expect(await isAltered(bundle, {})).to.equal(false);
  });
});

/** The buyer's record of a kind that has no file, about the photo. */
async function fileless(kind: EvidenceRecord["kind"]): Promise<FiledEvidence> {
  const record = {
    ...filed.record,
    kind,
    cid: "",
    fileCommitment: `0x${"00".repeat(32)}` as const,
    supersedes: filed.digest,
  };
  const signature = await buyer.signTypedData(evidenceTypedData(record, evidenceDomain));
  const digest = evidenceDigest(record, evidenceDomain);
  const leaf = evidenceLeaf(digest, filed.submitter.address, signature);
  return { ...filed, record, openings: { ...bundle.openings, file: null }, signature, digest, leaf };
}

// What may be changed without the verdict noticing, because nothing relies on it.
const HINTS = /^hints\./;
// What may be left out: the verdict then says less, and the check says that it was not made.
const OMITTABLE = /^(openings\.meta\.[^.]+|anchor\.beaconHeader|custody|deal|deal\.panel|promise)$/;
// A digit here makes a record that says two things at once, which is not read at all.
const CONTRADICTION = "record.supersedes";

type Change = { readonly path: string; readonly how: string; readonly value: unknown };

describe("the mutation rule", () => {
  const text = serializeBundle(whole);
  const changes = [...changesOf(JSON.parse(text), "")].filter(({ path }) => !HINTS.test(path));

  it("covers every value of a bundle", () => {
    const covered = new Set(changes.map(({ path }) => path));
    for (const path of leavesOf(JSON.parse(text), ""))
      expect(covered.has(path) || HINTS.test(path), path).to.equal(true);
    expect(changes.length).to.be.greaterThan(1000);
  });

  it("accepts no bundle in which anything but a hint was changed, and refutes every changed digit", async () => {
    for (const { path, how, value } of changes) {
      const result = await verifyBundle(JSON.stringify(value), { file: streamOf(photo) });
      const isOmission = how === "left out" || how === "null";
      if (OMITTABLE.test(path) && isOmission) expect(result.verdict.status, path).to.equal("verified");
      else expect(result.verdict.status, `${path} ${how}`).not.to.equal("verified");
      if (how === "digit" && path !== CONTRADICTION) expect(result.verdict.status, path).to.equal("refuted");
    }
  });

  it("may leave out the case together with the deal", async () => {
    const undisclosed = { ...whole, deal: null, openings: { ...whole.openings, case: null } };
    expect((await verify(undisclosed)).verdict.status).to.equal("verified");
  });

  it("does not care about hints", async () => {
    const hints = { transactionHash: null, wrappedKey: null, recipients: [], gateways: [], note: "changed" };
    expect((await verify({ ...bundle, hints })).verdict.status).to.equal("verified");
  });
});

function* leavesOf(value: unknown, path: string): Generator<string> {
  if (value !== null && typeof value === "object") {
    for (const [key, child] of Object.entries(value)) yield* leavesOf(child, join(path, key));
  } else yield path;
}

/** Every bundle that differs in one value from `root`, several for each value. */
function* changesOf(value: unknown, path: string, wrap = (changed: unknown) => changed): Generator<Change> {
  const change = (how: string, changed: unknown): Change => ({ path, how, value: wrap(changed) });
  if (typeof value === "string") {
    for (const [how, text] of changedTexts(value)) if (text !== value) yield change(how, text);
  } else if (typeof value === "number") {
    for (const number of [value + 1, value - 1, value * 2 + 3, -1, 0.5, `${value}`, null])
      yield change("number", number);
  } else if (Array.isArray(value)) {
    yield change("longer", value.length > 0 ? [...value, ...value.slice(-1)] : [[]]);
    if (value.length > 1) yield change("reversed", value.toReversed());
    if (value.length > 0) yield change("shorter", value.slice(1));
    if (path === "custody") yield change("left out", []);
    for (const [i, item] of value.entries())
      yield* changesOf(item, join(path, `${i}`), (item) => wrap(value.with(i, item)));
  } else if (value !== null && typeof value === "object") {
    yield change("unknown field", { ...value, unknown: 1 });
    if (OMITTABLE.test(path)) yield change("left out", "leaf" in value ? { leaf: value.leaf } : null);
    for (const [key, child] of Object.entries(value)) {
      const { [key]: _, ...without } = value as Record<string, unknown>;
      yield { path: join(path, key), how: "removed", value: wrap(without) };
      yield* changesOf(child, join(path, key), (child) => wrap({ ...value, [key]: child }));
    }
  }
  if (path === "anchor.beaconHeader") yield change("left out", null);
}

function* changedTexts(text: string): Generator<[how: string, text: unknown]> {
  yield ["longer", `${text}0`];
  yield ["longer", `${text}00`];
  yield ["shorter", text.slice(0, -2)];
  yield ["empty", ""];
  yield ["null", null];
  if (/[a-f]/.test(text)) yield ["case", text.replace(/[a-f](?=[^a-f]*$)/, (digit) => digit.toUpperCase())];
  if (!text.startsWith("0x")) {
    for (const at of new Set([0, text.length >> 1, text.length - 1])) {
      yield ["character", `${text.slice(0, at)}${text[at] === "a" ? "b" : "a"}${text.slice(at + 1)}`];
    }
    return;
  }
  const bytes = hexToBytes(text as Hex);
  const step = Math.max(1, Math.floor(bytes.length / 10));
  for (let at = 0; at < bytes.length; at += step) {
    yield ["digit", hexWith(bytes, at, bytes[at]! ^ (at % 2 === 0 ? 0x01 : 0x80))];
  }
  yield ["digit", hexWith(bytes, bytes.length - 1, bytes.at(-1)! ^ 0x10)];
}

function hexWith(bytes: Uint8Array, at: number, byte: number) {
  return `0x${Buffer.from(bytes.with(at, byte)).toString("hex")}`;
}

function join(path: string, key: string) {
  return path === "" ? key : `${path}.${key}`;
}
