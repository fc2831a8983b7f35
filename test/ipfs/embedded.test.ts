import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { ProtocolError } from "../../src/core/errors.ts";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { collect, listed, seededBytes, sha256 } from "./bytes.ts";
import { storeContract } from "./contract.ts";
import { expectRefusal } from "./refusal.ts";

const mebibyte = 1024 * 1024;

const directories: string[] = [];
async function freshDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "holdfast-store-"));
  directories.push(path);
  return path;
}
after(() => Promise.all(directories.map((path) => rm(path, { recursive: true, force: true }))));

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

storeContract("the embedded store", async () => createEmbeddedStore({ dir: await freshDirectory() }));

describe("createEmbeddedStore", () => {
  describe("on damaged disks", () => {
    let dir: string;
    let store: EvidenceStore;
    let cid: string;
    const source = () => seededBytes("on a bad disk", 3 * mebibyte + 1);
    const blockFiles = async () => (await filesIn(join(dir, "blocks"))).sort();
    const leafFile = async () => (await blockFiles()).find((path) => path.includes("bafkrei"))!;

    before(async () => {
      dir = await freshDirectory();
      store = await createEmbeddedStore({ dir });
      cid = (await store.put(source())).cid;
    });
    after(() => store.close());

    async function flip(path: string) {
      const bytes = await readFile(path);
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(path, bytes);
    }
    const nameOf = (path: string) => path.split("/").at(-1)!;

    it("refuses every read of a block with one flipped bit, names it in a scrub, and repairs it when the file is put again", async () => {
      const path = await leafFile();
      await flip(path);
      expect((await expectRefusal(collect(store.get(cid)), "block-damaged")).details).to.deep.equal({
        cid: nameOf(path),
      });
      await expectRefusal(store.getBlock(nameOf(path)), "block-damaged");
      expect(await listed(store.scrub())).to.deep.equal([{ cid: nameOf(path), root: cid, fault: "damaged" }]);

      expect((await store.put(source())).cid).to.equal(cid);
      expect(await listed(store.scrub())).to.deep.equal([]);
      expect(await sha256(store.get(cid))).to.equal(await sha256(source()));
    });

    it("names a missing and a shortened block in a scrub, and repairs both", async () => {
      const [one, other] = (await blockFiles()).filter((path) => path.includes("bafkrei"));
      await unlink(one!);
      await truncate(other!, 10);
      expect(await listed(store.scrub())).to.have.deep.members([
        { cid: nameOf(one!), root: cid, fault: "missing" },
        { cid: nameOf(other!), root: cid, fault: "damaged" },
      ]);
      expect(await collect(store.get(cid)).catch((error: unknown) => error)).to.be.instanceOf(ProtocolError);
      await store.put(source());
      expect(await listed(store.scrub())).to.deep.equal([]);
    });

    it("names a damaged root", async () => {
      await flip((await blockFiles()).find((path) => path.endsWith(cid))!);
      expect(await listed(store.scrub())).to.deep.equal([{ cid, root: cid, fault: "damaged" }]);
      await expectRefusal(store.stat(cid), "block-damaged");
      await store.put(source());
      expect(await store.stat(cid)).to.deep.equal({ cid, size: 3 * mebibyte + 1 });
    });

    it("removes nothing while another file's pin is damaged, and everything once that one is deleted", async () => {
      const other = await store.put(seededBytes("beside a damaged pin", mebibyte + 1));
      await writeFile(join(dir, "pins", cid), "nonsense\n");
      expect((await expectRefusal(store.delete(other.cid), "pin-damaged")).details).to.deep.equal({ root: cid });
      expect(await sha256(store.get(cid))).to.equal(await sha256(source()));
      await store.delete(cid);
      expect(await blockFiles()).to.deep.equal([]);
    });
  });

  describe("on leftovers", () => {
    it("leaves no file behind when an upload breaks off", async () => {
      const dir = await freshDirectory();
      const store = await createEmbeddedStore({ dir });
      async function* breaking() {
        yield* seededBytes("leaves nothing", 20 * mebibyte);
        throw new RangeError("the sender went away");
      }
      expect(await store.put(breaking()).catch((error: unknown) => error)).to.be.instanceOf(RangeError);
      expect(await filesIn(dir)).to.deep.equal([]);
      await store.close();
    });

    it("keeps what an upload that broke off shares with a pinned file", async () => {
      const dir = await freshDirectory();
      const store = await createEmbeddedStore({ dir });
      const stored = await store.put(seededBytes("kept", 3 * mebibyte));
      async function* breaking() {
        yield* seededBytes("kept", 3 * mebibyte);
        yield* seededBytes("lost", 3 * mebibyte);
        throw new RangeError("the sender went away");
      }
      await store.put(breaking()).catch(() => undefined);
      expect(await listed(store.scrub())).to.deep.equal([]);
      expect(await filesIn(join(dir, "blocks"))).to.have.length(4);
      expect(await listed(store.pins())).to.deep.equal([stored.cid]);
      await store.close();
    });

    it("removes what a killed process left, and only that", async () => {
      const dir = await freshDirectory();
      const first = await createEmbeddedStore({ dir });
      const stored = await first.put(seededBytes("from before", 2 * mebibyte));
      await first.close();

      const program = `
        const { createEmbeddedStore } = await import(${JSON.stringify(new URL("../../src/ipfs/embedded.ts", import.meta.url).href)});
        const store = await createEmbeddedStore({ dir: ${JSON.stringify(dir)} });
        async function* endless() {
          for (let chunk = 0; ; chunk += 1) {
            if (chunk === 40) process.stdout.write("writing");
            yield new Uint8Array(1024 * 1024).fill(chunk % 251);
          }
        }
        await store.put(endless());`;
      const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("close", resolve));
      expect(await readdir(join(dir, "uploads"))).to.not.deep.equal([]);

      const second = await createEmbeddedStore({ dir });
      expect(await readdir(join(dir, "uploads"))).to.deep.equal([]);
      expect(await listed(second.pins())).to.deep.equal([stored.cid]);
      expect(await listed(second.scrub())).to.deep.equal([]);
      expect(await filesIn(join(dir, "blocks"))).to.have.length(3);
      expect(await sha256(second.get(stored.cid))).to.equal(await sha256(seededBytes("from before", 2 * mebibyte)));
      await second.close();
    });
  });

  it("still has everything after it is closed and opened again", async () => {
    const dir = await freshDirectory();
    const first = await createEmbeddedStore({ dir });
    const stored = await first.put(seededBytes("lasting", 2 * mebibyte + 3));
    await first.close();
    const second = await createEmbeddedStore({ dir });
    expect(await second.stat(stored.cid)).to.deep.equal(stored);
    await second.close();
  });

  it("deletes beside uploads of the same blocks without harming them", async () => {
    const store = await createEmbeddedStore({ dir: await freshDirectory() });
    const shared = await collect(seededBytes("raced for", 2 * mebibyte));
    for (let round = 0; round < 10; round += 1) {
      const old = await store.put([shared, new Uint8Array([round])]);
      const [, fresh] = await Promise.all([store.delete(old.cid), store.put([shared, new Uint8Array([100 + round])])]);
      expect((await collect(store.get(fresh.cid))).length).to.equal(2 * mebibyte + 1);
      await store.delete(fresh.cid);
    }
    await store.close();
  });

  it("says data-dir-unusable when the directory is a file", async () => {
    const path = join(await freshDirectory(), "file");
    await writeFile(path, "");
    await expectRefusal(createEmbeddedStore({ dir: path }), "data-dir-unusable");
  });
});
