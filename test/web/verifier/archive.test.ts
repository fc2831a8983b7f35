import { describe, it } from "node:test";
import { expect } from "chai";
import { readArchive } from "../../../src/web/verifier/archive.ts";
import { bytesOf, PageError } from "../../../src/web/verifier/gathered.ts";
import { type Entry, zipOf } from "../../fixtures/zip.ts";

const text = (name: string, content = `content of ${name}`): Entry => ({ name, content: Buffer.from(content) });

const read = async (archive: Uint8Array) => {
  const files = await readArchive(new Blob([Uint8Array.from(archive)]), "a.zip");
  return Promise.all(
    files.map(async (file) => [file.path, Buffer.from(await bytesOf(file, 1_000_000)).toString()] as const),
  );
};

const problemOf = async (archive: Uint8Array) => {
  try {
    await read(archive);
  } catch (error) {
    if (error instanceof PageError) return error.problem;
    throw error;
  }
  return "none";
};

describe("readArchive", () => {
  it("gives stored and deflated files, without folders", async () => {
    const archive = zipOf([text("b/"), text("b/one.txt"), { ...text("two.txt"), isDeflated: true }]);
    expect(await read(archive)).to.deep.equal([
      ["a.zip/b/one.txt", "content of b/one.txt"],
      ["a.zip/two.txt", "content of two.txt"],
    ]);
  });

  it("refuses what programs read differently or what harms who unpacks it", async () => {
    const bad: Record<string, Entry[]> = {
      "one name twice": [text("a.txt"), text("a.txt")],
      "names that differ in case": [text("a.txt"), text("A.txt")],
      "names that differ in composition": [text("\u00e9.txt"), text("e\u0301.txt")],
      "a way out of the folder": [text("../a.txt")],
      "a way out with backslashes": [text("..\\a.txt")],
      "a backslash": [text("b\\a.txt")],
      "an absolute name": [text("/etc/a.txt")],
      "a drive": [text("C:/a.txt")],
      "a link": [{ ...text("a.txt", "/etc/passwd"), mode: 0o120777 }],
      "a password": [{ ...text("a.txt"), flags: 1 }],
      "another name beside the data": [{ ...text("a.txt"), localName: "b.txt" }],
    };
    const found = Object.fromEntries(
      await Promise.all(Object.entries(bad).map(async ([what, entries]) => [what, await problemOf(zipOf(entries))])),
    );
    expect(found).to.deep.equal(Object.fromEntries(Object.keys(bad).map((what) => [what, "archive-unsafe"])));
  });

  it("refuses sizes that cannot be, before it unpacks", async () => {
    const bomb: Entry = { name: "a.txt", content: Buffer.alloc(10_000), isDeflated: true, claimed: 0x7fff_ffff };
    expect(await problemOf(zipOf([bomb]))).to.equal("archive-too-large");
    const stored = { ...text("b.txt"), claimed: 0x7fff_ffff };
    expect(await problemOf(zipOf([stored]))).to.equal("archive-too-large");
  });

  it("stops an entry that holds more than it says", async () => {
    const understated: Entry = { name: "a.txt", content: Buffer.alloc(5_000_000), isDeflated: true, claimed: 10_000 };
    expect(await problemOf(zipOf([understated]))).to.be.oneOf(["archive-too-large", "archive-unreadable"]);
  });

  it("refuses entries over each other, data before or after, and what is torn", async () => {
    const good = zipOf([text("a.txt"), text("b.txt")]);
    const overlapping = Buffer.from(good);
    const second = overlapping.lastIndexOf(Buffer.from("504b0102", "hex"));
    overlapping.writeUInt32LE(0, second + 42);
    expect(await problemOf(overlapping)).to.equal("archive-unsafe");
    expect(await problemOf(Buffer.concat([Buffer.from("MZ"), good]))).to.equal("archive-unsafe");
    expect(await problemOf(Buffer.concat([good, Buffer.from("more")]))).to.be.oneOf([
      "archive-unsafe",
      "archive-unreadable",
    ]);
    expect(await problemOf(good.subarray(0, good.length - 30))).to.equal("archive-unreadable");
    expect(await problemOf(Buffer.from("no archive"))).to.equal("archive-unreadable");
  });

  it("finds an altered byte of a stored file by its checksum", async () => {
    const altered = Buffer.from(zipOf([text("a.txt")]));
    const at = altered.indexOf("content");
    altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
    expect(await problemOf(altered)).to.equal("archive-unreadable");
  });
});
