import { after, before, describe, it } from "node:test";
import * as asn1js from "asn1js";
import { expect } from "chai";
import { type Hex, sha256 } from "viem";
import { readTimestampResponse, timestampRequest } from "../../../../src/core/evidence/timestamp/exchange.ts";
import { readPemOrDer } from "../../../../src/core/evidence/timestamp/pem.ts";
import {
  type TimestampOptions,
  timestampedBytes,
  verifyTimestamp,
} from "../../../../src/core/evidence/timestamp/verifyTimestamp.ts";
import {
  type Chain,
  createIssuer,
  generalizedTime,
  type Issuer,
  issueChain,
  opensslMissing,
  type Party,
  type ReplyOptions,
  rootExtensions,
  type SignOptions,
  stampExtensions,
  timestampInfo,
} from "../../../fixtures/authority.ts";
import { rejection } from "../../../fixtures/rejection.ts";
import { randomFrom } from "../../../fixtures/seededRandom.ts";

const ROOT: Hex = `0x${"5a".repeat(32)}`;
const OTHER: Hex = `0x${"5b".repeat(32)}`;
const NONCE = 0xfedc_ba98_7654_3210n;
const DAY = 86_400;
const imprint = sha256(ROOT);
const now = Math.floor(Date.now() / 1_000);

