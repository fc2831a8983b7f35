import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import type { DatabaseOptions } from "../src/db/database.ts";
import { silentLog } from "../src/relayer/log.ts";
import { createClient } from "../src/sdk/client.ts";
import { type HoldfastConfig, startHoldfast } from "../src/service.ts";
import { type Anvil, startAnvil } from "./fixtures/anvil.ts";
import { type Databases, startDatabases } from "./fixtures/database.ts";
import { type Deployment, deploy } from "./fixtures/deployment.ts";
import { rejection } from "./fixtures/rejection.ts";
import { RELAYER } from "./fixtures/sender.ts";
import { configFor, createAsker } from "./fixtures/service.ts";

const options = { signer: RELAYER, log: silentLog };

describe("startHoldfast", () => {
  let anvil: Anvil;
  let deployment: Deployment;
  let databases: Databases;
  let database: DatabaseOptions;
  let root: string;
  before(async () => {
    anvil = await startAnvil();
    deployment = await deploy(anvil);
    databases = await startDatabases("pglite");
  });
  after(async () => {
    databases.stop();
    await anvil.stop();
  });
  beforeEach(async () => {
    database = await databases.create();
    root = mkdtempSync(join(tmpdir(), "holdfast-main-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const config = (changes: Partial<HoldfastConfig> = {}): HoldfastConfig => ({
    ...configFor({ root, rpcUrl: anvil.url, deployment }),
    database,
    ...changes,
  });

  it("serves until it is stopped, and continues on the same directory", async () => {
    for (let run = 0; run < 2; run++) {
      const holdfast = await startHoldfast(config(), options);
      expect((await createAsker(holdfast.url).ask("/health")).status).equal(200);
      await holdfast.stop();
      await holdfast.ended;
      await rejection(createClient({ url: holdfast.url }).readConfig(), "relayer-unreachable");
    }
  });

  it("ends when its signal aborts", async () => {
    const stopping = new AbortController();
    const holdfast = await startHoldfast(config(), { ...options, signal: stopping.signal });
    stopping.abort();
    await holdfast.ended;
    await rejection(createClient({ url: holdfast.url }).readConfig(), "relayer-unreachable");
  });

  it("starts while the chain is down, says so, and works once it is back", async () => {
    const down = await startAnvil();
    await down.stop();
    const holdfast = await startHoldfast(config({ rpcUrls: [down.url] }), options);
    try {
      const { ask, refusal } = createAsker(holdfast.url);
      expect((await ask("/health")).status).equal(200);
      const { status, json: state } = await ask("/ready");
      expect(status).equal(503);
      expect(state).deep.include({ ready: false, lag: null, blockedBy: { connect: "rpc-unreachable" } });
      const terms = JSON.parse(
        JSON.stringify(await deployment.termsOf(), (_, v) => (typeof v === "bigint" ? `${v}` : v)),
      );
      await refusal("rpc-unreachable", "/v1/deals", { json: { terms } });
      expect(await createClient({ url: holdfast.url }).listDeals()).deep.equal({ deals: [], next: null });

      const { port } = new URL(down.url);
      const back = await startAnvil(["--port", port]);
      try {
        await deploy(back);
        const client = createClient({ url: holdfast.url });
        const limit = AbortSignal.timeout(30_000);
        while (!(await client.readReady()).ready) limit.throwIfAborted();
      } finally {
        await back.stop();
      }
    } finally {
      await holdfast.stop();
    }
  });

  it("names a port that is taken and lets go of everything", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const refused = await rejection(startHoldfast(config({ port }), options), "port-taken");
    expect(refused.details).deep.equal({ port });
    other.close();
    // The locks are free again.
    await (await startHoldfast(config(), options)).stop();
  });

  it("refuses a directory that another one works on", async () => {
    const first = await startHoldfast(config(), options);
    await rejection(startHoldfast(config(), options), "data-dir-locked");
    expect((await createAsker(first.url).ask("/health")).status).equal(200);
    await first.stop();
  });

  it("refuses the data directory of another one also with a database of its own", async () => {
    const holdfast = await startHoldfast(config(), options);
    await rejection(startHoldfast(config({ database: await databases.create() }), options), "data-dir-locked");
    await holdfast.stop();
    await (await startHoldfast(config(), options)).stop();
  });

  it("names a data directory that cannot be written", async () => {
    const sealed = join(root, "sealed");
    mkdirSync(sealed, { mode: 0o500 });
    // Root may write everywhere but where the kernel keeps its own files.
    const dataDir = join(process.getuid?.() === 0 ? "/sys" : sealed, "holdfast");
    const denied = config({ dataDir, database: { dataDir: join(dataDir, "database") } });
    await rejection(startHoldfast(denied, options), "data-dir-unusable");
    expect(existsSync(dataDir)).equal(false);
  });

  it("names a data directory that is a file, and leaves the file alone", async () => {
    const dataDir = join(root, "file");
    writeFileSync(dataDir, "mine");
    await rejection(
      startHoldfast(config({ dataDir, database: { dataDir: join(dataDir, "database") } }), options),
      "data-dir-unusable",
    );
    expect(readdirSync(root)).deep.equal(["file"]);
  });

  it("finishes an upload that runs when it is told to end", async () => {
    const holdfast = await startHoldfast(config(), options);
    const headers = { "content-type": "application/octet-stream", expect: "100-continue" };
    const upload = request(`${holdfast.url}/v1/blobs`, { method: "POST", headers });
    upload.flushHeaders();
    // The server has the request once it lets the body come.
    await once(upload, "continue");
    const stopped = holdfast.stop();
    upload.end(new Uint8Array(4_000_000));
    const [response] = (await once(upload, "response")) as [IncomingMessage];
    expect(response.statusCode).equal(201);
    expect(await json(response)).include({ size: 4_000_000 });
    await stopped;
  });

  it("exits with 0 on SIGTERM, everything closed", async () => {
    const program = `
      import { startHoldfast } from ${JSON.stringify(new URL("../src/service.ts", import.meta.url).href)};
      import { RELAYER } from ${JSON.stringify(new URL("./fixtures/sender.ts", import.meta.url).href)};
      const stopping = new AbortController();
      process.once("SIGTERM", () => stopping.abort());
      const holdfast = await startHoldfast(${JSON.stringify(config())}, { signal: stopping.signal, signer: RELAYER });
      console.log(holdfast.url);
      await holdfast.ended;`;
    const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const exited = once(child, "exit");
    for await (const url of createInterface({ input: child.stdout })) {
      expect((await createAsker(url).ask("/health")).status).equal(200);
      child.kill("SIGTERM");
      break;
    }
    expect((await exited)[0]).equal(0);
    // Nothing holds the directory any more.
    await (await startHoldfast(config(), options)).stop();
  });
});
