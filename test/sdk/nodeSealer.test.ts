import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { expect } from "chai";
import { cipherSaltBytes, decryptFile, encryptFile } from "../../src/core/evidence/cipher.ts";
import { createNodeSealer } from "../../src/sdk/nodeSealer.ts";
import { streamOf } from "../fixtures/evidence.ts";
import published from "../vectors/cipher.json" with { type: "json" };

const CHUNK = 16 * 1024;
const RUN = 64 * CHUNK;
const secret = { key: new Uint8Array(32).fill(1), salt: new Uint8Array(cipherSaltBytes).fill(2) };
const byNode = { createSealer: createNodeSealer };

const message = (size: number) => Uint8Array.from({ length: size }, (_, i) => i * 7 + (i >> 8));

async function collect(stream: AsyncIterable<Uint8Array>) {
  const all: Uint8Array[] = [];
  for await (const piece of stream) all.push(piece);
  return Buffer.concat(all);
}

describe("createNodeSealer", () => {
  for (const vector of published.vectors) {
    it(`makes the bytes of another implementation, ${vector.size} bytes`, async () => {
      const key = Buffer.from(vector.key, "hex");
      const salt = Buffer.from(vector.header, "hex").subarray(0, cipherSaltBytes);
      const context = Buffer.from(vector.context, "hex");
      const made = await collect(encryptFile(streamOf(message(vector.size)), { key, salt }, { context, ...byNode }));
      expect(createHash("sha256").update(made).digest("hex")).equal(vector.sha256);
    });
  }

  it("makes the bytes of WebCrypto however the stream is cut, also where a run ends", async () => {
    for (const size of [0, 1, CHUNK, RUN - 1, RUN, RUN + 1, 2 * RUN + CHUNK + 5]) {
      const plaintext = message(size);
      const expected = await collect(encryptFile(streamOf(plaintext), secret));
      for (const piece of [777, CHUNK - 1, CHUNK, CHUNK + 1, RUN, RUN + 1, 1 << 22]) {
        const made = await collect(encryptFile(streamOf(plaintext, piece), secret, byNode));
        expect(made.equals(expected), `${size} in pieces of ${piece}`).equal(true);
      }
    }
  });

  it("hands out memory that stays as it is, and does not change the source's", async () => {
    const plaintext = message(3 * RUN + 9);
    const before = Buffer.from(plaintext);
    const ciphertext = await collect(encryptFile(streamOf(plaintext, RUN), secret, byNode));
    expect(before.equals(plaintext)).equal(true);
    expect((await collect(decryptFile(streamOf(ciphertext), secret.key))).equals(plaintext)).equal(true);
  });

  it("reads no more than the run that is asked for, however slow the reader is", async () => {
    let read = 0;
    async function* source() {
      for (let i = 0; i < 16; i++) {
        read += RUN;
        yield new Uint8Array(RUN);
      }
    }
    let written = 0;
    for await (const piece of encryptFile(source(), secret, byNode)) {
      written += piece.length;
      expect(read - written).at.most(RUN);
    }
    expect(read).equal(16 * RUN);
  });

  it("passes on what the stream fails with, and the reason of the signal half-way", async () => {
    const broken = new Error("the disk is gone");
    async function* failing() {
      yield message(RUN + 10);
      throw broken;
    }
    expect(await collect(encryptFile(failing(), secret, byNode)).catch((error: unknown) => error)).equal(broken);

    const stopping = new AbortController();
    const reason = new Error("enough");
    let isClosed = false;
    async function* endless() {
      try {
        for (;;) yield new Uint8Array(RUN);
      } finally {
        isClosed = true;
      }
    }
    const drain = async () => {
      let runs = 0;
      for await (const _ of encryptFile(endless(), secret, { ...byNode, signal: stopping.signal })) {
        if (++runs === 3) stopping.abort(reason);
      }
    };
    expect(await drain().catch((error: unknown) => error)).equal(reason);
    expect(isClosed).equal(true);
  });
});
