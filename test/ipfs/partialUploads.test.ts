import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import { openPartialUploads, type PartialUploadOptions } from "../../src/ipfs/partialUploads.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { rejection } from "../fixtures/rejection.ts";

const bytes = randomBytes(3_000_000);
const HOUR = 3_600;
const limits = {
  openUploads: 3,
  openUploadBytes: 10_000_000,
  openUploadsPerAddress: 3,
  openUploadBytesPerAddress: 10_000_000,
  uploadSeconds: HOUR,
  uploadAgeSeconds: 24 * HOUR,
};

describe("partial uploads", () => {
  let root: string;
  let dir: string;
  let store: EvidenceStore;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "holdfast-uploads-"));
    dir = join(root, "uploads");
    store = await createEmbeddedStore({ dir: join(root, "evidence") });
  });
  afterEach(async () => {
    await store.close();
    rmSync(root, { recursive: true, force: true });
  });

  const open = (changes: Partial<PartialUploadOptions> = {}) => openPartialUploads({ dir, store, limits, ...changes });
  const fileOf = (id: string) => join(dir, readdirSync(dir).find((name) => name.startsWith(id))!);
  const cidInOnePiece = async () => (await store.put([bytes])).cid;
  /** Bytes, then a failure as of a broken connection. */
  async function* breakingAfter(part: Uint8Array) {
    yield part;
    throw new RangeError("gone");
  }
  /** Bytes, then silence as of a connection that nobody knows to be dead. */
  async function* hangingAfter(part: Uint8Array, onSent: () => void) {
    yield part;
    onSent();
    await new Promise(() => {});
  }

  it("keep what came before a part broke off, and store the whole as in one piece", async () => {
    const uploads = await open();
    const { id } = await uploads.begin(bytes.length);
    const broken = uploads.append(id, { offset: 0, source: breakingAfter(bytes.subarray(0, 1_000_001)) });
    expect(await broken.catch((error: unknown) => error)).instanceOf(RangeError);
    expect(await uploads.read(id)).include({ offset: 1_000_001, blob: null });
    const done = await uploads.append(id, { offset: 1_000_001, source: [bytes.subarray(1_000_001)] });
    expect(done.blob).deep.equal({ cid: await cidInOnePiece(), size: bytes.length });
    expect(await uploads.read(id)).deep.equal(done);
    const left = readdirSync(dir);
    expect(left).lengthOf(1);
    expect(left[0]).match(new RegExp(`^${id}\\..*\\.stored$`));
  });

  it("go on after a restart from what the disk has, and still know what was stored", async () => {
    const first = await open();
    const { id } = await first.begin(bytes.length);
    await first.append(id, { offset: 0, source: [bytes.subarray(0, 1_000_000)] });
    // What a killed process had written and not counted yet.
    await appendFile(fileOf(id), bytes.subarray(1_000_000, 1_500_000));
    const second = await open();
    expect(await second.read(id)).include({ offset: 1_500_000 });
    const done = await second.append(id, { offset: 1_500_000, source: [bytes.subarray(1_500_000)] });
    expect(done.blob?.cid).equal(await cidInOnePiece());
    expect((await (await open()).read(id)).blob).deep.equal(done.blob);
  });

  it("store a file whose last byte was there when the process ended", async () => {
    const { id } = await (await open()).begin(bytes.length);
    await appendFile(fileOf(id), bytes);
    const { blob } = await (await open()).read(id);
    expect(blob?.cid).equal(await cidInOnePiece());
  });

  it("store a file whose connection breaks right after the last byte", async () => {
    const uploads = await open();
    const { id } = await uploads.begin(bytes.length);
    const { blob } = await uploads.append(id, { offset: 0, source: breakingAfter(bytes) });
    expect(blob?.cid).equal(await cidInOnePiece());
  });

  it("refuse a part at another offset, and name the right one", async () => {
    const uploads = await open();
    const { id } = await uploads.begin(bytes.length);
    await uploads.append(id, { offset: 0, source: [bytes.subarray(0, 100)] });
    for (const offset of [0, 99, 101]) {
      const part = uploads.append(id, { offset, source: [bytes] });
      expect((await rejection(part, "upload-offset-mismatch")).details).deep.equal({ expected: 100, given: offset });
    }
  });

  it("refuse more bytes than stated, announced or not", async () => {
    const uploads = await open();
    const { id } = await uploads.begin(100);
    const announced = uploads.append(id, { offset: 0, length: 101, source: [] });
    expect((await rejection(announced, "evidence-too-large")).details).deep.equal({ limit: 100 });
    const source = [bytes.subarray(0, 60), bytes.subarray(60, 120)];
    await rejection(uploads.append(id, { offset: 0, source }), "evidence-too-large");
    expect(await uploads.read(id)).include({ offset: 60 });
  });

  it("let a part take over from one that hangs, and never write two at once", async () => {
    const uploads = await open();
    const { id } = await uploads.begin(bytes.length);
    const { promise: sent, resolve: onSent } = Promise.withResolvers<void>();
    const hanging = uploads.append(id, { offset: 0, source: hangingAfter(bytes.subarray(0, 500), onSent) });
    const refused = rejection(hanging, "upload-interrupted");
    await sent;
    await rejection(uploads.append(id, { offset: 0, source: [bytes] }), "upload-offset-mismatch");
    await refused;
    const parts = Array.from({ length: 5 }, () => uploads.append(id, { offset: 500, source: [bytes.subarray(500)] }));
    const ends = await Promise.allSettled(parts);
    expect(ends.some(({ status }) => status === "fulfilled")).equal(true);
    expect((await uploads.read(id)).blob?.cid).equal(await cidInOnePiece());
  });

  it("end the part that is on its way when they are asked how far they are, so that the answer holds", async () => {
    const uploads = await open();
    const { id } = await uploads.begin(bytes.length);
    const { promise: sent, resolve: onSent } = Promise.withResolvers<void>();
    const hanging = uploads.append(id, { offset: 0, source: hangingAfter(bytes.subarray(0, 500), onSent) });
    const refused = rejection(hanging, "upload-interrupted");
    await sent;
    expect(await uploads.read(id)).include({ offset: 500, blob: null });
    await refused;
  });

  it("are limited in number and in the sum of their sizes; one that is stored counts no more", async () => {
    const uploads = await open({ now: () => 1_000 });
    await uploads.begin(6_000_000);
    await rejection(uploads.begin(4_000_001), "store-full");
    const small = await uploads.begin(100);
    await uploads.begin(100);
    expect((await rejection(uploads.begin(100), "rate-limited")).details).deep.equal({ seconds: 3_600 });
    await uploads.append(small.id, { offset: 0, source: [bytes.subarray(0, 100)] });
    await uploads.begin(100);
  });

  it("expire an hour after the last byte, and leave no file", async () => {
    let time = Math.floor(Date.now() / 1_000);
    const now = () => time;
    const uploads = await open({ now });
    const { id, keptUntil } = await uploads.begin(bytes.length);
    expect(keptUntil).equal(time + 3_600);
    time += 3_599;
    await uploads.append(id, { offset: 0, source: [bytes.subarray(0, 100)] });
    time += 3_599;
    expect(await uploads.read(id)).include({ offset: 100, keptUntil: time + 1 });
    time += 1;
    await rejection(uploads.read(id), "upload-unknown");
    await rejection(uploads.append(id, { offset: 100, source: [] }), "upload-unknown");
    await uploads.sweep();
    expect(readdirSync(dir)).deep.equal([]);

    const left = await uploads.begin(100);
    time += 10_000;
    const later = await open({ now });
    await rejection(later.read(left.id), "upload-unknown");
    expect(readdirSync(dir)).deep.equal([]);
  });

  it("end a day after they began, whatever still arrives, and give their place back", async () => {
    let time = Math.floor(Date.now() / 1_000);
    const now = () => time;
    const begunAt = time;
    const one = { ...limits, openUploads: 1 };
    const uploads = await open({ now, limits: one });
    const { id } = await uploads.begin(bytes.length);
    for (let hour = 1; hour < 24; hour++) {
      time = begunAt + hour * (HOUR - 1);
      await uploads.append(id, { offset: hour - 1, source: [bytes.subarray(hour - 1, hour)] });
    }
    expect(await uploads.read(id)).include({ offset: 23, keptUntil: time + HOUR });
    // A restart does not begin the day anew. The time of the last byte is the file's.
    utimesSync(fileOf(id), time, time);
    const later = await open({ now, limits: one });
    time = begunAt + 24 * (HOUR - 1);
    await later.append(id, { offset: 23, source: [bytes.subarray(23, 24)] });
    expect((await later.read(id)).keptUntil).equal(begunAt + 24 * HOUR);
    time = begunAt + 24 * HOUR;
    const limit = { seconds: 24 * HOUR };
    expect((await rejection(later.read(id), "upload-expired")).details).deep.equal(limit);
    await rejection(later.append(id, { offset: 24, source: [bytes.subarray(24)] }), "upload-expired");
    await later.begin(100);
    await rejection(later.read(id), "upload-unknown");
  });

  it("end a day after they began also in the middle of a part that never ends", async () => {
    let time = Math.floor(Date.now() / 1_000);
    const uploads = await open({ now: () => time, limits: { ...limits, openUploads: 1 } });
    const { id } = await uploads.begin(bytes.length);
    const { promise: sent, resolve: onSent } = Promise.withResolvers<void>();
    const dripping = uploads.append(id, { offset: 0, source: hangingAfter(bytes.subarray(0, 1), onSent) });
    const refused = rejection(dripping, "upload-expired");
    await sent;
    time += 24 * HOUR - 1;
    await uploads.sweep();
    await rejection(uploads.begin(100), "rate-limited");
    time += 1;
    await uploads.sweep();
    expect((await refused).details).deep.equal({ seconds: 24 * HOUR });
    expect(readdirSync(dir)).deep.equal([]);
    await uploads.begin(100);
  });

  it("leave room for others, however much one address asks for", async () => {
    const shared = { ...limits, openUploads: 4, openUploadsPerAddress: 2, openUploadBytesPerAddress: 5_000_000 };
    const uploads = await open({ now: () => 1_000, limits: shared });
    const stranger = { address: "192.0.2.1" };
    const first = await uploads.begin(100, stranger);
    expect((await rejection(uploads.begin(5_000_000, stranger), "rate-limited")).details).deep.equal({ seconds: HOUR });
    await uploads.begin(4_999_900, stranger);
    expect((await rejection(uploads.begin(1, stranger), "rate-limited")).details).deep.equal({ seconds: HOUR });
    await uploads.begin(5_000_000, { address: "192.0.2.2" });
    await uploads.append(first.id, { offset: 0, source: [bytes.subarray(0, 100)] });
    await uploads.begin(100, stranger);
  });

  it("are lost where their bytes are, and say so with a code", async () => {
    const uploads = await open();
    for (const length of [0, 100]) {
      const { id } = await uploads.begin(100);
      // As if the last byte had come and the store had not answered.
      if (length > 0) await appendFile(fileOf(id), bytes.subarray(0, length));
      const reader = length === 0 ? uploads : await open();
      rmSync(fileOf(id));
      const next = length === 0 ? reader.append(id, { offset: 0, source: [bytes] }) : reader.read(id);
      await rejection(next, "upload-unknown");
      await rejection(reader.read(id), "upload-unknown");
    }
  });

  it("refuse with a code where the directory cannot be used, and store the file once it can", async () => {
    const { id } = await (await open()).begin(100);
    await appendFile(fileOf(id), bytes.subarray(0, 100));
    const uploads = await open();
    const aside = join(root, "aside");
    renameSync(dir, aside);
    writeFileSync(dir, "");
    const refusal = await rejection(uploads.read(id), "data-dir-unusable");
    expect(refusal.details).deep.equal({ reason: "ENOTDIR" });
    rmSync(dir);
    renameSync(aside, dir);
    expect((await uploads.read(id)).blob?.size).equal(100);
  });

  it("are forgotten when they are abandoned, also while a part comes in", async () => {
    const uploads = await open();
    const { id } = await uploads.begin(bytes.length);
    const { promise: sent, resolve: onSent } = Promise.withResolvers<void>();
    const hanging = uploads.append(id, { offset: 0, source: hangingAfter(bytes.subarray(0, 500), onSent) });
    const refused = rejection(hanging, "upload-interrupted");
    await sent;
    await uploads.abandon(id);
    await refused;
    await rejection(uploads.read(id), "upload-unknown");
    expect(readdirSync(dir)).deep.equal([]);
  });
});
