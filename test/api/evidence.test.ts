import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, keccak256, zeroHash } from "viem";
import { filingReceiptDigest } from "../../src/core/evidence/anchorPromise.ts";
import { serializeBundle } from "../../src/core/evidence/bundle.ts";
import { rootFromPath } from "../../src/core/evidence/merkle.ts";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import { recoverSigner } from "../../src/core/recoverSigner.ts";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import { readFromGateways } from "../../src/ipfs/gatewayClient.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { assembleBundle, type EvidenceToFile, type FiledEvidence, fileEvidence } from "../../src/sdk/evidence.ts";
import { CHAIN_ID } from "../fixtures/anvil.ts";
import { actors } from "../fixtures/deployment.ts";
import { photo, READER, streamOf } from "../fixtures/evidence.ts";
import { rejection } from "../fixtures/rejection.ts";
import { type Service, startService } from "../fixtures/service.ts";

const LIMIT = 3 * 1024 * 1024;
const FAR = 4_000_000_000;
const bytesType = { "content-type": "application/octet-stream" };

describe("the API over evidence", () => {
  let service: Service;
  before(async () => {
    service = await startService({ limits: { evidenceBytes: LIMIT }, filers: "anyone" });
  });
  after(() => service.stop());

  const signal = () => AbortSignal.timeout(30_000);
  const domain = () => ({ chainId: CHAIN_ID, registry: service.deployment.contracts.registry });
  const beacon = async () => {
    const { number, hash } = await service.deployment.client.getBlock();
    return { number: Number(number), hash };
  };
  const file = async (dealId: Hex | null, changes: Partial<EvidenceToFile> = {}, signer = actors.buyer) =>
    fileEvidence(
      {
        file: streamOf(photo),
        meta: { name: "scratch.jpg", type: "image/jpeg" },
        dealId,
        beacon: await beacon(),
        deadline: FAR,
        ...changes,
      },
      {
        domain: domain(),
        signer,
        recipients: [READER],
        random: (length) => new Uint8Array(randomBytes(length)),
        importCiphertext: async (bytes) => (await service.client.uploadCiphertext(bytes)).cid,
      },
    );
  const submissionOf = ({ record, submitter, signature, openings }: FiledEvidence) => ({
    record,
    submitter: submitter.address,
    signature,
    ...(openings.case === null ? {} : { case: openings.case }),
  });

  describe("filing", () => {
    it("promises at once, anchors, and gives what makes a bundle that verifies offline", async () => {
      const { dealId } = await service.deployment.funded();
      await service.indexed();
      const filed = await file(dealId);
      const receipt = await service.client.submitEvidence(submissionOf(filed));
      expect(receipt).include({ digest: filed.digest, leaf: filed.leaf, account: "key" });
      const signer = await recoverSigner(filingReceiptDigest(promiseOf(receipt), domain()), receipt.signature);
      expect(signer).equal((await service.client.readConfig()).relayer);
      expect(receipt.anchorBy - receipt.receivedAt).equal(900);

      const anchored = await service.client.waitForAnchor(filed.digest, { signal: signal() });
      expect(rootFromPath(filed.leaf, anchored.path)).equal(anchored.anchor.root);
      const bundle = assembleBundle(filed, anchored);
      const { verdict } = await verifyBundle(serializeBundle(bundle), { file: streamOf(photo) });
      expect(verdict.status).equal("verified");
      const altered = Uint8Array.from(photo, (byte, i) => (i === 9 ? byte ^ 1 : byte));
      const refuted = await verifyBundle(serializeBundle(bundle), { file: streamOf(altered) });
      expect(refuted.verdict.status).equal("refuted");

      const item = await service.client.readEvidence(filed.leaf);
      expect(await service.client.readEvidence(filed.digest)).deep.equal(item);
      expect(item).include({ state: "anchored", deal: dealId, kind: "original", root: anchored.anchor.root });
      expect(item.record).deep.equal(filed.record);
      expect(item.path).deep.equal(anchored.path);
      expect(item.receipt).deep.equal(receipt);
      const only = { evidence: [item], next: null };
      expect(await service.client.listEvidence(dealId)).deep.equal(only);
      expect(await service.client.listEvidence(dealId, { caseRef: filed.record.caseRef })).deep.equal(only);
      expect((await service.client.listEvidence(dealId, { caseRef: zeroHash })).evidence).deep.equal([]);
    });

    it("says what a submitter is in the deal, and calls a stranger no party", async () => {
      const { dealId } = await service.deployment.funded();
      await service.indexed();
      const { buyer, seller, deployer } = actors;
      for (const signer of [buyer, seller, deployer]) {
        await service.client.submitEvidence(submissionOf(await file(dealId, {}, signer)));
      }
      const { evidence } = await service.client.listEvidence(dealId);
      const roles = Object.fromEntries(evidence.map(({ submitter, role }) => [submitter, role]));
      expect(roles).deep.equal({
        [buyer.address.toLowerCase()]: "buyer",
        [seller.address.toLowerCase()]: "seller",
        [deployer.address.toLowerCase()]: "unnamed",
      });
      const unknown = await file(zeroHash);
      await service.client.submitEvidence(submissionOf(unknown));
      expect((await service.client.readEvidence(unknown.digest)).role).equal(null);
    });

    it("lists a deal's evidence page by page, in the order in which it came, each item once", async () => {
      const { dealId } = await service.deployment.funded();
      await service.indexed();
      const leaves: Hex[] = [];
      for (let i = 0; i < 5; i++) {
        const filed = await file(dealId, { meta: { name: `${i}.jpg`, type: "image/jpeg" } });
        leaves.push((await service.client.submitEvidence(submissionOf(filed))).leaf);
      }
      const seen: { leaf: Hex; receivedAt: number }[] = [];
      let cursor: string | undefined;
      do {
        const page = await service.client.listEvidence(dealId, { limit: 2, ...(cursor && { cursor }) });
        expect(page.evidence.length).at.most(2);
        seen.push(...page.evidence.map(({ leaf, receipt }) => ({ leaf, receivedAt: receipt.receivedAt })));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(new Set(seen.map(({ leaf }) => leaf))).deep.equal(new Set(leaves));
      expect(seen).lengthOf(5);
      expect(seen.map(({ receivedAt }) => receivedAt)).deep.equal(
        seen.map(({ receivedAt }) => receivedAt).toSorted((a, b) => a - b),
      );
      const refused = await service.refusal("input-invalid", `/v1/deals/${dealId}/evidence?cursor=abc`);
      expect(refused.details.path).equal("cursor");
    });

    it("gives the same receipt for the same record, and the server never sees an opening", async () => {
      const filed = await file(null);
      const first = await service.client.submitEvidence(submissionOf(filed));
      expect(await service.client.submitEvidence(submissionOf(filed))).deep.equal(first);
      const item = JSON.stringify(await service.client.readEvidence(filed.digest));
      expect(item).not.contain("scratch.jpg");
      expect(item).not.contain(filed.openings.file?.sha256);
    });

    it("keeps a promise open while no block comes, and says so", async () => {
      await service.anvil.ask("evm_setAutomine", [false]);
      try {
        const filed = await file(null);
        const { anchorBy } = await service.client.submitEvidence(submissionOf(filed));
        const waiting = await service.refusal("anchor-not-found", `/v1/evidence/${filed.digest}/bundle`);
        expect(waiting.details).deep.equal({ digest: filed.digest, anchorBy });
        expect((await service.client.readEvidence(filed.digest)).state).not.equal("anchored");
      } finally {
        await service.anvil.ask("evm_setAutomine", [true]);
        await service.anvil.ask("evm_mine");
      }
    });

    it("refuses a record that is not signed by its submitter, not stored, expired or about another deal", async () => {
      const { dealId } = await service.deployment.funded();
      await service.indexed();
      const filed = await file(dealId);
      const good = submissionOf(filed);
      const refuse = (code: Parameters<Service["refusal"]>[0], changes: object) =>
        service.refusal(code, "/v1/evidence", { json: { ...good, ...changes } });
      const other = actors.seller.address.toLowerCase();
      await refuse("signature-invalid", { submitter: other });
      await refuse("signature-invalid", { record: { ...filed.record, metaRoot: zeroHash } });
      await refuse("intent-expired", { record: { ...filed.record, deadline: 1_000 } });
      await refuse("case-mismatch", { case: { ...filed.openings.case, dealId: keccak256("0x01") } });
      expect((await refuse("evidence-record-invalid", { record: { ...filed.record, note: 1 } })).details.path).a(
        "string",
      );
      expect((await refuse("evidence-record-invalid", { record: { ...filed.record, cid: "x" } })).details).deep.equal({
        path: "cid",
      });
      expect((await refuse("input-invalid", { name: "a.jpg" })).details.path).equal("name");
      const unknownBeacon = await file(null, { beacon: { number: 1, hash: keccak256("0x01") } });
      await service.refusal("beacon-unknown", "/v1/evidence", { json: submissionOf(unknownBeacon) });
      const cid = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
      const elsewhere = await fileEvidence(
        { file: streamOf(photo), meta: {}, dealId: null, beacon: await beacon(), deadline: FAR },
        {
          domain: domain(),
          signer: actors.buyer,
          recipients: [READER],
          random: (length) => new Uint8Array(randomBytes(length)),
          importCiphertext: async (bytes) => {
            for await (const _ of bytes);
            return cid;
          },
        },
      );
      const missing = await service.refusal("evidence-not-stored", "/v1/evidence", { json: submissionOf(elsewhere) });
      expect(missing.details).deep.equal({ cid });
      for (const { digest } of [filed, unknownBeacon, elsewhere]) {
        await service.refusal("evidence-unknown", `/v1/evidence/${digest}`);
        await service.refusal("evidence-unknown", `/v1/evidence/${digest}/bundle`);
      }
      expect((await service.client.listEvidence(dealId)).evidence).deep.equal([]);
    });
  });

  describe("uploading", () => {
    it("stores ciphertext that any IPFS client can fetch block by block", async () => {
      const bytes = randomBytes(2 * 1024 * 1024 + 17);
      const { cid, size } = await service.client.uploadCiphertext(streamOf(bytes));
      expect(size).equal(bytes.length);
      expect(await collect(readFromGateways(cid, { gateways: [service.url] }))).deep.equal(bytes);
      const blob = await service.client.uploadCiphertext(new Blob([bytes]));
      expect(blob).deep.equal({ cid, size });
    });

    const pinsOf = async (store: EvidenceStore) => {
      const pins: string[] = [];
      for await (const cid of store.pins()) pins.push(cid);
      return pins;
    };
    const keepsNothing = async (act: () => Promise<unknown>) => {
      const before = await pinsOf(service.holdfast.store);
      await act();
      expect(await pinsOf(service.holdfast.store)).deep.equal(before);
    };

    it("refuses what is empty, announced or not", () =>
      keepsNothing(async () => {
        await service.refusal("evidence-empty", "/v1/blobs", { body: new Uint8Array(), headers: bytesType });
        const stream = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
        await service.refusal("evidence-empty", "/v1/blobs", { body: stream, headers: bytesType });
      }));

    it("refuses what is larger than the limit, announced or not", () =>
      keepsNothing(async () => {
        const bytes = randomBytes(LIMIT + 1);
        const announced = await service.refusal("evidence-too-large", "/v1/blobs", { body: bytes, headers: bytesType });
        expect(announced.details).deep.equal({ limit: LIMIT });
        for (const size of [LIMIT + 1, 10 * LIMIT]) {
          const upload = service.client.uploadCiphertext(streamOf(randomBytes(size)));
          await rejection(upload, "evidence-too-large");
        }
      }));

    it("takes what is exactly as large as the limit", async () => {
      const { size } = await service.client.uploadCiphertext(streamOf(randomBytes(LIMIT)));
      expect(size).equal(LIMIT);
    });

    it("refuses a file name that holds a path", () =>
      keepsNothing(async () => {
        for (const disposition of [
          'attachment; filename="../../etc/passwd"',
          "attachment; filename=/etc/passwd",
          'attachment; filename="C:\\\\secret.txt"',
          "attachment; filename*=UTF-8''..%2F..%2Fpasswd",
          'attachment; filename="a%00.jpg"',
        ]) {
          const headers = { ...bytesType, "content-disposition": disposition };
          await service.refusal("file-name-unsafe", "/v1/blobs", { body: photo, headers });
        }
        expect(
          (await service.refusal("input-invalid", "/v1/blobs?name=..%2Fx", { body: photo, headers: bytesType }))
            .details,
        ).include({ path: "name" });
      }));

    it("passes a failure of the sender's own stream through, and keeps nothing", () =>
      keepsNothing(async () => {
        async function* broken() {
          yield photo;
          throw new RangeError("disk gone");
        }
        const outcome = await service.client.uploadCiphertext(broken()).catch((error: unknown) => error);
        expect(outcome).instanceOf(RangeError);
      }));
  });
});

describe("an upload that breaks off", () => {
  it("leaves no block and no pin behind", async () => {
    const service = await startService();
    const dir = join(service.root, "evidence");
    try {
      const { port } = new URL(service.url);
      const started = Promise.withResolvers<void>();
      const socket = connect(Number(port), "127.0.0.1", () => {
        socket.write("POST /v1/blobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n");
        socket.write("Content-Length: 10000000\r\n\r\n");
        socket.write(randomBytes(5_000_000), () => started.resolve());
      });
      await started.promise;
      socket.destroy();
      // Stopping waits for what the broken request still does.
      await service.holdfast.stop();
      const store = await createEmbeddedStore({ dir });
      for await (const cid of store.pins()) expect.fail(`${cid} is pinned`);
      await store.close();
      const left = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      expect(left.filter(({ name }) => /^baf/.test(name))).deep.equal([]);
    } finally {
      await service.stop();
    }
  });
});

const promiseOf = ({ leaf, receivedAt, anchorBy }: { leaf: Hex; receivedAt: number; anchorBy: number }) => ({
  leaf,
  receivedAt,
  anchorBy,
});

const collect = async (stream: AsyncIterable<Uint8Array>) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
};
