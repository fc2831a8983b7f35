import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { ProtocolError } from "../../src/core/errors.ts";
import { createClient } from "../../src/sdk/client.ts";
import { uploadInParts } from "../../src/sdk/uploadInParts.ts";
import { startCuttingProxy } from "../fixtures/cuttingProxy.ts";
import { streamOf } from "../fixtures/evidence.ts";
import { rejection } from "../fixtures/rejection.ts";
import { type Service, startService } from "../fixtures/service.ts";

const MIB = 1024 ** 2;
const bytes = randomBytes(20 * MIB + 17);
const size = bytes.length;

describe("uploadCiphertext", () => {
  let service: Service;
  let cid: string;
  before(async () => {
    service = await startService({ limits: { openUploads: 3 } });
    // A stream of unknown size goes in one piece.
    cid = (await service.client.uploadCiphertext(streamOf(bytes))).cid;
  });
  after(() => service.stop());

  /** Addresses that a client asks. */
  const watched = (pathOf: (path: string) => string = (path) => path) => {
    const asked: string[] = [];
    const ask: typeof fetch = (input, init) => {
      const path = String(input).slice(service.url.length);
      asked.push(`${init?.method} ${path.replace(/[0-9a-f]{32}/, "{id}")}`);
      return fetch(service.url + pathOf(path), init);
    };
    return { asked, client: createClient({ url: service.url, fetch: ask }) };
  };

  it("goes on after the connection was cut from what the relayer has, with a stream that is read once", async () => {
    const proxy = await startCuttingProxy(service.url, [3 * MIB, 11 * MIB, 21 * MIB]);
    let known: number | undefined;
    let broken = 0;
    /** Holds each part to the offset that the relayer stated last. */
    const ask: typeof fetch = async (input, init) => {
      if (init?.method === "PATCH") expect(new Headers(init.headers).get("upload-offset")).equal(String(known));
      try {
        const response = await fetch(input, init);
        known = ((await response.clone().json()) as { offset: number }).offset;
        return response;
      } catch (error) {
        broken += 1;
        throw error;
      }
    };
    try {
      const client = createClient({ url: proxy.url, fetch: ask });
      expect(await client.uploadCiphertext(streamOf(bytes, 100_000), { size })).deep.equal({ cid, size });
      // The third comes only where the first two cost bytes.
      expect(broken).at.least(2);
      // A cut loses no more than one part of 8 MiB.
      expect(proxy.received()).below(size + 3 * 8 * MIB);
    } finally {
      await proxy.stop();
    }
  });

  it("goes on with what an earlier call sent, and sends the rest only", async () => {
    const stopping = new AbortController();
    const reason = new Error("enough");
    async function* aborted() {
      yield bytes.subarray(0, 17 * MIB);
      stopping.abort(reason);
      yield bytes.subarray(17 * MIB);
    }
    let id = "";
    const onBegin = async (begun: string) => {
      id = begun;
    };
    const first = service.client.uploadCiphertext(aborted(), { size, onBegin, signal: stopping.signal });
    expect(await first.catch((error: unknown) => error)).equal(reason);
    const proxy = await startCuttingProxy(service.url);
    try {
      const again = { size, resume: id, onBegin: async () => expect.fail("another upload began") };
      const stored = await createClient({ url: proxy.url }).uploadCiphertext(streamOf(bytes), again);
      expect(stored).deep.equal({ cid, size });
      expect(proxy.received()).below(size - 16 * MIB + 10_000);
    } finally {
      await proxy.stop();
    }
    // What was stored long since is not sent at all.
    expect(await service.client.uploadCiphertext(streamOf(bytes), { size, resume: id })).deep.equal({ cid, size });
  });

  it("begins anew where the relayer has lost the upload, if the source can be opened again", async () => {
    let losses = 0;
    let id = "";
    const onBegin = async (begun: string) => {
      id = begun;
    };
    async function* losing() {
      yield bytes.subarray(0, 9 * MIB);
      if (losses++ === 0) await service.ask(`/v1/uploads/${id}`, { method: "DELETE" });
      yield bytes.subarray(9 * MIB);
    }
    expect(await service.client.uploadCiphertext(losing, { size, onBegin })).deep.equal({ cid, size });
    losses = 0;
    const once = service.client.uploadCiphertext(losing(), { size, onBegin });
    expect((await rejection(once, "upload-interrupted")).details).include({ size });
    const gone = { size, resume: "0".repeat(32) };
    expect(await service.client.uploadCiphertext(new Blob([bytes]), gone)).deep.equal({ cid, size });
  });

  it("sends what is small, or of unknown size, in one request", async () => {
    const { asked, client } = watched();
    await client.uploadCiphertext(new Blob([bytes.subarray(0, 4 * MIB - 1)]));
    await client.uploadCiphertext(() => streamOf(bytes));
    expect(asked).deep.equal(["POST /v1/blobs", "POST /v1/blobs"]);
  });

  it("sends all in one request to a relayer that takes no parts, or has too many open", async () => {
    const older = watched((path) => path.replace("/v1/uploads", "/v1/unknown"));
    expect(await older.client.uploadCiphertext(streamOf(bytes), { size })).deep.equal({ cid, size });
    expect(older.asked).deep.equal(["POST /v1/uploads", "POST /v1/blobs"]);

    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { json } = await service.ask("/v1/uploads", { json: { size: 1 } });
      ids.push((json as { id: string }).id);
    }
    const busy = watched();
    expect(await busy.client.uploadCiphertext(streamOf(bytes), { size })).deep.equal({ cid, size });
    expect(busy.asked).deep.equal(["POST /v1/uploads", "POST /v1/blobs"]);
    for (const id of ids) await service.ask(`/v1/uploads/${id}`, { method: "DELETE" });
  });

  it("refuses a source of another size, and gives the room on the relayer back", async () => {
    for (const stated of [size - 1, size + 1]) {
      const { asked, client } = watched();
      await rejection(client.uploadCiphertext(streamOf(bytes), { size: stated }), "file-changed");
      expect(asked.at(-1)).equal("DELETE /v1/uploads/{id}");
    }
  });

  it("passes the failure of a stream through as it is", async () => {
    async function* broken() {
      yield bytes.subarray(0, 9 * MIB);
      throw new RangeError("disk gone");
    }
    const upload = service.client.uploadCiphertext(broken(), { size });
    expect(await upload.catch((error: unknown) => error)).instanceOf(RangeError);
  });
});

describe("uploadInParts", () => {
  it("gives up after a number of attempts, and says what is kept and until when", async () => {
    const begun = { id: "0".repeat(32), size, offset: 0, keptUntil: 4_000, blob: null };
    let attempts = 0;
    const unreachable = async () => {
      attempts += 1;
      throw new ProtocolError("relayer-unreachable");
    };
    const routes = { begin: async () => begun, append: unreachable, read: unreachable, abandon: unreachable };
    const upload = uploadInParts(streamOf(bytes), routes, { size, firstPauseMs: 0, onBegin: async () => {} });
    const { details } = await rejection(upload, "upload-interrupted");
    expect(details).deep.equal({ sent: 0, size, until: 4_000 });
    expect(attempts).within(5, 20);
  });
});
