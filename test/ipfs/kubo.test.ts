import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { expect } from "chai";
import { kuboPath, kuboVersion } from "../../scripts/install-kubo.mjs";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import { createKuboStore } from "../../src/ipfs/kubo.ts";
import { collect, listed, seededBytes, sha256 } from "./bytes.ts";
import { kuboVectors, storeContract } from "./contract.ts";
import { expectRefusal } from "./refusal.ts";

const run = promisify(execFile);
const mebibyte = 1024 * 1024;
const installed = await access(kuboPath).then(
  () => true,
  () => false,
);
const external = process.env.KUBO_RPC_URL;

/** A real node of its own: fresh repository, no network, no fixed port. */
async function startKubo({ announcing = false } = {}) {
  const repository = await mkdtemp(join(tmpdir(), "holdfast-kubo-"));
  const env = { ...process.env, IPFS_PATH: repository };
  const ipfs = (...args: string[]) => run(kuboPath, args, { env });
  await ipfs("init", "--profile=test");
  if (!announcing) await ipfs("config", "--json", "Provide.Enabled", "false");
  const daemon = spawn(kuboPath, ["daemon", "--offline"], { env, stdio: ["ignore", "pipe", "ignore"] });
  const url = await rpcAddress(daemon);
  return {
    url,
    repository,
    ipfs,
    async stop() {
      daemon.kill("SIGTERM");
      if (daemon.exitCode === null) await once(daemon, "exit");
      await rm(repository, { recursive: true, force: true });
    },
  };
}

async function rpcAddress(daemon: ChildProcess): Promise<string> {
  let url: string | undefined;
  for await (const line of createInterface({ input: daemon.stdout! })) {
    const port = /RPC API server listening on \/ip4\/127\.0\.0\.1\/tcp\/(\d+)/.exec(line)?.[1];
    if (port !== undefined) url = `http://127.0.0.1:${port}`;
    if (line.includes("Daemon is ready") && url !== undefined) return url;
  }
  throw new Error("Kubo ended before it was ready");
}

if (!installed && external === undefined) {
  const reason = `Kubo ${kuboVersion} is not built here: run "node scripts/install-kubo.mjs" (needs Go) or set KUBO_RPC_URL to a node of your own`;
  it("stores evidence in a real Kubo node", { skip: reason });
}

if (external !== undefined) storeContract("the Kubo node at KUBO_RPC_URL", () => createKuboStore({ url: external }));

if (installed) {
  describe("a Kubo node", () => {
    let kubo: Awaited<ReturnType<typeof startKubo>>;
    before(async () => {
      kubo = await startKubo();
    });
    after(() => kubo.stop());

    storeContract("Kubo", () => createKuboStore({ url: kubo.url }));

    it("gives files the names that Kubo itself gives them", async () => {
      for (const { seed, size, cid } of kuboVectors) {
        const child = spawn(
          kuboPath,
          ["add", "--only-hash", "--quieter", "--cid-version=1", "--chunker=size-1048576", "--max-file-links=1024"],
          {
            env: { ...process.env, IPFS_PATH: kubo.repository },
            stdio: ["pipe", "pipe", "inherit"],
          },
        );
        child.stdin.end(await collect(seededBytes(seed, size)));
        expect((await collect(child.stdout)).toString().trim()).to.equal(cid);
      }
    });

    it("hands out over Kubo what the embedded store exported, and the other way round", async () => {
      const dir = await mkdtemp(join(tmpdir(), "holdfast-kubo-peer-"));
      const embedded = await createEmbeddedStore({ dir });
      const store = await createKuboStore({ url: kubo.url });
      const source = () => seededBytes("between stores", 2 * mebibyte + 3);
      const stored = await embedded.put(source());
      await store.put(source());

      const { stdout } = await run(kuboPath, ["dag", "export", "--progress=false", stored.cid], {
        env: { ...process.env, IPFS_PATH: kubo.repository },
        encoding: "buffer",
        maxBuffer: 8 * mebibyte,
      });
      await embedded.delete(stored.cid);
      expect(await embedded.importCar([stdout])).to.deep.equal(stored);
      expect(await sha256(embedded.get(stored.cid))).to.equal(await sha256(source()));
      await Promise.all([embedded.close(), store.close(), rm(dir, { recursive: true, force: true })]);
    });

    it("refuses a block that was altered in the node's own repository, and names it in a scrub", async () => {
      const store = await createKuboStore({ url: kubo.url });
      const { cid } = await store.put(seededBytes("altered inside Kubo", 2 * mebibyte));
      const intact = await collect(store.get(cid));
      const path = await fileHolding(intact.subarray(0, mebibyte));
      const bytes = await readFile(path);
      bytes[3]! ^= 1;
      await writeFile(path, bytes);

      const { details } = await expectRefusal(collect(store.get(cid)), "block-damaged");
      expect(await listed(store.scrub())).to.deep.include({ cid: details.cid, root: cid, fault: "damaged" });
      await store.close();
    });

    async function fileHolding(bytes: Uint8Array): Promise<string> {
      for (const path of await filesIn(join(kubo.repository, "blocks"))) {
        if (Buffer.compare(await readFile(path), bytes) === 0) return path;
      }
      throw new Error("no such block");
    }

    it("leaves nothing pinned when an upload breaks off after batches went out", async () => {
      const store = await createKuboStore({ url: kubo.url });
      const pinned = async () =>
        (await kubo.ipfs("pin", "ls", "--type=recursive", "--quiet")).stdout.split("\n").sort();
      const before = await pinned();
      async function* breaking() {
        yield* seededBytes("breaks off in Kubo", 20 * mebibyte);
        throw new RangeError("the sender went away");
      }
      expect(await store.put(breaking()).catch((error: unknown) => error)).to.be.instanceOf(RangeError);
      expect(await pinned()).to.deep.equal(before);
      await store.close();
    });
  });

  it("refuses a node that announces what it stores, unless told that it may", async () => {
    const announcing = await startKubo({ announcing: true });
    try {
      await expectRefusal(createKuboStore({ url: announcing.url }), "store-announces");
      await (await createKuboStore({ url: announcing.url, announce: true })).close();
    } finally {
      await announcing.stop();
    }
  });
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("createKuboStore", () => {
  it("says store-unreachable when no node listens", async () => {
    const { details } = await expectRefusal(createKuboStore({ url: "http://127.0.0.1:9" }), "store-unreachable");
    expect(details).to.deep.equal({ store: "kubo", reason: "connection" });
  });

  it("says store-unreachable when a node never answers", async () => {
    const server = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { details } = await expectRefusal(createKuboStore({ url, callMs: 50 }), "store-unreachable");
    expect(details).to.deep.equal({ store: "kubo", reason: "timeout" });
    server.closeAllConnections();
    server.close();
  });
});
