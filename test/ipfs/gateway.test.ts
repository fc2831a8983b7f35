import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { CarReader } from "@ipld/car";
import { expect } from "chai";
import express from "express";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import { createGateway } from "../../src/ipfs/gateway.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { bytesOf, collect, seededBytes } from "./bytes.ts";

const mebibyte = 1024 * 1024;
const absent = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

describe("createGateway", () => {
  let dir: string;
  let store: EvidenceStore;
  let server: Server;
  let base: string;
  let small: string;
  let large: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-gateway-"));
    store = await createEmbeddedStore({ dir });
    small = (await store.put(bytesOf("hello world"))).cid;
    large = (await store.put(seededBytes("over the gateway", 3 * mebibyte + 5))).cid;
    server = createServer(express().use(createGateway(store))).listen(0, "127.0.0.1");
    await once(server, "listening");
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await store.close();
    await rm(dir, { recursive: true, force: true });
  });

  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(base + path, { method, headers });

  async function problem(response: Response, status: number, code: string) {
    expect(response.status).to.equal(status);
    expect(response.headers.get("content-type")).to.match(/^application\/problem\+json/);
    expect(response.headers.get("cache-control")).to.equal("no-store");
    expect(await response.json()).to.include({ status, code, type: "about:blank" });
  }

  it("serves one block by format and by Accept", async () => {
    for (const response of [
      await get(`/ipfs/${small}?format=raw`),
      await get(`/ipfs/${small}`, { accept: "application/vnd.ipld.raw" }),
      await get(`/ipfs/${small}?format=raw`, { accept: "text/html" }),
    ]) {
      expect(response.status).to.equal(200);
      expect(await response.text()).to.equal("hello world");
      expect(response.headers.get("content-type")).to.equal("application/vnd.ipld.raw");
      expect(response.headers.get("content-length")).to.equal("11");
    }
  });

  it("serves the whole file as a CAR by format and by Accept", async () => {
    for (const response of [
      await get(`/ipfs/${large}?format=car`),
      await get(`/ipfs/${large}`, { accept: "application/vnd.ipld.car; version=1" }),
      await get(`/ipfs/${large}`, { accept: "application/vnd.ipld.raw;q=0.5, application/vnd.ipld.car, */*;q=0.1" }),
    ]) {
      expect(response.status).to.equal(200);
      expect(response.headers.get("content-type")).to.equal("application/vnd.ipld.car; version=1; order=dfs; dups=n");
      const reader = await CarReader.fromBytes(new Uint8Array(await response.arrayBuffer()));
      expect((await reader.getRoots()).map(String)).to.deep.equal([large]);
      expect(
        await collect(
          (async function* () {
            for await (const { cid, bytes } of reader.blocks()) if (cid.code === 0x55) yield bytes;
          })(),
        ),
      ).to.have.length(3 * mebibyte + 5);
    }
  });

  it("tells browsers to download, not to guess, and to keep the answer for good", async () => {
    for (const [format, extension] of [
      ["raw", "bin"],
      ["car", "car"],
    ]) {
      const { headers } = await get(`/ipfs/${small}?format=${format}`);
      expect(headers.get("x-content-type-options")).to.equal("nosniff");
      expect(headers.get("content-disposition")).to.equal(`attachment; filename="${small}.${extension}"`);
      expect(headers.get("cache-control")).to.equal("public, max-age=31536000, immutable");
      expect(headers.get("etag")).to.equal(`"${small}.${extension}"`);
      expect(headers.get("access-control-allow-origin")).to.equal("*");
      expect(headers.get("vary")).to.match(/accept/i);
    }
  });

  it("answers 304 to a reader that has it, and no body to HEAD", async () => {
    for (const [format, extension] of [
      ["raw", "bin"],
      ["car", "car"],
    ]) {
      const again = await get(`/ipfs/${small}?format=${format}`, {
        "if-none-match": `"${small}.${extension}"`,
        "cache-control": "max-age=0",
      });
      expect([again.status, await again.text()]).to.deep.equal([304, ""]);
      const head = await get(`/ipfs/${small}?format=${format}`, {}, "HEAD");
      expect([head.status, await head.text()]).to.deep.equal([200, ""]);
    }
  });

  it("answers 404 to what is not stored, for blocks and files", async () => {
    await problem(await get(`/ipfs/${absent}?format=raw`), 404, "block-missing");
    await problem(await get(`/ipfs/${absent}?format=car`), 404, "block-missing");
  });

  it("answers 406 to a browser and to formats that it does not have", async () => {
    await problem(await get(`/ipfs/${small}`, { accept: "text/html,*/*;q=0.8" }), 406, "not-acceptable");
    await problem(await get(`/ipfs/${small}`), 406, "not-acceptable");
    await problem(await get(`/ipfs/${small}?format=tar`), 406, "not-acceptable");
    await problem(
      await get(`/ipfs/${small}?format=tar`, { accept: "application/vnd.ipld.raw" }),
      406,
      "not-acceptable",
    );
    await problem(
      await get(`/ipfs/${small}`, { accept: "application/vnd.ipld.car; version=2" }),
      406,
      "not-acceptable",
    );
  });

  it("answers 400 to CIDs that it does not serve, and to paths below one", async () => {
    for (const path of [
      "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD",
      "nonsense",
      "..%2F..%2Fetc%2Fpasswd",
      "bafkqaaa",
      `${small}/file`,
    ]) {
      await problem(await get(`/ipfs/${path}?format=raw`), 400, "cid-unsupported");
    }
  });

  it("answers 404 outside /ipfs and to other methods", async () => {
    expect((await get("/ipns/example.org")).status).to.equal(404);
    expect((await get(`/ipfs/${small}?format=raw`, {}, "DELETE")).status).to.equal(404);
  });

  it("answers 500 to a damaged block and breaks a CAR off rather than serve one", async () => {
    const cid = (await store.put(seededBytes("damaged on disk", 3 * mebibyte))).cid;
    const files = (await readdir(join(dir, "blocks"), { recursive: true })).filter((path) => path.includes("bafkrei"));
    const leaves = await CarReader.fromBytes(
      new Uint8Array(await (await get(`/ipfs/${cid}?format=car`)).arrayBuffer()),
    );
    let last = "";
    for await (const block of leaves.cids()) last = block.toString();
    const path = join(dir, "blocks", files.find((file) => file.endsWith(last))!);
    const bytes = await readFile(path);
    bytes[5]! ^= 1;
    await writeFile(path, bytes);

    await problem(await get(`/ipfs/${last}?format=raw`), 500, "block-damaged");
    const car = await get(`/ipfs/${cid}?format=car`);
    expect(car.status).to.equal(200);
    const outcome = await car.arrayBuffer().then(
      () => "whole",
      () => "broken off",
    );
    expect(outcome).to.equal("broken off");
  });

  it("stops reading the store when the reader goes away", async () => {
    const leaving = new AbortController();
    const response = await fetch(`${base}/ipfs/${large}?format=car`, { signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    expect((await get(`/ipfs/${small}?format=raw`)).status).to.equal(200);
  });
});
