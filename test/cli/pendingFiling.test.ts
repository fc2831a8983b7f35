import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import type { Hex } from "viem";
import { forgetFiling, recallFiling, recallUpload, rememberUpload } from "../../src/cli/pendingFiling.ts";

const hex = (length: number): Hex => `0x${randomBytes(length).toString("hex")}`;
const pending = { upload: randomBytes(16).toString("hex"), key: hex(32), salt: hex(24), file: hex(32) };

describe("what an interrupted filing leaves", () => {
  let dir: string;
  let bundle: string;
  let path: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "holdfast-pending-"));
    bundle = join(dir, "video.mp4.evidence.json");
    path = join(dir, "video.mp4.upload.json");
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("gives an upload again that it kept, readable by its owner alone", async () => {
    await rememberUpload(bundle, pending);
    expect(statSync(path).mode & 0o777).equal(0o600);
    expect(readdirSync(dir)).deep.equal(["video.mp4.upload.json"]);
    expect(await recallUpload(bundle)).deep.equal(pending);
  });

  it("takes no key that others could have read or written", async () => {
    for (const mode of [0o644, 0o640, 0o604, 0o622]) {
      await rememberUpload(bundle, pending);
      chmodSync(path, mode);
      expect(await recallUpload(bundle), mode.toString(8)).equal(undefined);
    }
  });

  it("neither waits for what is no file, nor reads what is no document", async () => {
    execFileSync("mkfifo", ["-m", "600", path]);
    expect(await recallUpload(bundle)).equal(undefined);
    rmSync(path);
    symlinkSync("/dev/zero", path);
    expect(await recallUpload(bundle)).equal(undefined);
    rmSync(path);
    writeFileSync(path, `${JSON.stringify({ format: "holdfast-upload/1", pending })}${" ".repeat(1 << 20)}`, {
      mode: 0o600,
    });
    expect(await recallUpload(bundle)).equal(undefined);
    execFileSync("mkfifo", [join(dir, "video.mp4.filing.json")]);
    expect(await recallFiling(bundle)).equal(undefined);
  });

  it("replaces a link instead of writing through it", async () => {
    const other = join(dir, "other");
    writeFileSync(other, "as it was");
    symlinkSync(other, path);
    symlinkSync(other, `${path}.new`);
    await rememberUpload(bundle, pending);
    expect(statSync(other).size).equal("as it was".length);
    expect(await recallUpload(bundle)).deep.equal(pending);
  });

  it("leaves no secret behind once it is forgotten, at whatever line a run was killed", async () => {
    for (const name of ["filing", "upload"]) {
      writeFileSync(join(dir, `video.mp4.${name}.json`), "{}");
      writeFileSync(join(dir, `video.mp4.${name}.json.new`), "{}");
    }
    await forgetFiling(bundle);
    expect(readdirSync(dir)).deep.equal([]);
  });
});
