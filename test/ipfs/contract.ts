import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { exportCar } from "../../src/ipfs/car.ts";
import { parseCid } from "../../src/ipfs/cid.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { bytesOf, collect, listed, seededBytes, sha256 } from "./bytes.ts";
import { expectRefusal } from "./refusal.ts";

const mebibyte = 1024 * 1024;
const helloWorld = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
const empty = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
const absent = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

/** Roots that Kubo 0.40.1 gave these bytes with `ipfs add --only-hash` under `--profile=unixfs-v1-2025`. */
export const kuboVectors = [
  { seed: "below a chunk", size: mebibyte - 1, cid: "bafkreiajcqlbevkkyn3ydtv6aan6tyglck3iened25qgjyx35pppy3fp24" },
  { seed: "a chunk", size: mebibyte, cid: "bafkreigh7mwiliiotanwjsglnad2yc5zdf4srpifkqgud76csx332cib24" },
  { seed: "above a chunk", size: mebibyte + 1, cid: "bafybeihyzmvazzeunikq5xlj6hqcqkd63gxsjxvguzgdd5ti6vj45lbwf4" },
  {
    seed: "some chunks",
    size: 5 * mebibyte + 4321,
    cid: "bafybeidhz5fl4nhsxn4jztrpento5mm24mgfidw6hchmpbll6w7ynpdsi4",
  },
] as const;

