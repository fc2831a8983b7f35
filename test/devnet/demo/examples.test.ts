import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { expect } from "chai";
import { exampleVideo } from "../../../src/devnet/demo/exampleVideo.ts";

const example = (name: string) => readFile(join(import.meta.dirname, "../../../examples", name));

describe("the sample evidence", () => {
  it("has the types that its names say", async () => {
    expect((await example("photo-damage-1.png")).subarray(1, 4).toString()).to.equal("PNG");
    expect((await example("photo-damage-2.png")).subarray(1, 4).toString()).to.equal("PNG");
    expect((await example("photo-delivery.jpg")).subarray(0, 3).toString("hex")).to.equal("ffd8ff");
    expect((await example("invoice.pdf")).subarray(0, 8).toString()).to.equal("%PDF-1.4");
    expect((await example("chat.txt")).toString())
      .to.include("裂缝")
      .and.to.include("crack");
  });
});

describe("exampleVideo", () => {
  it("yields the same 60,000,000 bytes every time", async () => {
    const hash = createHash("sha256");
    let length = 0;
    for await (const chunk of exampleVideo()) {
      hash.update(chunk);
      length += chunk.length;
    }
    expect(length).to.equal(60_000_000);
    expect(hash.digest("hex")).to.equal("dcd76562024bb2ef7c5a754e300806c5c12bf46853f33f15288d07e0f7910d2d");
  });

  it("begins like an MP4 and says how long it is", async () => {
    const start = (await exampleVideo({ bytes: 1_000 }).next()).value as Buffer;
    expect(start.subarray(4, 12).toString()).to.equal("ftypisom");
    expect(start.readUInt32BE(0) + start.readUInt32BE(24)).to.equal(1_000);
  });
});
