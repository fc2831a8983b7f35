import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { expect } from "chai";
import { digestFile } from "../../../src/core/evidence/digest.ts";
import { hashPairs } from "../../../src/core/evidence/sha256Nodes.ts";

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("digestFile", () => {
  it("agrees with OpenSSL on SHA-256 and SM3 however the bytes are cut", async () => {
    const bytes = Uint8Array.from({ length: 100_003 }, (_, i) => (i * 31) ^ (i >> 7));
    for (const size of [1 << 20, 65_536, 1000, 63]) {
      expect(await digestFile(pieces(bytes, size))).to.deep.equal({
        size: bytes.length,
        sha256: `0x${createHash("sha256").update(bytes).digest("hex")}`,
        sm3: `0x${createHash("sm3").update(bytes).digest("hex")}`,
      });
    }
  });

  it("gives the published digests of nothing and of abc", async () => {
    expect(await digestFile(pieces(new Uint8Array(), 1))).to.deep.equal({
      size: 0,
      sha256: "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      sm3: "0x1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
    });
    expect(await digestFile(pieces(new TextEncoder().encode("abc"), 1))).to.deep.equal({
      size: 3,
      sha256: "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      sm3: "0x66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    });
  });

  it("stops with the reason of the signal", async () => {
    const stopped = AbortSignal.abort(new Error("closed"));
    const reason = await digestFile(pieces(new Uint8Array(10), 5), { signal: stopped }).catch((error) => error);
    expect(reason).to.equal(stopped.reason);
  });
});

describe("hashPairs", () => {
  it("agrees with OpenSSL on a thousand pairs", () => {
    let seed = 1;
    const words = Uint32Array.from({ length: 16_000 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed;
    });
    const bytes = Buffer.alloc(words.length * 4);
    words.forEach((word, i) => {
      bytes.writeUInt32BE(word, i * 4);
    });

    const parents = hashPairs(words);

    for (let pair = 0; pair < 1000; pair++) {
      const expected = createHash("sha256")
        .update(bytes.subarray(pair * 64, pair * 64 + 64))
        .digest();
      for (let i = 0; i < 8; i++) expect(parents[pair * 8 + i]).to.equal(expected.readUInt32BE(i * 4));
    }
  });
});