/** What every store must do, whatever it keeps blocks in. `create` is called once and the store closed at the end. */
export function storeContract(name: string, create: () => Promise<EvidenceStore>): void {
  describe(`${name} as an evidence store`, () => {
    let store: EvidenceStore;
    before(async () => {
      store = await create();
    });
    after(() => store.close());

    const pinned = async () => new Set(await listed(store.pins()));
    const carOf = (cid: string) =>
      exportCar((block, signal) => store.getBlock(block.toString(), { signal }), parseCid(cid));

    describe("put", () => {
      it("names content as Kubo's published vector does", async () => {
        expect(await store.put(bytesOf("hello world"))).to.deep.equal({ cid: helloWorld, size: 11 });
      });

      for (const { seed, size, cid } of kuboVectors) {
        it(`names ${size} bytes as Kubo does, and hands the same bytes back`, async () => {
          expect(await store.put(seededBytes(seed, size))).to.deep.equal({ cid, size });
          expect(await sha256(store.get(cid))).to.equal(await sha256(seededBytes(seed, size)));
        });
      }

      it("gives the same name however the source cuts the bytes", async () => {
        const { seed, size, cid } = kuboVectors[3];
        expect((await store.put(seededBytes(seed, size, 999))).cid).to.equal(cid);
      });

      it("stores an empty file", async () => {
        expect(await store.put([])).to.deep.equal({ cid: empty, size: 0 });
        expect(await collect(store.get(empty))).to.have.length(0);
        expect(await store.stat(empty)).to.deep.equal({ cid: empty, size: 0 });
      });

      it("keeps repeated content once and hands all of it back", async () => {
        const zeros = Array.from({ length: 3 }, () => new Uint8Array(mebibyte));
        const { cid } = await store.put(zeros);
        expect((await collect(store.get(cid))).equals(Buffer.concat(zeros))).to.equal(true);
      });

      it("stores the same content put twice at the same time", async () => {
        const source = () => seededBytes("twice at once", 3 * mebibyte + 5);
        const [one, other] = await Promise.all([store.put(source()), store.put(source())]);
        expect(one).to.deep.equal(other);
        expect(await sha256(store.get(one.cid))).to.equal(await sha256(source()));
      });

      it("refuses a file above maxBytes and pins nothing", async () => {
        const before = await pinned();
        const put = store.put(seededBytes("too large", 3 * mebibyte), { maxBytes: 2 * mebibyte });
        expect((await expectRefusal(put, "evidence-too-large")).details).to.deep.equal({ limit: 2 * mebibyte });
        expect(await pinned()).to.deep.equal(before);
      });

      it("stores a file of exactly maxBytes", async () => {
        expect((await store.put(seededBytes("exact", 1000), { maxBytes: 1000 })).size).to.equal(1000);
      });

      it("ends with the source's own error and pins nothing", async () => {
        const before = await pinned();
        async function* breaking() {
          yield* seededBytes("breaks off", 2 * mebibyte);
          throw new RangeError("the sender went away");
        }
        const outcome = await store.put(breaking()).catch((error: unknown) => error);
        expect(outcome).to.be.instanceOf(RangeError);
        expect(await pinned()).to.deep.equal(before);
      });

      it("ends with the signal's reason while the source is stalled, and pins nothing", async () => {
        const before = await pinned();
        const controller = new AbortController();
        async function* stalling() {
          yield* seededBytes("stalls", 2 * mebibyte);
          controller.abort(new RangeError("enough"));
          await new Promise(() => undefined);
        }
        const outcome = await store.put(stalling(), { signal: controller.signal }).catch((error: unknown) => error);
        expect(outcome).to.be.instanceOf(RangeError);
        expect(await pinned()).to.deep.equal(before);
      });
    });

    describe("get", () => {
      it("reads a range across blocks", async () => {
        const { seed, size } = kuboVectors[3];
        const { cid } = await store.put(seededBytes(seed, size));
        const whole = await collect(seededBytes(seed, size));
        const ranges = [
          { start: 0, end: 1 },
          { start: mebibyte - 3, end: 3 * mebibyte + 2 },
          { start: size - 1 },
          { start: size },
          { start: 10, end: 10 },
          { start: 5 * mebibyte, end: size * 2 },
        ];
        for (const range of ranges) {
          const part = await collect(store.get(cid, { range }));
          expect(part.equals(whole.subarray(range.start, range.end)), JSON.stringify(range)).to.equal(true);
        }
      });

      it("refuses a range that begins beyond the end or runs backwards", async () => {
        const { cid } = await store.put(bytesOf("hello world"));
        await expectRefusal(collect(store.get(cid, { range: { start: 12 } })), "range-invalid");
        await expectRefusal(collect(store.get(cid, { range: { start: 5, end: 4 } })), "range-invalid");
        await expectRefusal(collect(store.get(cid, { range: { start: -1 } })), "range-invalid");
      });

      it("refuses a file above maxBytes", async () => {
        const { cid } = await store.put(seededBytes("read limit", 2 * mebibyte));
        await expectRefusal(collect(store.get(cid, { maxBytes: mebibyte })), "dag-too-large");
      });

      it("says block-missing for what was never stored", async () => {
        expect((await expectRefusal(collect(store.get(absent)), "block-missing")).details).to.deep.equal({
          cid: absent,
        });
      });

      it("stops when the signal aborts between two blocks", async () => {
        const { cid } = await store.put(seededBytes("stop reading", 4 * mebibyte));
        const controller = new AbortController();
        let received = 0;
        const reading = (async () => {
          for await (const chunk of store.get(cid, { signal: controller.signal })) {
            received += chunk.length;
            controller.abort(new RangeError("enough"));
          }
        })();
        expect(await reading.catch((error: unknown) => error)).to.be.instanceOf(RangeError);
        expect(received).to.equal(mebibyte);
      });
    });

    describe("a CID from outside", () => {
      const refused = {
        CIDv0: "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD",
        "another codec": "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua",
        "another hash":
          "bafkrgqhhyivzstcz3hhswshfjgy6ertgmnqeleynhwt4dlfsthi4hn7zgh4uvlsb5xncykzapi3ocd4lzogukir6ksdy6wzrnz6ohnv4aglcs",
        "the identity hash": "bafkqaaa",
        "no CID": "../../etc/passwd",
        "a path below one": `${helloWorld}/file`,
      };
      for (const [what, cid] of Object.entries(refused)) {
        it(`is refused when it is ${what}`, async () => {
          await expectRefusal(collect(store.get(cid)), "cid-unsupported");
          await expectRefusal(store.getBlock(cid), "cid-unsupported");
          await expectRefusal(store.has(cid), "cid-unsupported");
          await expectRefusal(store.stat(cid), "cid-unsupported");
          await expectRefusal(store.delete(cid), "cid-unsupported");
        });
      }
    });

    describe("stat, has and getBlock", () => {
      it("know what is pinned and what is not", async () => {
        const { cid, size } = await store.put(seededBytes("known", 2 * mebibyte + 9));
        expect(await store.has(cid)).to.equal(true);
        expect(await store.stat(cid)).to.deep.equal({ cid, size });
        expect(await pinned()).to.include(cid);
        expect(await store.has(absent)).to.equal(false);
        expect(await store.stat(absent)).to.equal(undefined);
        expect(await store.getBlock(absent)).to.equal(undefined);
      });

      it("hand out one block as it is", async () => {
        await store.put(bytesOf("hello world"));
        expect(Buffer.from((await store.getBlock(helloWorld)) ?? []).toString()).to.equal("hello world");
      });
    });

    describe("delete", () => {
      it("unpins a file, removes its blocks and says whether it was pinned", async () => {
        const { cid } = await store.put(seededBytes("to be erased", 2 * mebibyte));
        expect(await store.delete(cid)).to.equal(true);
        expect(await store.has(cid)).to.equal(false);
        expect(await store.getBlock(cid)).to.equal(undefined);
        expect(await store.delete(cid)).to.equal(false);
      });

      it("keeps the blocks that another file shares", async () => {
        const shared = await collect(seededBytes("shared", 2 * mebibyte));
        const one = await store.put([shared, new Uint8Array([1])]);
        const other = await store.put([shared, new Uint8Array([2])]);
        await store.delete(one.cid);
        expect((await collect(store.get(other.cid))).equals(Buffer.concat([shared, new Uint8Array([2])]))).to.equal(
          true,
        );
        expect(await store.getBlock((await store.put([new Uint8Array([2])])).cid)).to.deep.equal(Buffer.from([2]));
      });
    });

    describe("CAR", () => {
      const source = () => seededBytes("carried", 3 * mebibyte + 77);

      it("carries a file out and back in under the same name", async () => {
        const stored = await store.put(source());
        const car = await collect(carOf(stored.cid));
        await store.delete(stored.cid);
        expect(await store.importCar([car])).to.deep.equal(stored);
        expect(await sha256(store.get(stored.cid))).to.equal(await sha256(source()));
      });

      it("is refused cut short, altered, with a block too many or above maxBytes, and nothing is pinned", async () => {
        const { cid } = await store.put(source());
        const car = await collect(carOf(cid));
        const extra = await collect(carOf((await store.put(bytesOf("extra"))).cid));
        await store.delete(cid);
        const altered = Buffer.from(car);
        altered[altered.length - 1]! ^= 1;

        expect((await expectRefusal(store.importCar([car.subarray(0, -1)]), "car-invalid")).details).to.deep.equal({
          reason: "truncated",
        });
        const withoutLast = car.subarray(0, -(77 + 36 + 1));
        expect((await expectRefusal(store.importCar([withoutLast]), "car-invalid")).details).to.include({
          reason: "block-missing",
        });
        expect((await expectRefusal(store.importCar([altered]), "car-invalid")).details).to.include({
          reason: "block-altered",
        });
        const appended = [car, extra.subarray(59)];
        expect((await expectRefusal(store.importCar(appended), "car-invalid")).details).to.deep.equal({
          reason: "block-unexpected",
        });
        await expectRefusal(store.importCar([car], { maxBytes: mebibyte }), "dag-too-large");
        expect(await store.has(cid)).to.equal(false);
      });
    });

    it("finds nothing to repair when all is well", async () => {
      await store.put(seededBytes("healthy", 2 * mebibyte));
      expect(await listed(store.scrub())).to.deep.equal([]);
    });
  });
}
