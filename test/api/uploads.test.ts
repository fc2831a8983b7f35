import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import type { UploadState } from "../../src/ipfs/partialUploads.ts";
import { configFor, createAsker, type Service, startService } from "../fixtures/service.ts";

const LIMIT = 8_000_000;
const bytes = randomBytes(6_000_000);
const killable = join(import.meta.dirname, "..", "fixtures", "killableService.ts");

describe("the API over uploads in parts", () => {
  let service: Service;
  before(async () => {
    service = await startService({ limits: { evidenceBytes: LIMIT, openUploads: 100, openUploadsPerAddress: 100 } });
  });
  after(() => service.stop());

  const headersAt = (offset: number | string) => ({
    "content-type": "application/octet-stream",
    "upload-offset": String(offset),
  });
  type Asker = ReturnType<typeof createAsker>;
  const begin = async (asker: Asker = service, size = bytes.length) =>
    (await asker.ask("/v1/uploads", { json: { size } })).json as UploadState;
  const read = async (id: string, asker: Asker = service) => (await asker.ask(`/v1/uploads/${id}`)).json as UploadState;
  const append = async (id: string, offset: number, asker: Asker = service) =>
    asker.ask(`/v1/uploads/${id}`, { method: "PATCH", body: bytes.subarray(offset), headers: headersAt(offset) });
  const cidInOnePiece = async () => (await service.client.uploadCiphertext(new Blob([bytes.subarray(0)]))).cid;

  /** Sends bytes of an upload over a connection of its own, which stays open. */
  const send = async (url: string, id: string, { from = 0, to }: { from?: number; to: number }) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    const head = [
      `PATCH /v1/uploads/${id} HTTP/1.1`,
      "Host: x",
      "Content-Type: application/octet-stream",
      `Upload-Offset: ${from}`,
      `Content-Length: ${bytes.length - from}`,
      "Expect: 100-continue",
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    // The server has the request once it lets the body come.
    await once(socket, "data");
    await new Promise((resolve) => socket.write(bytes.subarray(from, to), resolve));
    return socket;
  };
  /** Waits until the relayer has written so many bytes of an upload. */
  const untilWritten = async (id: string, count: number) => {
    const ends = AbortSignal.timeout(20_000);
    const dir = join(service.root, "uploads");
    const path = join(dir, readdirSync(dir).find((name) => name.startsWith(id))!);
    while (statSync(path).size < count) {
      ends.throwIfAborted();
      await new Promise(setImmediate);
    }
  };

  it("stores in parts what it stores in one piece, under the same CID", async () => {
    const { status, headers, json } = await service.ask("/v1/uploads", { json: { size: bytes.length } });
    const { id, keptUntil } = json as UploadState;
    expect(status).equal(201);
    expect(headers.get("location")).equal(`/v1/uploads/${id}`);
    expect(keptUntil).closeTo(Date.now() / 1_000 + 3_600, 60);
    const path = `/v1/uploads/${id}`;
    const first = await service.ask(path, { method: "PATCH", body: bytes.subarray(0, 999), headers: headersAt(0) });
    expect(first.json).include({ offset: 999, blob: null });
    expect(first.headers.get("upload-offset")).equal("999");
    expect(first.headers.get("upload-complete")).equal("?0");
    const head = await fetch(service.url + path, { method: "HEAD" });
    expect([head.status, head.headers.get("upload-offset"), head.headers.get("upload-length")]).deep.equal([
      200,
      "999",
      String(bytes.length),
    ]);
    const last = await append(id, 999);
    expect(last.headers.get("upload-complete")).equal("?1");
    expect(last.json).include({ offset: bytes.length });
    const { blob } = last.json as UploadState;
    expect(blob).deep.equal({ cid: await cidInOnePiece(), size: bytes.length });
    expect((await read(id)).blob).deep.equal(blob);
  });

  it("keeps what came before the connection was cut", async () => {
    const { id } = await begin();
    const socket = await send(service.url, id, { to: 2_500_000 });
    await untilWritten(id, 2_500_000);
    socket.destroy();
    expect(await read(id)).include({ offset: 2_500_000, blob: null });
    const { json } = await append(id, 2_500_000);
    expect((json as UploadState).blob?.cid).equal(await cidInOnePiece());
  });

  it("lets a second part take over from a connection that hangs, and says where to go on", async () => {
    const { id } = await begin();
    const socket = await send(service.url, id, { to: 1_000_000 });
    const refused = await service.ask(`/v1/uploads/${id}`, {
      method: "PATCH",
      body: bytes.subarray(7),
      headers: headersAt(7),
    });
    expect(refused.status).equal(409);
    expect(refused.json).include({ code: "upload-offset-mismatch" });
    const offset = Number(refused.headers.get("upload-offset"));
    expect((await read(id)).offset).equal(offset);
    const { json } = await append(id, offset);
    expect((json as UploadState).blob?.cid).equal(await cidInOnePiece());
    socket.destroy();
  });

  it("does not mix two parts that come at once", async () => {
    const { id } = await begin();
    const replies = await Promise.all([append(id, 0), append(id, 0), append(id, 0)]);
    const codes = replies.map(({ status, json }) => (status === 200 ? 200 : (json as { code: string }).code));
    for (const code of codes) expect([200, "upload-interrupted", "upload-offset-mismatch"]).include(code);
    const { offset, blob } = await read(id);
    const end = blob ?? ((await append(id, offset)).json as UploadState).blob;
    expect(end?.cid).equal(await cidInOnePiece());
  });

  it("refuses an upload or a part that is empty, too large, at no offset, of another type or unknown", async () => {
    const { refusal } = service;
    await refusal("evidence-empty", "/v1/uploads", { json: { size: 0 } });
    const large = await refusal("evidence-too-large", "/v1/uploads", { json: { size: LIMIT + 1 } });
    expect(large.details).deep.equal({ limit: LIMIT });
    await refusal("input-invalid", "/v1/uploads", { json: { size: -1 } });

    const { id } = await begin(service, 100);
    const part = { method: "PATCH", body: bytes.subarray(0, 101) };
    const path = `/v1/uploads/${id}`;
    const more = await refusal("evidence-too-large", path, { ...part, headers: headersAt(0) });
    expect(more.details).deep.equal({ limit: 100 });
    const bare = { "content-type": "application/octet-stream" };
    const noOffset = await refusal("input-invalid", path, { ...part, headers: bare });
    expect(noOffset.details.path).equal("upload-offset");
    await refusal("input-invalid", path, { ...part, headers: headersAt("-1") });
    await refusal("media-type-unsupported", path, { ...part, headers: { "upload-offset": "0" } });
    await refusal("input-invalid", "/v1/uploads/..%2F..%2Fetc");
    for (const method of ["GET", "DELETE"])
      await refusal("upload-unknown", `/v1/uploads/${"0".repeat(32)}`, { method });
    await refusal("upload-unknown", `/v1/uploads/${"0".repeat(32)}`, { ...part, headers: headersAt(0) });
    expect((await service.ask(path, { method: "DELETE" })).json).deep.equal({ id });
    await refusal("upload-unknown", path);
  });

  it("refuses an address that has its share of places, and says when it may come again", async () => {
    const other = await startService({ limits: { openUploadsPerAddress: 2, uploadSeconds: 600 } });
    try {
      await begin(other, 100);
      await begin(other, 100);
      const { details } = await other.refusal("rate-limited", "/v1/uploads", { json: { size: 100 } });
      expect(details.seconds).within(500, 600);
    } finally {
      await other.stop();
    }
  });

  it("ends an upload that took too long in all", async () => {
    const other = await startService({ limits: { uploadAgeSeconds: 0 } });
    try {
      const { id } = await begin(other);
      const path = `/v1/uploads/${id}`;
      expect((await other.refusal("upload-expired", path)).details).deep.equal({ seconds: 0 });
      await other.refusal("upload-expired", path, { method: "DELETE" });
      const part = { method: "PATCH", body: bytes.subarray(0, 9), headers: headersAt(0) };
      expect((await other.ask(path, part)).status).equal(410);
    } finally {
      await other.stop();
    }
  });

  it("goes on after it was killed in the middle of a part", async () => {
    const dir = join(service.root, "killed");
    const config = configFor({ root: dir, rpcUrl: service.anvil.url, deployment: service.deployment });
    const start = async () => {
      const child = fork(killable, [JSON.stringify(config), "{}"], {
        execArgv: ["--disable-warning=ExperimentalWarning"],
      });
      const [{ url }] = await once(child, "message");
      const kill = async () => {
        child.kill("SIGKILL");
        await once(child, "exit");
      };
      return { url, kill, asker: createAsker(url) };
    };
    const first = await start();
    const { id } = await begin(first.asker);
    const head = bytes.subarray(0, 1_000_000);
    await first.asker.ask(`/v1/uploads/${id}`, { method: "PATCH", body: head, headers: headersAt(0) });
    const socket = await send(first.url, id, { from: 1_000_000, to: 3_000_000 });
    await first.kill();
    socket.destroy();

    const second = await start();
    try {
      const { offset } = await read(id, second.asker);
      expect(offset).within(1_000_000, 3_000_000);
      const { json } = await append(id, offset, second.asker);
      expect((json as UploadState).blob?.cid).equal(await cidInOnePiece());
      const left = readdirSync(join(dir, "uploads")).filter((name) => name.startsWith(id));
      expect(left).lengthOf(1);
      expect(left[0]).match(/\.stored$/);
    } finally {
      await second.kill();
    }
  });
});
