import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import { createClient } from "../../src/sdk/client.ts";
import { blocksOf, type FileToAnchor, type FilingJournal, fileAndAnchor } from "../../src/sdk/fileAndAnchor.ts";
import type { PendingUpload } from "../../src/sdk/pendingUpload.ts";
import { startCuttingProxy } from "../fixtures/cuttingProxy.ts";
import { actors } from "../fixtures/deployment.ts";
import { READER, streamOf } from "../fixtures/evidence.ts";
import { type Service, startService } from "../fixtures/service.ts";

const MIB = 1024 ** 2;
const video = randomBytes(20 * MIB);

describe("fileAndAnchor with a large file", () => {
  let service: Service;
  before(async () => {
    service = await startService({ filers: "anyone" });
    await service.indexed();
  });
  after(() => service.stop());

  const setup = (url = service.url, ask: typeof fetch = fetch) => ({
    client: createClient({ url, fetch: ask }),
    signer: actors.buyer,
    recipients: [READER],
    dealId: null,
    readBlock: blocksOf(service.deployment.client),
  });
  const fileOf = (bytes: Uint8Array): FileToAnchor => ({
    id: "video",
    source: () => streamOf(bytes),
    size: bytes.length,
    meta: { name: "video.mp4" },
  });
  /** A journal in which uploads are kept, as JSON, because that is what a disk gives back. */
  const createJournal = () => {
    const uploads: string[] = [];
    const journal: FilingJournal = {
      load: async () => undefined,
      save: async () => {},
      finish: async () => {},
      loadUpload: async () => {
        const last = uploads.at(-1);
        return last === undefined ? undefined : (JSON.parse(last) as PendingUpload);
      },
      saveUpload: async (_, pending) => {
        uploads.push(JSON.stringify(pending));
      },
    };
    return { journal, uploads };
  };
  /** A call that ends when most of the file was read. */
  const abandon = async (journal: FilingJournal) => {
    const stopping = new AbortController();
    const reason = new Error("enough");
    let read = 0;
    const call = fileAndAnchor([fileOf(video)], setup(), {
      journal,
      signal: stopping.signal,
      onProgress: (progress) => {
        if (progress.step === "read") read += progress.bytes;
        if (read > 18 * MIB) stopping.abort(reason);
      },
    });
    expect(await call.catch((error: unknown) => error)).equal(reason);
  };

  it("goes on with the upload of an earlier call, under the same key", async () => {
    const { journal, uploads } = createJournal();
    await abandon(journal);
    const offsets: number[] = [];
    const ask: typeof fetch = (input, init) => {
      if (init?.method === "PATCH") offsets.push(Number(new Headers(init.headers).get("upload-offset")));
      return fetch(input, init);
    };
    const [filed] = await fileAndAnchor([fileOf(video)], setup(service.url, ask), { journal });
    // Two parts of 8 MiB had been sent.
    expect(offsets).not.empty;
    for (const offset of offsets) expect(offset).at.least(16 * MIB);
    const { verdict } = await verifyBundle(filed!.bundle, { file: streamOf(video) });
    expect(verdict.status).equal("verified");
    expect(uploads).lengthOf(1);
  });

  it("starts anew, under another key, when the file is another", async () => {
    const { journal, uploads } = createJournal();
    await abandon(journal);
    const other = new Uint8Array(video);
    other[5]! ^= 1;
    const [filed] = await fileAndAnchor([fileOf(other)], setup(), { journal });
    const { verdict } = await verifyBundle(filed!.bundle, { file: streamOf(other) });
    expect(verdict.status).equal("verified");
    const [first, second] = uploads.map((text) => JSON.parse(text) as PendingUpload);
    expect(second!.upload).not.equal(first!.upload);
    expect(second!.key).not.equal(first!.key);
  });

  it("goes on within one call after the connection was cut, also without a journal", async () => {
    const proxy = await startCuttingProxy(service.url, [5 * MIB, 14 * MIB]);
    try {
      const [filed] = await fileAndAnchor([fileOf(video)], setup(proxy.url));
      const { verdict } = await verifyBundle(filed!.bundle, { file: streamOf(video) });
      expect(verdict.status).equal("verified");
    } finally {
      await proxy.stop();
    }
  });
});
