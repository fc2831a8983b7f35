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

  /** Addresses that a client asks, and the parts that it sends. */
  const watched = (pathOf: (path: string) => string = (path) => path) => {
    const asked: string[] = [];
    const parts: { offset: number; length: number }[] = [];
    const ask: typeof fetch = (input, init) => {
      const path = String(input).slice(service.url.length);
      asked.push(`${init?.method} ${path.replace(/[0-9a-f]{32}/, "{id}")}`);
      if (init?.method === "PATCH") {
        const offset = Number(new Headers(init.headers).get("upload-offset"));
        parts.push({ offset, length: (init.body as Uint8Array).length });
      }
      return fetch(service.url + pathOf(path), init);
    };
    return { asked, parts, client: createClient({ url: service.url, fetch: ask }) };
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
    const { parts, client } = watched();
    const again = { size, resume: id, onBegin: async () => expect.fail("another upload began") };
    expect(await client.uploadCiphertext(streamOf(bytes), again)).deep.equal({ cid, size });
    expect(parts[0]).deep.equal({ offset: 16 * MIB, length: size - 16 * MIB });
    // However often a part is sent again, nothing of the first two is.
    for (const { offset } of parts) expect(offset).at.least(16 * MIB);
    // What was stored long since is not sent at all.
    const late = watched();
    expect(await late.client.uploadCiphertext(streamOf(bytes), { size, resume: id })).deep.equal({ cid, size });
    expect(late.parts).deep.equal([]);
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

  it("begins and goes on also where the first connection is cut", async () => {
    for (const resume of [undefined, "0".repeat(32)]) {
      const proxy = await startCuttingProxy(service.url, [1, 2]);
      try {
        const stored = await createClient({ url: proxy.url }).uploadCiphertext(streamOf(bytes), { size, resume });
        expect(stored).deep.equal({ cid, size });
      } finally {
        await proxy.stop();
      }
    }
  });

  it("gives up an upload that holds other bytes, so that the next call is not refused for ever", async () => {
    const { json } = await service.ask("/v1/uploads", { json: { size } });
    const { id } = json as { id: string };
    const headers = { "content-type": "application/octet-stream", "upload-offset": "0" };
    await service.ask(`/v1/uploads/${id}`, { method: "PATCH", headers, body: new Uint8Array(9 * MIB) });
    const again = { size, resume: id, onBegin: async () => {} };
    await rejection(service.client.uploadCiphertext(streamOf(bytes), again), "relayer-answer-invalid");
    expect(await service.client.uploadCiphertext(streamOf(bytes), again)).deep.equal({ cid, size });
  });

  it("begins anew where another upload has taken too long in all", async () => {
    const hurried = await startService({ limits: { uploadAgeSeconds: 0 } });
    try {
      const { json } = await hurried.ask("/v1/uploads", { json: { size } });
      const { id } = json as { id: string };
      const begun: string[] = [];
      const onBegin = async (one: string) => {
        begun.push(one);
      };
      const upload = hurried.client.uploadCiphertext(streamOf(bytes), { size, resume: id, onBegin });
      await rejection(upload, "upload-expired");
      expect(begun).lengthOf(1);
    } finally {
      await hurried.stop();
    }
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
      for (const onBegin of [undefined, async () => {}]) {
        const { asked, client } = watched();
        await rejection(client.uploadCiphertext(streamOf(bytes), { size: stated, onBegin }), "file-changed");
        expect(asked.at(-1)).equal("DELETE /v1/uploads/{id}");
      }
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
  it("gives up on a relayer that forgets and remembers a byte for ever", async () => {
    const begun = { id: "0".repeat(32), size, offset: 0, keptUntil: 4_000, blob: null };
    let reads = 0;
    const read = async () => ({ ...begun, offset: reads++ % 2 });
    const append = async () => {
      throw new ProtocolError("upload-interrupted");
    };
    const routes = { begin: async () => begun, append, read, abandon: read };
    const upload = uploadInParts(streamOf(bytes), routes, { size, firstPauseMs: 0, onBegin: async () => {} });
    await rejection(upload, "upload-interrupted");
  });

  it("gives up to begin after a number of attempts", async () => {
    let attempts = 0;
    const unreachable = async () => {
      attempts += 1;
      throw new ProtocolError("relayer-unreachable");
    };
    const routes = { begin: unreachable, append: unreachable, read: unreachable, abandon: unreachable };
    await rejection(uploadInParts(streamOf(bytes), routes, { size, firstPauseMs: 0 }), "relayer-unreachable");
    expect(attempts).within(5, 20);
  });

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
