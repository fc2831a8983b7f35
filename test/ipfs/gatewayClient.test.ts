import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import express from "express";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import { createGateway } from "../../src/ipfs/gateway.ts";
import { readFromGateways } from "../../src/ipfs/gatewayClient.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { collect, seededBytes, sha256 } from "./bytes.ts";
import { expectRefusal } from "./refusal.ts";

const size = 5 * 1024 * 1024 + 99;
const source = () => seededBytes("from afar", size);

describe("readFromGateways", () => {
  const servers: Server[] = [];
  let dir: string;
  let store: EvidenceStore;
  let cid: string;
  let honest: string;

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-gateway-client-"));
    store = await createEmbeddedStore({ dir });
    cid = (await store.put(source())).cid;
    honest = await serve(express().use(createGateway(store)));
  });
  after(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await store.close();
    await rm(dir, { recursive: true, force: true });
  });

  const read = (gateways: string[], options = {}) => collect(readFromGateways(cid, { gateways, ...options }));

  it("reads a file and checks every block", async () => {
    expect(await sha256(readFromGateways(cid, { gateways: [honest] }))).to.equal(await sha256(source()));
  });

  it("reads a range", async () => {
    const whole = await collect(source());
    const part = await read([honest], { range: { start: 1_000_000, end: 3_000_000 } });
    expect(part.equals(whole.subarray(1_000_000, 3_000_000))).to.equal(true);
  });

  it("refuses a gateway that answers with other bytes, and goes on to the next", async () => {
    const lying = await serve((_, response) => void response.end("not what you asked for"));
    const { details } = await expectRefusal(read([lying]), "block-damaged");
    expect(details).to.deep.equal({ cid, gateway: new URL(lying).host });
    expect((await read([lying, honest])).length).to.equal(size);
  });

  it("refuses an answer longer than a block may be, without reading it all", async () => {
    let sent = 0;
    const endless = await serve((request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.on("drain", more);
      request.on("close", () => response.destroy());
      more();
    });
    const { details } = await expectRefusal(read([endless]), "store-answer-invalid");
    expect(details.limit).to.equal(2 * 1024 * 1024);
    expect(sent).to.be.lessThan(32 * 1024 * 1024);
    expect((await read([endless, honest])).length).to.equal(size);
  });

  it("gives up on a gateway that falls silent, before or within its answer", async () => {
    const silent = await serve(() => undefined);
    const stalling = await serve((_, response) => void response.write("a"));
    for (const gateway of [silent, stalling]) {
      const { details } = await expectRefusal(read([gateway], { idleMs: 50 }), "store-unreachable");
      expect(details.reason).to.equal("idle");
    }
  });

  it("gives up on a gateway that trickles", async () => {
    const trickling = await serve((_, response) => {
      const timer = setInterval(() => response.write("a"), 10);
      response.on("close", () => clearInterval(timer));
    });
    const { details } = await expectRefusal(read([trickling], { idleMs: 1_000, blockMs: 100 }), "store-unreachable");
    expect(details.reason).to.equal("timeout");
  });

  it("gives up on the whole file after totalMs", async () => {
    const silent = await serve(() => undefined);
    const outcome = await read([silent], { totalMs: 50 }).catch((error: unknown) => error);
    expect(outcome).to.have.property("name", "TimeoutError");
  });

  it("says block-missing when every gateway does, and that one is unreachable when it is", async () => {
    const empty = await serve((_, response) => void response.writeHead(404).end());
    await expectRefusal(read([empty, empty]), "block-missing");
    await expectRefusal(read(["http://127.0.0.1:9"]), "store-unreachable");
    expect((await read(["http://127.0.0.1:9", empty, honest])).length).to.equal(size);
  });

  it("skips what is no HTTP address", async () => {
    for (const gateway of ["not a url", "", "file:///etc/passwd", "ftp://127.0.0.1"]) {
      await expectRefusal(read([gateway]), "block-missing");
      expect((await read([gateway, honest])).length).to.equal(size);
    }
  });

  it("follows no redirect and takes no partial answer", async () => {
    const redirecting = await serve(
      (_, response) => void response.writeHead(302, { location: `${honest}/ipfs/${cid}?format=raw` }).end(),
    );
    await expectRefusal(read([redirecting]), "store-unreachable");
    const partial = await serve((_, response) => void response.writeHead(206).end("a"));
    expect((await expectRefusal(read([partial]), "store-answer-invalid")).details).to.include({ status: 206 });
  });

  it("ends with the signal's reason at once", async () => {
    const silent = await serve(() => undefined);
    const controller = new AbortController();
    const reading = read([silent, honest], { signal: controller.signal }).catch((error: unknown) => error);
    controller.abort(new RangeError("enough"));
    expect(await reading).to.be.instanceOf(RangeError);
  });

  it("refuses a CID that is not supported before it asks anybody", async () => {
    const never = collect(
      readFromGateways("Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD", { gateways: ["http://127.0.0.1:9"] }),
    );
    await expectRefusal(never, "cid-unsupported");
  });
});
