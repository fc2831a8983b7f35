import { describe, it } from "node:test";
import { CarReader } from "@ipld/car";
import { CarWriter } from "@ipld/car/writer";
import { expect } from "chai";
import type { CID } from "multiformats/cid";
import { exportCar, readCar } from "../../src/ipfs/car.ts";
import { collect, listed } from "./bytes.ts";
import { type Block, blocksInMemory, branch, cidV0, leaf } from "./dags.ts";
import { expectRefusal } from "./refusal.ts";

const hello = await leaf(new TextEncoder().encode("hello "));
const world = await leaf(new TextEncoder().encode("world"));
const inner = await branch([
  { cid: world.cid, size: 5 },
  { cid: hello.cid, size: 6 },
]);
const root = await branch([
  { cid: hello.cid, size: 6 },
  { cid: inner.cid, size: 11 },
  { cid: world.cid, size: 5 },
]);
const { source } = blocksInMemory(root, inner, hello, world);

/** A CAR as another implementation writes it, in whatever order and with whatever roots. */
async function written(roots: CID[], ...blocks: Block[]): Promise<Buffer> {
  const { writer, out } = CarWriter.create(roots);
  const filling = (async () => {
    for (const block of blocks) await writer.put(block);
    await writer.close();
  })();
  const car = await collect(out);
  await filling;
  return car;
}

const received = async (car: Iterable<Uint8Array>, options: { maxBytes?: number } = {}) => {
  const blocks: string[] = [];
  const result = await readCar(car, async (cid) => void blocks.push(cid.toString()), options);
  return { root: result.root.toString(), size: result.size, blocks };
};

const whole = await written([root.cid], root, hello, inner, world);

describe("exportCar", () => {
  it("writes what an independent reader understands: one root, parents first, nothing twice", async () => {
    const reader = await CarReader.fromBytes(await collect(exportCar(source, root.cid)));
    expect((await reader.getRoots()).map(String)).to.deep.equal([root.cid.toString()]);
    expect((await listed(reader.cids())).map(String)).to.deep.equal(
      [root, hello, inner, world].map(({ cid }) => cid.toString()),
    );
  });

  it("writes byte for byte what an independent writer does", async () => {
    const ours = await collect(exportCar(source, root.cid));
    expect(ours.equals(await written([root.cid], root, hello, inner, world))).to.equal(true);
  });

  it("says block-missing before the first byte when the root is absent", async () => {
    const car = exportCar(blocksInMemory(hello).source, root.cid);
    await expectRefusal(car.next(), "block-missing");
  });

  it("ends with an error when a block below is absent or altered", async () => {
    const without = blocksInMemory(root, inner, hello).source;
    await expectRefusal(collect(exportCar(without, root.cid)), "block-missing");
    const altered = blocksInMemory(root, inner, hello, { cid: world.cid, bytes: hello.bytes }).source;
    await expectRefusal(collect(exportCar(altered, root.cid)), "block-damaged");
  });
});

describe("readCar", () => {
  it("hands over the blocks of one file", async () => {
    expect(await received([whole])).to.deep.equal({
      root: root.cid.toString(),
      size: 22,
      blocks: [root, hello, inner, world].map(({ cid }) => cid.toString()),
    });
  });

  it("reads the stream in pieces of any size", async () => {
    expect((await received(Array.from(whole, (byte) => new Uint8Array([byte])))).size).to.equal(22);
  });

  it("refuses every stream that is cut short", async () => {
    for (let length = 0; length < whole.length; length += 1) {
      await expectRefusal(received([whole.subarray(0, length)]), "car-invalid");
    }
  });

  it("refuses every stream with one flipped bit", async () => {
    for (let index = 0; index < whole.length; index += 1) {
      const altered = Buffer.from(whole);
      altered[index]! ^= 0x10;
      const outcome = await received([altered]).then(
        () => "accepted",
        (error: { code?: string }) => error.code,
      );
      expect(outcome, `bit in byte ${index}`).to.be.oneOf(["car-invalid", "cid-unsupported"]);
    }
  });

  it("refuses extra, missing, repeated and misplaced blocks", async () => {
    const stranger = await leaf(new Uint8Array([9]));
    for (const blocks of [
      [root, hello, inner, world, stranger],
      [stranger, root, hello, inner, world],
      [root, hello, inner],
      [root, hello, hello, inner, world],
      [root, inner, hello, world],
      [hello, root, inner, world],
      [],
    ]) {
      await expectRefusal(received([await written([root.cid], ...blocks)]), "car-invalid");
    }
  });

  it("refuses no root, two roots, and a root that is not supported", async () => {
    await expectRefusal(received([await written([], root, hello, inner, world)]), "car-invalid");
    await expectRefusal(received([await written([root.cid, hello.cid], root, hello, inner, world)]), "car-invalid");
    await expectRefusal(received([await written([cidV0(root)], root)]), "cid-unsupported");
  });

  it("refuses a section that declares more than a block may hold, before it buffers any of it", async () => {
    const header = whole.subarray(0, 59);
    const length = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x08]);
    expect((await expectRefusal(received([header, length]), "car-invalid")).details).to.deep.equal({
      reason: "section-too-large",
    });
    const endless = Buffer.alloc(10, 0x80);
    expect((await expectRefusal(received([header, endless]), "car-invalid")).details).to.deep.equal({
      reason: "section-too-large",
    });
    expect((await expectRefusal(received([length]), "car-invalid")).details).to.deep.equal({ reason: "header" });
  });

  it("refuses a file above maxBytes at its root", async () => {
    await expectRefusal(received([whole], { maxBytes: 21 }), "dag-too-large");
    expect((await received([whole], { maxBytes: 22 })).size).to.equal(22);
  });

  it("refuses a node that two parents declare to be of different sizes", async () => {
    const liar = await branch([
      { cid: hello.cid, size: 6 },
      { cid: hello.cid, size: 7 },
    ]);
    await expectRefusal(received([await written([liar.cid], liar, hello)]), "dag-invalid");
  });

  it("refuses a node that is met again too deep", async () => {
    let chain = hello;
    const chains = [hello];
    for (let level = 0; level < 7; level += 1) {
      chain = await branch([{ cid: chain.cid, size: 6 }]);
      chains.unshift(chain);
    }
    // Seven levels are allowed below the root, but the same seven hang two levels deeper a second time.
    const below = await branch([{ cid: chain.cid, size: 6 }]);
    const lower = await branch([{ cid: below.cid, size: 6 }]);
    const top = await branch([
      { cid: chain.cid, size: 6 },
      { cid: lower.cid, size: 6 },
    ]);
    const car = await written([top.cid], top, ...chains, lower, below);
    expect((await expectRefusal(received([car]), "dag-too-large")).details).to.include({ limit: "depth" });
  });
});
