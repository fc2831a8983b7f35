import { describe, it } from "node:test";
import { expect } from "chai";
import { UnixFS } from "ipfs-unixfs";
import { CID } from "multiformats/cid";
import { readFile } from "../../src/ipfs/readFile.ts";
import { bytesOf, collect } from "./bytes.ts";
import { type Block, blocksInMemory, branch, cidV0, leaf, node } from "./dags.ts";
import { expectRefusal } from "./refusal.ts";

const hello = await leaf(new TextEncoder().encode("hello "));
const world = await leaf(new TextEncoder().encode("world"));
const linkTo = (block: Block, size: number | bigint = block.bytes.length) => ({ cid: block.cid, size });

async function refusalOf(root: Block, ...others: Block[]) {
  const { source, asked } = blocksInMemory(root, ...others);
  return { asked, refused: collect(readFile(source, root.cid)) };
}

describe("readFile", () => {
  it("reads leaves in the order of their links", async () => {
    const root = await branch([linkTo(hello), linkTo(world)]);
    const { source } = blocksInMemory(root, hello, world);
    expect((await collect(readFile(source, root.cid))).toString()).to.equal("hello world");
  });

  it("reads leaves that are wrapped in dag-pb", async () => {
    const wrapped = await node(new UnixFS({ type: "file", data: bytesOf("hello ")[0]! }).marshal(), []);
    const root = await branch([linkTo(wrapped, 6), linkTo(world)]);
    const { source } = blocksInMemory(root, wrapped, world);
    expect((await collect(readFile(source, root.cid))).toString()).to.equal("hello world");
  });

  it("reads no further ahead than it is told and no faster than it is asked", async () => {
    const leaves = await Promise.all(Array.from({ length: 20 }, (_, index) => leaf(new Uint8Array([index]))));
    const root = await branch(leaves.map((block) => linkTo(block)));
    const { source, asked } = blocksInMemory(root, ...leaves);
    const reading = readFile(source, root.cid, { readAhead: 2 });
    expect((await reading.next()).value).to.deep.equal(new Uint8Array([0]));
    expect(asked).to.have.length(1 + 1 + 2);
    await reading.return();
  });

  it("reads only the blocks that a range needs", async () => {
    const root = await branch([linkTo(hello), linkTo(world)]);
    const { source, asked } = blocksInMemory(root, hello, world);
    expect((await collect(readFile(source, root.cid, { range: { start: 7 } }))).toString()).to.equal("orld");
    expect(asked).to.deep.equal([root.cid.toString(), world.cid.toString()]);
  });

  it("refuses a child that holds another number of bytes than its parent declares", async () => {
    for (const lie of [4, 6, 2 ** 40]) {
      const root = await branch([linkTo(hello), linkTo(world, lie)]);
      const { refused } = await refusalOf(root, hello, world);
      const { code } = await expectRefusal(refused, lie > 2 ** 36 ? "dag-too-large" : "dag-invalid");
      expect(code).to.be.a("string");
    }
  });

  it("refuses a branch whose own children add up to something else than its parent declares", async () => {
    const inner = await branch([linkTo(hello), linkTo(world)]);
    const root = await branch([linkTo(inner, 12)]);
    const { refused, asked } = await refusalOf(root, inner, hello, world);
    expect((await expectRefusal(refused, "dag-invalid")).details).to.include({ reason: "size-unlike-declared" });
    expect(asked).to.deep.equal([root.cid.toString(), inner.cid.toString()]);
  });

  it("refuses a bomb of repeated links before it reads a single child", async () => {
    let bomb = await leaf(new Uint8Array(1024 * 1024));
    const blocks = [bomb];
    let size = bomb.bytes.length;
    for (let level = 0; level < 3; level += 1) {
      bomb = await branch(Array.from({ length: 1024 }, () => linkTo(bomb, size)));
      size *= 1024;
      blocks.push(bomb);
    }
    const { refused, asked } = await refusalOf(bomb, ...blocks);
    expect((await expectRefusal(refused, "dag-too-large")).details).to.include({ limit: "bytes" });
    expect(asked).to.deep.equal([bomb.cid.toString()]);
  });

  it("refuses a bomb of children that declare nothing", async () => {
    const nothing = await leaf(new Uint8Array(0));
    const root = await branch(Array.from({ length: 1000 }, () => linkTo(nothing, 0)));
    const { refused, asked } = await refusalOf(root, nothing);
    expect((await expectRefusal(refused, "dag-invalid")).details).to.include({ reason: "child-empty" });
    expect(asked).to.have.length(1);
  });

  it("refuses a bomb of crumbs after a bounded number of reads", async () => {
    const crumb = await leaf(new Uint8Array([7]));
    let root = await branch(Array.from({ length: 1000 }, () => linkTo(crumb)));
    const blocks = [crumb, root];
    root = await branch(Array.from({ length: 1000 }, () => linkTo(blocks[1]!, 1000)));
    const { refused, asked } = await refusalOf(root, ...blocks);
    expect((await expectRefusal(refused, "dag-too-large")).details).to.include({ limit: "nodes" });
    expect(asked.length).to.be.lessThan(200);
  });

  it("refuses more than 4,096 links and accepts as many", async () => {
    const kilo = await leaf(new Uint8Array(64 * 1024));
    const full = await branch(Array.from({ length: 4096 }, () => linkTo(kilo)));
    const { source } = blocksInMemory(full, kilo);
    expect((await readFile(source, full.cid).next()).value).to.have.length(64 * 1024);

    const { refused } = await refusalOf(await branch(Array.from({ length: 4097 }, () => linkTo(kilo))), kilo);
    expect((await expectRefusal(refused, "dag-too-large")).details).to.include({ limit: "links" });
  });

  it("refuses a chain of more than eight levels and accepts as many", async () => {
    const blocks = [hello];
    for (let level = 0; level < 9; level += 1) blocks.push(await branch([linkTo(blocks.at(-1)!, 6)]));
    const { source } = blocksInMemory(...blocks);
    expect((await collect(readFile(source, blocks[8]!.cid))).toString()).to.equal("hello ");
    expect((await expectRefusal(collect(readFile(source, blocks[9]!.cid)), "dag-too-large")).details).to.include({
      limit: "depth",
    });
  });

  it("refuses sizes that wrap around", async () => {
    for (const lie of [2n ** 64n - 1n, 2n ** 53n]) {
      const { refused } = await refusalOf(await branch([{ cid: hello.cid, size: lie }]), hello);
      await expectRefusal(refused, "dag-too-large");
    }
  });

  it("refuses a block of more than 2 MiB even when its hash is right", async () => {
    const big = await leaf(new Uint8Array(2 * 1024 * 1024 + 1));
    await expectRefusal((await refusalOf(big)).refused, "block-damaged");
  });

  it("refuses directories, symlinks, shards and nodes that are no UnixFS", async () => {
    for (const type of ["directory", "symlink", "hamt-sharded-directory", "metadata"] as const) {
      const { refused } = await refusalOf(await node(new UnixFS({ type }).marshal(), []));
      expect((await expectRefusal(refused, "dag-invalid")).details).to.include({ reason: "not-a-file" });
    }
    await expectRefusal((await refusalOf(await node(new Uint8Array([0xff, 0xff]), []))).refused, "dag-invalid");
  });

  it("refuses bytes beside links, sizes without links and links without sizes", async () => {
    const both = await branch([linkTo(hello)], new Uint8Array([1]));
    const unsized = await node(new UnixFS({ type: "file" }).marshal(), [{ Name: "", Tsize: 6, Hash: hello.cid }]);
    const unlinked = new UnixFS({ type: "file" });
    unlinked.addBlockSize(5n);
    for (const root of [both, unsized, await node(unlinked.marshal(), [])]) {
      await expectRefusal((await refusalOf(root, hello)).refused, "dag-invalid");
    }
  });

  it("refuses a link to CIDv0, another codec or another hash", async () => {
    const { multihash } = hello.cid;
    const dagCbor = CID.createV1(0x71, multihash);
    for (const cid of [cidV0(await branch([linkTo(hello)])), dagCbor]) {
      const { refused, asked } = await refusalOf(await branch([{ cid, size: 6 }]), hello);
      await expectRefusal(refused, "cid-unsupported");
      expect(asked).to.have.length(1);
    }
  });

  it("refuses a block that is not what its CID says, and what was yielded before is good", async () => {
    const root = await branch([linkTo(hello), linkTo(world)]);
    const { source } = blocksInMemory(root, hello, { cid: world.cid, bytes: new TextEncoder().encode("w0rld") });
    const received: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of readFile(source, root.cid)) received.push(chunk);
    })();
    expect((await expectRefusal(reading, "block-damaged")).details).to.deep.equal({ cid: world.cid.toString() });
    expect(Buffer.concat(received).toString()).to.equal("hello ");
  });

  it("ends with the signal's reason while a source is stalled", async () => {
    const controller = new AbortController();
    const reading = collect(
      readFile(
        () => {
          queueMicrotask(() => controller.abort(new RangeError("enough")));
          return new Promise(() => undefined);
        },
        hello.cid,
        { signal: controller.signal },
      ),
    );
    expect(await reading.catch((error: unknown) => error)).to.be.instanceOf(RangeError);
  });
});
