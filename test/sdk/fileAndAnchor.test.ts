import { after, afterEach, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, zeroAddress } from "viem";
import { termsToJson } from "../../src/core/deal/terms.ts";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import type { FiledEvidence } from "../../src/sdk/evidence.ts";
import {
  type AnchoredFile,
  blocksOf,
  type FileAndAnchorOptions,
  type FileToAnchor,
  type FilingProgress,
  type FilingSetup,
  fileAndAnchor,
} from "../../src/sdk/fileAndAnchor.ts";
import { actors } from "../fixtures/deployment.ts";
import { named, photo, READER, streamOf } from "../fixtures/evidence.ts";
import { rejection } from "../fixtures/rejection.ts";
import { type Service, startService } from "../fixtures/service.ts";

const OTHER_READER = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

describe("fileAndAnchor", () => {
  let service: Service;
  const saved = new Map<string, FiledEvidence>();
  const finished = new Map<string, AnchoredFile>();
  const steps: string[] = [];

  before(async () => {
    service = await startService({ limits: { evidenceBytes: 100_000 }, filers: "anyone" });
    await service.indexed();
  });
  after(() => service.stop());
  afterEach(() => {
    saved.clear();
    finished.clear();
    steps.length = 0;
  });

  const setup = (changes: Partial<FilingSetup> = {}): FilingSetup => ({
    client: service.client,
    signer: actors.buyer,
    recipients: [READER],
    dealId: named("deal"),
    readBlock: blocksOf(service.deployment.client),
    ...changes,
  });
  const photoFile: FileToAnchor = { id: "photo", source: () => streamOf(photo), meta: { name: "scratch.jpg" } };
  const journal: FileAndAnchorOptions["journal"] = {
    load: async (id) => saved.get(id),
    // As JSON, because that is what a disk gives back.
    save: async (id, filed) => void saved.set(id, JSON.parse(JSON.stringify(filed))),
    finish: async (id, anchored) => {
      finished.set(id, anchored);
      saved.delete(id);
    },
  };
  const onProgress = (progress: FilingProgress) => {
    if (progress.step !== "read") steps.push("id" in progress ? `${progress.step} ${progress.id}` : progress.step);
  };
  /** A call that ends just after the record of the photo was signed and saved. */
  const abandon = async (changes: Partial<FilingSetup> = {}, file = photoFile) => {
    const stopping = new AbortController();
    const reason = new Error("enough");
    const call = fileAndAnchor([file], setup(changes), {
      journal,
      signal: stopping.signal,
      onProgress: ({ step }) => step === "signed" && stopping.abort(reason),
    });
    expect(await call.catch((error: unknown) => error)).equal(reason);
    return saved.get(file.id)!;
  };

  it("gives a bundle that verifies against the file, and lists the record under its deal", async () => {
    const [filed] = await fileAndAnchor([photoFile], setup(), { gateways: [service.url] });
    const { verdict, time, bundle } = await verifyBundle(filed!.bundle, { file: streamOf(photo) });
    expect(verdict).include({ status: "verified", digest: filed!.digest });
    expect(time).include({ status: "stated", existedBy: filed!.anchoredAt });
    expect(bundle?.openings.meta.name).include({ value: "scratch.jpg" });
    expect(bundle?.hints.gateways).deep.equal([service.url]);
    const { evidence } = await service.client.listEvidence(named("deal"));
    expect(evidence.map(({ digest }) => digest)).include(filed!.digest);
  });

  it("keeps the relayer's promise before it waits, and puts it into the bundle with the deal", async () => {
    const { dealId, terms } = await service.deployment.funded();
    await service.indexed();
    const promised: FiledEvidence["promise"][] = [];
    const [filed] = await fileAndAnchor([photoFile], setup({ dealId }), {
      journal,
      onProgress: ({ step }) => void (step === "waiting" && promised.push(saved.get("photo")!.promise)),
    });
    const { bundle, promise, subject } = await verifyBundle(filed!.bundle, { file: streamOf(photo) });
    expect(promised).deep.equal([bundle!.promise]);
    const { receipt } = await service.client.readEvidence(filed!.digest);
    expect(promise).include({ relayer: receipt.relayer, anchorBy: receipt.anchorBy, isKept: true });
    expect(bundle!.deal!.terms).deep.equal(termsToJson(terms));
    expect(subject!.signer.role).equal("buyer");
  });

  it("leaves the deal out where the caller wants it so, and where the relayer has other terms", async () => {
    const { dealId } = await service.deployment.funded();
    await service.indexed();
    const [closed] = await fileAndAnchor([photoFile], setup({ dealId, deal: null }));
    expect(JSON.parse(closed!.bundle)).include({ deal: null });
    const readDeal: FilingSetup["client"]["readDeal"] = async (id) => {
      const { terms, ...deal } = await service.client.readDeal(id);
      return { ...deal, terms: { ...terms, price: terms.price + 1n } };
    };
    const client = { ...service.client, readDeal };
    const [deceived] = await fileAndAnchor([photoFile], setup({ dealId, client }));
    expect(JSON.parse(deceived!.bundle)).include({ deal: null });
  });

  it("files several, a browser's file among them, and says how far it is", async () => {
    const files: FileToAnchor[] = [
      { ...photoFile, size: photo.length },
      { id: "chat", source: new Blob(["I will refund you."]), meta: { purpose: "shows what was promised" } },
    ];
    let bytes = 0;
    const filed = await fileAndAnchor(files, setup({ dealId: null }), {
      journal,
      onProgress: (progress) => {
        onProgress(progress);
        if (progress.step === "read" && progress.id === "photo") bytes += progress.bytes;
      },
    });
    expect(filed.map(({ id }) => id)).deep.equal(["photo", "chat"]);
    expect(bytes).equal(photo.length);
    expect(steps).deep.equal([
      "signed photo",
      "submitted photo",
      "signed chat",
      "submitted chat",
      "waiting",
      "anchored photo",
      "anchored chat",
    ]);
    expect([...finished.values()]).deep.equal(filed);
    expect(saved.size).equal(0);
    const { verdict } = await verifyBundle(filed[1]!.bundle, { file: streamOf(Buffer.from("I will refund you.")) });
    expect(verdict.status).equal("verified");
  });

  it("goes on with the record that was signed when it was aborted before it was submitted", async () => {
    const { digest, leaf } = await abandon();
    await rejection(service.client.readEvidence(leaf), "evidence-unknown");
    const [filed] = await fileAndAnchor([photoFile], setup(), { journal, onProgress });
    expect(filed!.digest).equal(digest);
    expect(steps).deep.equal(["resumed photo", "submitted photo", "waiting", "anchored photo"]);
    expect(saved.size).equal(0);
  });

  it("signs anew what another file, deal, reader or statement makes another record", async () => {
    const others: [FileToAnchor, Partial<FilingSetup>][] = [
      [{ ...photoFile, source: () => streamOf(photo.subarray(1)) }, {}],
      [{ ...photoFile, meta: { name: "other.jpg" } }, {}],
      [{ ...photoFile, kind: "copy" }, {}],
      [photoFile, { dealId: null }],
      [photoFile, { recipients: [READER, OTHER_READER] }],
      [photoFile, { signer: actors.seller }],
    ];
    const { digest } = await abandon();
    for (const [file, changes] of others) {
      const later = await abandon(changes, file);
      expect(later.digest).not.equal(digest);
      expect((await abandonedAgain(file, changes)).digest).equal(later.digest);
    }
  });

  /** What the journal holds after a call that resumes, and is aborted at once. */
  const abandonedAgain = async (file: FileToAnchor, changes: Partial<FilingSetup>) => {
    const stopping = new AbortController();
    const call = fileAndAnchor([file], setup(changes), {
      journal,
      signal: stopping.signal,
      onProgress: ({ step }) => step === "resumed" && stopping.abort(),
    });
    await call.catch(() => {});
    return saved.get(file.id)!;
  };

  it("keeps the anchor of a record whose time is over, and signs anew one that has none", async () => {
    const kept = await abandon();
    const later = () => kept.record.deadline + 1;
    const { record, submitter, signature } = kept;
    await service.client.submitEvidence({ record, submitter: submitter.address, signature });
    await service.client.waitForAnchor(kept.leaf);
    const [filed] = await fileAndAnchor([photoFile], setup(), { journal, now: later });
    expect(filed!.digest).equal(kept.digest);

    const never = await abandon();
    const [anew] = await fileAndAnchor([photoFile], setup(), { journal, now: later });
    expect(anew!.digest).not.equal(never.digest);
  });

  it("refuses an empty and a large file before any is uploaded, where sizes are known", async () => {
    const empty = { ...photoFile, id: "empty", source: new Blob([]) };
    const large = { ...photoFile, id: "large", size: 100_001 };
    const uploads = { ...service.client, uploadCiphertext: () => expect.fail("something was uploaded") };
    const refusal = (file: FileToAnchor) => fileAndAnchor([photoFile, file], setup({ client: uploads }));
    expect((await rejection(refusal(empty), "evidence-empty")).details).deep.equal({ path: "empty" });
    expect((await rejection(refusal(large), "evidence-too-large")).details).deep.equal({
      path: "large",
      limit: 100_000,
    });
  });

  it("passes on what the relayer refuses, and keeps what was signed before", async () => {
    const large: FileToAnchor = { id: "large", source: () => streamOf(new Uint8Array(200_000)), meta: {} };
    await rejection(fileAndAnchor([photoFile, large], setup(), { journal }), "evidence-too-large");
    expect([...saved.keys()]).deep.equal(["photo"]);
    const elsewhere: FilingSetup["readBlock"] = async () => ({ number: 1, hash: named("elsewhere"), timestamp: 0 });
    await rejection(fileAndAnchor([photoFile], setup({ readBlock: elsewhere })), "beacon-unknown");
    await rejection(fileAndAnchor([photoFile], setup({ recipients: [] })), "recipient-invalid");
    await rejection(fileAndAnchor([photoFile], setup({ readBlock: async () => null })), "rpc-refused");
  });

  it("does not take a promise that another key signed, nor an anchor that its own node does not show", async () => {
    const { client } = service;
    const readConfig: typeof client.readConfig = async () => ({ ...(await client.readConfig()), relayer: zeroAddress });
    await rejection(fileAndAnchor([photoFile], setup({ client: { ...client, readConfig } })), "signature-invalid");

    const readBlock = blocksOf(service.deployment.client);
    let isForked = false;
    const forked: FilingSetup["readBlock"] = async (at) => {
      const block = await readBlock(at);
      return isForked && block !== null ? { ...block, hash: named("fork") as Hex } : block;
    };
    const call = fileAndAnchor([photoFile], setup({ readBlock: forked }), {
      journal,
      onProgress: ({ step }) => {
        isForked ||= step === "waiting";
      },
    });
    await rejection(call, "anchor-not-found");
    expect(saved.has("photo")).equal(true);
  });

  it("reads no block that a node does not have", async () => {
    const readBlock = blocksOf(service.deployment.client);
    expect(await readBlock(1_000_000)).equal(null);
    expect((await readBlock("latest"))?.number).equal(Number(await service.deployment.client.getBlockNumber()));
  });
});
