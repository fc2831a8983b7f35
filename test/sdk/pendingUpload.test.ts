import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { expect } from "chai";
import { type PendingUpload, prepareResumable, type UploadMemory } from "../../src/sdk/pendingUpload.ts";
import { streamOf } from "../fixtures/evidence.ts";
import { rejection } from "../fixtures/rejection.ts";

const bytes = randomBytes(3_000_000);
const random = (length: number) => new Uint8Array(randomBytes(length));

/** What a disk would keep. */
const createMemory = () => {
  let kept: string | undefined;
  const memory: UploadMemory = {
    load: async () => (kept === undefined ? undefined : (JSON.parse(kept) as PendingUpload)),
    save: async (pending) => {
      kept = JSON.stringify(pending);
    },
  };
  return memory;
};

const collect = async (source: AsyncIterable<Uint8Array>) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
};

describe("prepareResumable", () => {
  it("gives the file, and the same key, salt and upload again for the same file", async () => {
    const memory = createMemory();
    const first = await prepareResumable(() => streamOf(bytes), memory, random);
    expect(first.resume).equal(undefined);
    expect(await collect(first.bytes)).deep.equal(bytes);
    await first.onBegin("named by the relayer");
    const second = await prepareResumable(() => streamOf(bytes, 999), memory, random);
    expect(second.resume).equal("named by the relayer");
    expect(second.secret).deep.equal(first.secret);
  });

  it("never gives a key again for other bytes", async () => {
    const memory = createMemory();
    const { onBegin, secret } = await prepareResumable(() => streamOf(bytes), memory, random);
    await onBegin("named by the relayer");
    for (const other of [bytes.subarray(1), bytes.subarray(0, -1), Buffer.concat([bytes, bytes])]) {
      const changed = await prepareResumable(() => streamOf(other), memory, random);
      expect(changed.resume).equal(undefined);
      expect(changed.secret.key).not.deep.equal(secret.key);
    }
  });

  it("refuses a file that changes between the look at it and its encryption, before the changed piece", async () => {
    const altered = Uint8Array.from(bytes, (byte, i) => (i === 2_500_000 ? byte ^ 1 : byte));
    for (const other of [altered, bytes.subarray(0, -1), Buffer.concat([bytes, bytes])]) {
      let isFirst = true;
      const open = () => {
        const source = isFirst ? bytes : other;
        isFirst = false;
        return streamOf(source);
      };
      const prepared = await prepareResumable(open, createMemory(), random);
      const handed: Uint8Array[] = [];
      const reading = async () => {
        for await (const piece of prepared.bytes) handed.push(piece);
      };
      await rejection(reading(), "file-changed");
      const got = Buffer.concat(handed);
      expect(got).deep.equal(bytes.subarray(0, got.length));
    }
  });
});
