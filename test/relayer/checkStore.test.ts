import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import express from "express";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import { createGateway } from "../../src/ipfs/gateway.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { checkStoreOnce } from "../../src/relayer/checkStore.ts";
import { createLog } from "../../src/relayer/log.ts";
import { createRandom } from "../fixtures/evidence.ts";

describe("checkStoreOnce", () => {
  let dir: string;
  let store: EvidenceStore;
  let other: EvidenceStore;
  let gateway: Server;
  let cid: string;
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(...chunk.toString().trim().split("\n"));
      done();
    },
  });
  const log = createLog("warn", stream);
  const { signal } = new AbortController();
  const bytes = createRandom("stored")(3_000_000);
  const check = (gateways: readonly string[]) => checkStoreOnce({ store, gateways, log, signal });
  const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** Flips a bit of a block, as a bad disk does. */
  const damage = async () => {
    const entries = await readdir(join(dir, "one", "blocks"), { recursive: true, withFileTypes: true });
    const leaf = entries.find(({ name }) => name.startsWith("bafkrei"))!;
    const path = join(leaf.parentPath, leaf.name);
    const block = await readFile(path);
    block[block.length >> 1]! ^= 1;
    await writeFile(path, block);
  };

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-check-"));
    store = await createEmbeddedStore({ dir: join(dir, "one") });
    other = await createEmbeddedStore({ dir: join(dir, "other") });
    ({ cid } = await store.put([bytes]));
    gateway = express().use(createGateway(other)).listen(0, "127.0.0.1");
    await once(gateway, "listening");
  });
  after(async () => {
    gateway.close();
    await store.close();
    await other.close();
    await rm(dir, { recursive: true });
  });

  it("says nothing where everything is whole", async () => {
    expect(await check([])).deep.equal([]);
    expect(lines).deep.equal([]);
  });

  it("raises an alarm for a damaged file, at every reading, and keeps it", async () => {
    await damage();
    for (let reading = 1; reading <= 2; reading++) {
      expect(await check([])).deep.equal([cid]);
      expect(lines.splice(0).map((line) => (JSON.parse(line) as { cid: string; msg: string }).msg)).deep.equal([
        "evidence is damaged",
      ]);
    }
    expect(await store.has(cid)).equal(true);
  });

  it("says so where no other store has it, and repairs it from one that has", async () => {
    expect(await check([urlOf(gateway)])).deep.equal([cid]);
    expect(lines.splice(0).join()).include("evidence cannot be fetched anew").and.include("evidence is damaged");
    await other.put([bytes]);
    expect(await check(["http://127.0.0.1:1", urlOf(gateway)])).deep.equal([]);
    expect(lines.splice(0).join()).include("evidence was damaged, repaired");
    expect(await check([])).deep.equal([]);
    const read: Uint8Array[] = [];
    for await (const piece of store.get(cid)) read.push(piece);
    expect(Buffer.concat(read).equals(bytes)).equal(true);
  });

  it("ends when it is told to", async () => {
    const reason = new Error("stop");
    const ended = checkStoreOnce({ store, gateways: [], log, signal: AbortSignal.abort(reason) });
    expect(await ended.catch((error: unknown) => error)).equal(reason);
  });
});
