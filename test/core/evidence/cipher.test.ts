import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { expect } from "chai";
import { cipherSaltBytes, ciphertextSize, decryptFile, encryptFile } from "../../../src/core/evidence/cipher.ts";
import { rejection } from "../../fixtures/rejection.ts";
import published from "../../vectors/cipher.json" with { type: "json" };

const CHUNK = 16 * 1024;
const SEALED = CHUNK + 16;
const HEADER = 56;
const secret = { key: new Uint8Array(32).fill(1), salt: new Uint8Array(cipherSaltBytes).fill(2) };

const message = (size: number) => Uint8Array.from({ length: size }, (_, i) => i * 7 + (i >> 8));

async function* pieces(bytes: Uint8Array, size = 65_536) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(stream: AsyncIterable<Uint8Array>) {
  const all: Uint8Array[] = [];
  for await (const piece of stream) all.push(piece);
  return Buffer.concat(all);
}

const encrypt = (bytes: Uint8Array) => collect(encryptFile(pieces(bytes), secret));
const decrypt = (bytes: Uint8Array) => collect(decryptFile(pieces(bytes), secret.key));

describe("cipher", () => {
  for (const vector of published.vectors) {
    it(`makes the bytes of another implementation and opens them, ${vector.size} bytes`, async () => {
      const header = Buffer.from(vector.header, "hex");
      const key = Buffer.from(vector.key, "hex");
      const context = Buffer.from(vector.context, "hex");
      const plaintext = message(vector.size);

      const made = await collect(encryptFile(pieces(plaintext), { key, salt: header.subarray(0, 24) }, { context }));

      expect(made.subarray(0, HEADER).equals(header)).to.equal(true);
      expect(createHash("sha256").update(made).digest("hex")).to.equal(vector.sha256);
      expect(made.length).to.equal(vector.length);
      expect(ciphertextSize(vector.size)).to.equal(vector.length);
      const opened = await collect(decryptFile(pieces(made), key, { context }));
      expect(opened.equals(plaintext)).to.equal(true);
    });
  }

  it("gives the same bytes however the stream is cut", async () => {
    const plaintext = message(3 * CHUNK + 5);
    const whole = await encrypt(plaintext);
    for (const size of [1, 1000, CHUNK, CHUNK + 1, 1 << 22]) {
      expect((await collect(encryptFile(pieces(plaintext, size), secret))).equals(whole)).to.equal(true);
      expect((await collect(decryptFile(pieces(whole, size), secret.key))).equals(plaintext)).to.equal(true);
    }
  });

  it("refuses another key, another context and another salt before the first byte", async () => {
    const sealed = await encrypt(message(10));
    await rejection(collect(decryptFile(pieces(sealed), new Uint8Array(32))), "cipher-key-wrong");
    await rejection(collect(decryptFile(pieces(sealed), new Uint8Array(16))), "cipher-key-wrong");
    const context = Uint8Array.of(1);
    await rejection(collect(decryptFile(pieces(sealed), secret.key, { context })), "cipher-key-wrong");
    for (const at of [0, 23, 24, 55]) {
      await rejection(decrypt(sealed.map((byte, i) => (i === at ? byte ^ 1 : byte))), "cipher-key-wrong");
    }
  });

  it("refuses a changed byte wherever it is", async () => {
    const sealed = await encrypt(message(2 * CHUNK + 10));
    for (const at of [HEADER, HEADER + SEALED - 1, HEADER + SEALED, HEADER + 2 * SEALED, sealed.length - 1]) {
      const altered = sealed.map((byte, i) => (i === at ? byte ^ 0x80 : byte));
      const error = await rejection(decrypt(altered), "cipher-altered");
      expect(error.details.chunk).to.equal(Math.floor((at - HEADER) / SEALED));
    }
  });

  it("refuses every length but its own", async () => {
    const sealed = await encrypt(message(CHUNK + 2));
    for (const length of [0, 10, HEADER - 1, HEADER, HEADER + 15, HEADER + SEALED, HEADER + SEALED + 15]) {
      await rejection(decrypt(sealed.subarray(0, length)), "cipher-truncated");
    }
    for (const length of [HEADER + 16, HEADER + SEALED - 1, HEADER + SEALED + 16, sealed.length - 1]) {
      await rejection(decrypt(sealed.subarray(0, length)), "cipher-altered");
    }
    for (const extra of [1, 16, SEALED]) {
      await rejection(decrypt(Buffer.concat([sealed, Buffer.alloc(extra)])), "cipher-altered");
    }
  });

  it("refuses a file cut between chunks, also where 64 chunks end", async () => {
    const sealed = await encrypt(message(65 * CHUNK));
    for (const chunks of [1, 63, 64, 65]) {
      await rejection(decrypt(sealed.subarray(0, HEADER + chunks * SEALED)), "cipher-truncated");
    }
  });

  it("refuses chunks that are swapped, repeated or left out", async () => {
    const sealed = await encrypt(message(3 * CHUNK));
    const head = sealed.subarray(0, HEADER);
    const [a, b, c, last] = [0, 1, 2, 3].map((i) => sealed.subarray(HEADER + i * SEALED, HEADER + (i + 1) * SEALED));
    for (const order of [
      [b, a, c, last],
      [a, a, b, c, last],
      [a, c, last],
      [last, a, b, c, last],
    ]) {
      await rejection(decrypt(Buffer.concat([head, ...order.map((chunk) => chunk!)])), "cipher-altered");
    }
  });

  it("passes on what the stream fails with, and the reason of the signal", async () => {
    async function* broken() {
      yield message(10);
      throw new Error("upload broke off");
    }
    const failure = await collect(encryptFile(broken(), secret)).catch((error) => error);
    expect(failure.message).to.equal("upload broke off");

    const signal = AbortSignal.abort(new Error("closed"));
    const aborted = await collect(encryptFile(pieces(message(10)), secret, { signal })).catch((error) => error);
    expect(aborted).to.equal(signal.reason);
  });
});