describe("a time stamp", { skip: opensslMissing }, () => {
  let issuer: Issuer;
  let chain: Chain;
  let token: Uint8Array;

  before(() => {
    issuer = createIssuer();
    chain = issueChain(issuer, "Ours", { key: "ec" });
    token = stamp(chain);
  });
  after(() => issuer.remove());

  /** A token of `openssl ts` over the root. */
  const stamp = ({ stamper, middle }: Chain, options: ReplyOptions & { renews?: Uint8Array } = {}) => {
    const { renews, ...rest } = options;
    const request = timestampRequest(ROOT, renews === undefined ? { nonce: NONCE } : { nonce: NONCE, renews });
    const answer = readTimestampResponse(issuer.reply(request, stamper, { chain: [middle], ...rest }));
    if (answer.status !== "granted") throw new Error("refused");
    return answer.token;
  };
  /** A token of `openssl cms`, which signs whatever it is given. */
  const sign = (signers: readonly Party[], options: SignOptions & { time?: number; info?: Uint8Array } = {}) => {
    const info = options.info ?? timestampInfo({ digest: imprint, time: generalizedTime(options.time ?? now) });
    return issuer.signInfo(info, signers, { chain: [chain.middle], ...options });
  };
  const verify = (bytes: Uint8Array, options: Partial<TimestampOptions> = {}, root = ROOT) =>
    verifyTimestamp(bytes, root, { roots: [chain.root.certificate], ...options });
  const problemOf = async (...args: Parameters<typeof verify>) => {
    const verdict = await verify(...args);
    return verdict.status === "invalid" ? verdict.problem : verdict.status;
  };
  const below = (issuedBy: Party, extensions: readonly string[], more: { from?: number; until?: number } = {}) =>
    issuer.issue("stamps", issuedBy, {
      extensions,
      validity: { from: more.from ?? now - DAY, until: more.until ?? now + DAY },
    });

  describe("that is confirmed", () => {
    it("says when, by whom, under which root and until when, as openssl verifies it", async () => {
      const verdict = await verify(token, { nonce: NONCE });
      expect(verdict).deep.include({
        status: "confirmed",
        root: sha256(chain.root.certificate),
        tsa: "O=Example, CN=Ours stamps",
        policy: "1.2.3.4.1",
        revocation: "not-checked",
      });
      if (verdict.status !== "confirmed") throw new Error(verdict.status);
      expect(verdict.time).within(now, now + 600);
      // Of the authority's 1.5 seconds, and of the fraction that the time may have lost.
      expect(verdict.accuracySeconds).within(2, 3);
      expect(verdict.certificateExpires).within(now + 364 * DAY, now + 366 * DAY);
      expect(issuer.isVerified(token, timestampedBytes(ROOT), chain.root)).equal(true);
    });

    for (const key of ["rsa", "ec384"] as const) {
      it(`may be by keys of the kind ${key}`, async () => {
        const other = issueChain(issuer, key, { key });
        expect(await problemOf(stamp(other), { roots: [other.root.certificate] })).equal("confirmed");
      });
    }

    it("may have authorities with Ed25519 keys", async () => {
      const root = issuer.issue("Edwards", undefined, { key: "ed25519", extensions: rootExtensions });
      const stamper = issuer.issue("stamps", root, { key: "rsa", extensions: stampExtensions });
      const bytes = stamp({ root, middle: root, stamper }, { chain: [] });
      expect(await problemOf(bytes, { roots: [root.certificate] })).equal("confirmed");
    });

    it("may be signed by RSA-PSS, and over SHA-512", async () => {
      const stamper = issuer.issue("stamps", chain.middle, { key: "rsa", extensions: stampExtensions });
      const pss = ["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest"];
      expect(await problemOf(sign([stamper], { arguments: pss }))).equal("confirmed");
      expect(await problemOf(sign([stamper], { digest: "sha512" }))).equal("confirmed");
      expect(await problemOf(sign([stamper], { digest: "sha512", arguments: pss }))).equal("confirmed");
    });

    it("may name its certificate by SHA-1, as older authorities do, and by its key", async () => {
      expect(await problemOf(stamp(chain, { reference: "sha1" }))).equal("confirmed");
      const stamper = below(chain.middle, [...stampExtensions, "subjectKeyIdentifier=hash"]);
      expect(await problemOf(sign([stamper], { arguments: ["-keyid"] }))).equal("confirmed");
    });

    it("states no accuracy where its authority does not", async () => {
      const verdict = await verify(sign([chain.stamper]));
      expect(verdict).deep.include({ status: "confirmed", time: now, accuracySeconds: null });
    });

    it("goes on being so after its certificate has ended", async () => {
      const validity = { from: now - 30 * DAY, until: now - 10 * DAY };
      const past = issuer.issue("stamps", chain.middle, { validity, extensions: stampExtensions });
      expect(await problemOf(sign([past], { time: validity.until }))).equal("token-certificate-not-yet-valid");
      const old = issueChain(issuer, "Old", { validity });
      const bytes = sign([old.stamper], { time: validity.until, chain: [old.middle] });
      const verdict = await verify(bytes, { roots: [old.root.certificate] });
      expect(verdict).deep.include({ status: "confirmed", certificateExpires: validity.until });
    });
  });

  describe("over other bytes", () => {
    it("is refused", async () => {
      expect(await problemOf(token, {}, OTHER)).equal("token-over-another-root");
      expect(await problemOf(token, { renews: token })).equal("token-over-another-root");
    });

    it("renews a token when it is over the root and that token", async () => {
      const renewal = stamp(chain, { renews: token });
      expect(await problemOf(renewal, { renews: token })).equal("confirmed");
      expect(issuer.isVerified(renewal, timestampedBytes(ROOT, token), chain.root)).equal(true);
      expect(await problemOf(renewal)).equal("token-over-another-root");
      expect(await problemOf(renewal, { renews: renewal })).equal("token-over-another-root");
    });

    it("is refused with another digest than SHA-256", async () => {
      const info = timestampInfo({
        digest: imprint,
        time: generalizedTime(now),
        algorithm: "2.16.840.1.101.3.4.2.3",
      });
      expect(await problemOf(sign([chain.stamper], { info }))).equal("token-algorithm-unsupported");
    });

    it("is refused with another nonce, or without the one that was asked for", async () => {
      expect(await problemOf(token, { nonce: NONCE + 1n })).equal("token-nonce-wrong");
      expect(await problemOf(sign([chain.stamper]), { nonce: NONCE })).equal("token-nonce-wrong");
    });
  });

  describe("whose bytes are not as its authority made them", () => {
    it("is refused with any one byte changed", async () => {
      for (const bytes of [token, stamp(issueChain(issuer, "RSA", { key: "rsa" }))]) {
        const random = randomFrom(20_261_130);
        const accepted: number[] = [];
        for (const index of bytes.keys()) {
          const changed = Uint8Array.from(bytes);
          changed[index] = (changed[index] ?? 0) ^ (1 + Math.floor(random() * 255));
          if ((await verify(changed)).status === "confirmed") accepted.push(index);
        }
        expect(accepted).deep.equal([]);
      }
    });

    it("is refused cut off anywhere", async () => {
      for (const length of token.keys()) expect(await problemOf(token.subarray(0, length))).equal("token-malformed");
    });

    it("is refused with bytes after it", async () => {
      expect(await problemOf(Uint8Array.of(...token, 0))).equal("token-malformed");
      expect(await problemOf(Uint8Array.of(...token, ...token))).equal("token-malformed");
    });

    it("is refused above 16 KiB before it is read", async () => {
      expect(await problemOf(new Uint8Array(16 * 1024 + 1))).equal("token-too-large");
      expect(await problemOf(new Uint8Array(16 * 1024))).equal("token-malformed");
    });

    it("is refused in BER with open lengths", async () => {
      expect(await problemOf(sign([chain.stamper], { arguments: ["-stream"] }))).equal("token-malformed");
    });

    it("is refused with attributes or lists that nobody signed", async () => {
      const withUnsigned = edited(token, (signedData) => {
        const signer = itemsOf(itemsOf(signedData).at(-1)!)[0]!;
        const attribute = new asn1js.Sequence({
          value: [new asn1js.ObjectIdentifier({ value: "1.2.3" }), new asn1js.Set({ value: [new asn1js.Null()] })],
        });
        itemsOf(signer).push(context(1, [attribute]));
      });
      expect(await problemOf(withUnsigned)).equal("token-malformed");
      const list = asn1js.fromBER(issuer.revocationList(chain.root, [])).result;
      const withList = edited(token, (signedData) => itemsOf(signedData).splice(-1, 0, context(1, [list])));
      expect(await problemOf(withList)).equal("token-malformed");
      expect(await problemOf(edited(token, () => {}))).equal("confirmed");
    });

    it("is refused with a time that there is not, or in another form", async () => {
      for (const time of [
        "20260230000000Z",
        "20260101000060Z",
        "20260101000000",
        "20260101000000.10Z",
        "260101000000Z",
      ]) {
        const info = timestampInfo({ digest: imprint, time });
        expect(await problemOf(sign([chain.stamper], { info })), time).equal("token-malformed");
      }
    });

    it("is refused with a critical extension that is not known", async () => {
      const extension = new asn1js.Sequence({
        value: [
          new asn1js.ObjectIdentifier({ value: "1.2.3.4" }),
          new asn1js.Boolean({ value: true }),
          new asn1js.OctetString({ valueHex: Uint8Array.of(5, 0) }),
        ],
      });
      const info = timestampInfo({ digest: imprint, time: generalizedTime(now), extra: [context(1, [extension])] });
      expect(await problemOf(sign([chain.stamper], { info }))).equal("token-malformed");
    });

    it("is refused as content of another type", async () => {
      expect(await problemOf(sign([chain.stamper], { contentType: "1.2.840.113549.1.7.1" }))).equal("token-malformed");
    });
  });

  describe("by a signer who must not sign it", () => {
    it("is refused with two signers", async () => {
      const other = below(chain.middle, stampExtensions);
      expect(await problemOf(sign([chain.stamper, other]))).equal("token-signer-count-wrong");
    });

    it("is refused without the certificate, or without signed word of it", async () => {
      expect(await problemOf(sign([chain.stamper], { arguments: ["-nocerts"] }))).equal("token-certificate-missing");
      expect(await problemOf(sign([chain.stamper], { withReference: false }))).equal("token-certificate-mismatch");
    });

    it("is refused with another certificate for the same key", async () => {
      const extensions = [...stampExtensions, "subjectKeyIdentifier=hash"];
      const stamper = below(chain.middle, extensions);
      const twin = issuer.issue("stamps", chain.middle, { keyOf: stamper, extensions });
      const bytes = sign([stamper], { arguments: ["-keyid", "-nocerts"], chain: [chain.middle, twin] });
      expect(await problemOf(bytes)).equal("token-certificate-mismatch");
    });

    it("is refused unless the certificate is for time stamps only, and says so critically", async () => {
      const wrong = [
        ["keyUsage=critical,digitalSignature"],
        ["keyUsage=critical,digitalSignature", "extendedKeyUsage=critical,emailProtection"],
        ["keyUsage=critical,digitalSignature", "extendedKeyUsage=timeStamping"],
        ["keyUsage=critical,digitalSignature", "extendedKeyUsage=critical,timeStamping,emailProtection"],
        ["keyUsage=critical,keyEncipherment", "extendedKeyUsage=critical,timeStamping"],
      ];
      for (const extensions of wrong) {
        expect(await problemOf(sign([below(chain.middle, extensions)])), extensions.join()).equal(
          "token-usage-missing",
        );
      }
    });

    it("is refused outside the validity of the certificate, and accepted in its last second", async () => {
      const stamper = below(chain.middle, stampExtensions, { from: now - 600, until: now - 300 });
      expect(await problemOf(sign([stamper], { time: now - 601 }))).equal("token-certificate-not-yet-valid");
      expect(await problemOf(sign([stamper], { time: now - 600 }))).equal("confirmed");
      expect(await problemOf(sign([stamper], { time: now - 300 }))).equal("confirmed");
      expect(await problemOf(sign([stamper], { time: now - 299 }))).equal("token-certificate-expired");
    });

    it("is refused when it rests on SHA-1", async () => {
      expect(await problemOf(sign([chain.stamper], { digest: "sha1" }))).equal("token-algorithm-unsupported");
    });
  });

  describe("under a root", () => {
    it("is untrusted without that root, whatever others there are, and states its time", async () => {
      const other = issueChain(issuer, "Other");
      for (const roots of [[], [other.root.certificate]]) {
        const verdict = await verify(token, { roots });
        expect(verdict).deep.include({ status: "untrusted", reason: "token-root-unknown" });
        if (verdict.status !== "untrusted") throw new Error(verdict.status);
        expect(verdict.statedTime).within(now, now + 600);
        expect(verdict.tsa).equal("O=Example, CN=Ours stamps");
      }
      const both = [other.root.certificate, chain.root.certificate];
      expect(await problemOf(token, { roots: both })).equal("confirmed");
      expect(await problemOf(stamp(other), { roots: both })).equal("confirmed");
    });

    it("is untrusted under a root with the same name and another key", async () => {
      const impostor = issuer.issue("Ours root", undefined, { extensions: rootExtensions });
      expect(await problemOf(token, { roots: [impostor.certificate] })).equal("untrusted");
      expect(await problemOf(token, { roots: [impostor.certificate, chain.root.certificate] })).equal("confirmed");
    });

    it("is confirmed by an authority below a root that the reader trusts itself", async () => {
      const verdict = await verify(token, { roots: [chain.middle.certificate] });
      expect(verdict).deep.include({ status: "confirmed", root: sha256(chain.middle.certificate) });
    });

    it("is untrusted where the certificate of an authority between is not there", async () => {
      expect(await problemOf(stamp(chain, { chain: [] }))).equal("untrusted");
    });

    it("is refused where the root or an authority between had ended", async () => {
      const short = issueChain(issuer, "Short", { validity: { from: now - 600, until: now - 300 } });
      const stamper = below(short.middle, stampExtensions);
      const bytes = sign([stamper], { chain: [short.middle] });
      expect(await problemOf(bytes, { roots: [short.root.certificate] })).equal("token-certificate-expired");
    });

    it("is refused where a certificate between must not issue it", async () => {
      const bad: Readonly<Record<string, readonly string[]>> = {
        "no authority": ["keyUsage=critical,keyCertSign"],
        "no authority, it says": ["basicConstraints=critical,CA:FALSE"],
        "a key for other things": ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,cRLSign"],
        "an authority for web servers": [...rootExtensions, "extendedKeyUsage=serverAuth"],
        "limited names": [...rootExtensions, "nameConstraints=critical,permitted;DNS:example.org"],
      };
      for (const [what, extensions] of Object.entries(bad)) {
        const middle = below(chain.root, extensions);
        const bytes = sign([below(middle, stampExtensions)], { chain: [middle] });
        expect(await problemOf(bytes), what).equal("token-chain-invalid");
      }
    });

    it("is refused with more authorities between than one of them allows", async () => {
      const second = below(chain.middle, rootExtensions);
      const bytes = sign([below(second, stampExtensions)], { chain: [chain.middle, second] });
      expect(await problemOf(bytes)).equal("token-chain-invalid");
    });

    it("is refused under a root that is no authority", async () => {
      const root = issuer.issue("plain", undefined, { extensions: ["keyUsage=critical,keyCertSign"] });
      const bytes = sign([below(root, stampExtensions)], { chain: [root] });
      expect(await problemOf(bytes, { roots: [root.certificate] })).equal("token-chain-invalid");
    });

    it("takes roots in PEM, several in a file, and refuses what is no certificate", async () => {
      const other = issueChain(issuer, "Other");
      const { readFileSync } = await import("node:fs");
      const file = Uint8Array.from(readFileSync(issuer.pemOf([other.root, chain.root])));
      const roots = readPemOrDer(file, "certificate");
      expect(roots).deep.equal([other.root.certificate, chain.root.certificate]);
      expect(readPemOrDer(chain.root.certificate, "certificate")).deep.equal([chain.root.certificate]);
      expect(await problemOf(token, { roots })).equal("confirmed");
      for (const bytes of [new Uint8Array(), Uint8Array.of(0x30, 0), chain.root.certificate.subarray(1)]) {
        await rejection(verify(token, { roots: [bytes] }), "timestamp-data-malformed");
        await rejection(verify(token, { revocationLists: [bytes] }), "timestamp-data-malformed");
      }
      expect(() => readPemOrDer(file, "revocationList")).throw("timestamp-data-malformed");
    });
  });

  describe("with lists of revoked certificates", () => {
    const listed = (at: number, reason?: string) =>
      issuer.revocationList(chain.middle, [{ party: chain.stamper, at, ...(reason === undefined ? {} : { reason }) }]);
    const withList = (...revocationLists: readonly Uint8Array[]) => problemOf(token, { revocationLists });

    it("is refused if the certificate's key was lost, also later", async () => {
      for (const reason of ["keyCompromise", "CACompromise", "certificateHold"]) {
        expect(await withList(listed(now + DAY, reason)), reason).equal("token-certificate-revoked");
      }
    });

    it("is refused if no reason is stated", async () => {
      expect(await withList(listed(now + DAY))).equal("token-certificate-revoked");
    });

    it("is confirmed if it was made before the certificate was given up", async () => {
      for (const reason of ["unspecified", "affiliationChanged", "superseded", "cessationOfOperation"]) {
        expect(await withList(listed(now + DAY, reason)), reason).equal("confirmed");
        expect(await withList(listed(now - DAY, reason)), reason).equal("token-certificate-revoked");
      }
    });

    it("is refused if an authority between was revoked", async () => {
      const list = issuer.revocationList(chain.root, [{ party: chain.middle, at: now, reason: "CACompromise" }]);
      expect(await withList(list)).equal("token-certificate-revoked");
    });

    it("takes no list that another issuer made", async () => {
      const impostor = issuer.issue("Ours issuing", undefined, { extensions: rootExtensions });
      const entry = { party: chain.stamper, at: now, reason: "keyCompromise" };
      expect(await withList(issuer.revocationList(impostor, [entry]))).equal("confirmed");
      expect(await withList(issuer.revocationList(chain.root, [entry]))).equal("confirmed");
    });

    it("says whether lists as new as the token speak of every certificate", async () => {
      const [ofRoot, ofMiddle] = [issuer.revocationList(chain.root, []), issuer.revocationList(chain.middle, [])];
      const revocationOf = async (bytes: Uint8Array, ...revocationLists: readonly Uint8Array[]) => {
        const verdict = await verify(bytes, { revocationLists });
        return verdict.status === "confirmed" ? verdict.revocation : verdict.status;
      };
      expect(await revocationOf(token, ofRoot, ofMiddle)).equal("checked");
      expect(await revocationOf(token, ofMiddle)).equal("not-checked");
      const later = sign([chain.stamper], { time: now + DAY });
      expect(await revocationOf(later, ofRoot, ofMiddle)).equal("not-checked");
    });
  });

  describe("that was asked for", () => {
    it("is refused by an authority with a status, and then there is none", () => {
      const request = timestampRequest(ROOT, { nonce: 1n });
      const answer = issuer.reply(request, chain.stamper, { digests: "sha512" });
      expect(readTimestampResponse(answer)).deep.equal({ status: "refused", pkiStatus: 2 });
    });

    it("comes in an answer that is nothing but the answer", () => {
      const answer = issuer.reply(timestampRequest(ROOT, { nonce: 1n }), chain.stamper);
      for (const bytes of [answer.subarray(1), Uint8Array.of(...answer, 0), Uint8Array.of(0x30, 0), new Uint8Array()]) {
        expect(() => readTimestampResponse(bytes)).throw("timestamp-data-malformed");
      }
      const granted = Uint8Array.of(0x30, 5, 0x30, 3, 2, 1, 0);
      expect(() => readTimestampResponse(granted)).throw("timestamp-data-malformed");
    });

    it("has the nonce that was sent, of whatever size", async () => {
      for (const nonce of [0n, 127n, 128n, 2n ** 64n - 1n]) {
        const answer = readTimestampResponse(issuer.reply(timestampRequest(ROOT, { nonce }), chain.stamper));
        if (answer.status !== "granted") throw new Error("refused");
        expect(await problemOf(answer.token, { nonce }), String(nonce)).equal("untrusted");
        expect(await problemOf(answer.token, { nonce: nonce + 1n }), String(nonce)).equal("token-nonce-wrong");
      }
    });
  });
});

/** The parts of a constructed value, to be changed in place. */
const itemsOf = (block: asn1js.BaseBlock) => (block.valueBlock as unknown as { value: asn1js.BaseBlock[] }).value;

const context = (tagNumber: number, value: readonly asn1js.BaseBlock[]) =>
  new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [...value] as asn1js.AsnType[] });

/** A token encoded again after its SignedData was changed. */
const edited = (token: Uint8Array, change: (signedData: asn1js.BaseBlock) => void) => {
  const { result } = asn1js.fromBER(token, { parseEmbedded: false });
  change(itemsOf(itemsOf(result)[1]!)[0]!);
  return new Uint8Array(result.toBER());
};
