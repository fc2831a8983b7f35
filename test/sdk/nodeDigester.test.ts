import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { describe, it } from "node:test";
import type { Worker } from "node:worker_threads";
import { expect } from "chai";
import { createDigester, digestFile } from "../../src/core/evidence/digest.ts";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import { createNodeDigester } from "../../src/sdk/nodeDigester.ts";
import { photo, streamOf } from "../fixtures/evidence.ts";
import vectors from "../vectors/evidence.json" with { type: "json" };

const MIB = 1024 ** 2;
const options = { createDigester: createNodeDigester };

/** The end of each thread that `work` starts. */
const threadsOf = async (work: () => Promise<unknown>) => {
  const ends: Promise<unknown>[] = [];
  const note = (worker: Worker) => ends.push(once(worker, "exit"));
  process.on("worker", note);
  try {
    await work();
  } finally {
    process.off("worker", note);
  }
  return ends;
};

describe("createNodeDigester", () => {
  it("agrees with the portable digester, with a thread and without, however the bytes are cut", async () => {
    const bytes = randomBytes(9 * MIB + 5);
    for (const size of [0, 1, MIB, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, bytes.length]) {
      const part = bytes.subarray(0, size);
      const portable = await createDigester();
      portable.add(part);
      const expected = portable.finish();
      for (const piece of [65_521, MIB - 1, MIB, 3 * MIB, 16 * MIB]) {
        expect(await digestFile(streamOf(part, piece), options), `${size} by ${piece}`).deep.equal(expected);
      }
    }
  });

  it("starts one thread for a file above 4 MiB and ends it with the digest, and none for less", async () => {
    const digest = (size: number) => threadsOf(() => digestFile(streamOf(new Uint8Array(size)), options));
    expect(await digest(4 * MIB)).length(0);
    const ends = await digest(4 * MIB + 1);
    expect(ends).length(1);
    await Promise.all(ends);
  });

  it("has taken the bytes when it answers, so that a source may use its memory again", async () => {
    const bytes = randomBytes(9 * MIB + 5);
    async function* reusing() {
      const memory = new Uint8Array(100_003);
      for (let at = 0; at < bytes.length; at += memory.length) {
        const part = bytes.subarray(at, at + memory.length);
        memory.set(part);
        yield memory.subarray(0, part.length);
        memory.fill(0);
      }
    }
    expect(await digestFile(reusing(), options)).deep.equal(await digestFile(streamOf(bytes), options));
  });

  it("ends its thread when the source fails, and when the signal aborts half-way", async () => {
    const broken = new Error("the disk is gone");
    async function* source(atEnd: () => void) {
      for (let i = 0; i < 8; i++) yield new Uint8Array(MIB);
      atEnd();
      yield new Uint8Array(1);
    }
    const fail = () => {
      throw broken;
    };
    const stopping = new AbortController();
    const cases = [
      () => digestFile(source(fail), options),
      () =>
        digestFile(
          source(() => stopping.abort(broken)),
          { ...options, signal: stopping.signal },
        ),
    ];
    for (const digest of cases) {
      const ends = await threadsOf(async () => expect(await digest().catch((error: unknown) => error)).equal(broken));
      expect(ends).length(1);
      await Promise.all(ends);
    }
  });

  it("verifies what the portable digester filed", async () => {
    const text = vectors.bundles.good[0]!.text;
    const { verdict } = await verifyBundle(text, { file: streamOf(photo), createDigester: createNodeDigester });
    expect(verdict.status).to.equal("verified");
  });
});
