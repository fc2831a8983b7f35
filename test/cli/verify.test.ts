import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, readFile, readlink, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type EvidenceBundle, serializeBundle } from "../../src/core/bundle.ts";
import { runCli } from "../fixtures/cli.ts";
import { bundleOfPhoto, evidenceDomain, filePhoto, photo } from "../fixtures/evidence.ts";

const entry = join(import.meta.dirname, "..", "..", "src", "cli", "main.ts");

/** Waits until a process has a file open. */
const isReading = async ({ pid }: ChildProcess, file: string) => {
  for (;;) {
    for (const name of await readdir(`/proc/${pid}/fd`)) {
      if ((await readlink(`/proc/${pid}/fd/${name}`).catch(() => "")) === file) return;
    }
  }
};

describe("holdfast verify", () => {
  let dir: string;
  let bundle: EvidenceBundle;
  let file: string;
  const verify = (...args: string[]) => runCli(["verify", ...args], { isOffline: true });
  const place = async (name: string, bytes: Uint8Array, text: string) => {
    const path = join(dir, name);
    await writeFile(path, bytes);
    await writeFile(`${path}.evidence.json`, text);
    return path;
  };

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-verify-"));
    bundle = await bundleOfPhoto(await filePhoto());
    file = await place("photo.jpg", photo, serializeBundle(bundle));
  });
  after(() => rm(dir, { recursive: true }));

  it("says verified and exits 0 for an untouched file, without any network", async () => {
    const run = await verify(file);
    expect(run.exitCode).to.equal(0);
    expect(run.stdout).to.match(/^verified/);
    expect(run.stdout).to.include("E-VER-03").and.to.include(bundle.anchor.blockHash);
    expect(run.stderr).to.equal("");
  });

  it("prints one line of JSON with the verdict, every check and the sentences", async () => {
    const run = await verify(file, "--json");
    expect(run.stdout.trim().split("\n")).to.have.length(1);
    const { verdict, files } = run.json() as {
      verdict: Record<string, unknown>;
      files: { checks: { id: string; result: string }[]; sentences: { code: string }[] }[];
    };
    expect(verdict).to.include({ status: "verified", blockNumber: bundle.anchor.blockNumber, isCanonical: false });
    expect(files).to.have.length(1);
    expect(files[0]?.checks.find(({ id }) => id === "file-digest")?.result).to.equal("pass");
    expect(files[0]?.sentences.map(({ code }) => code)).to.deep.equal(["E-VER-03", "E-VER-04"]);
  });

  it("says refuted, exits 1 and names the file after one flipped bit", async () => {
    const changed = photo.slice();
    changed[20_000]! ^= 1;
    const flipped = await place("flipped.jpg", changed, serializeBundle(bundle));
    const run = await verify(flipped, "--json");
    expect(run.exitCode).to.equal(1);
    const { verdict, message } = run.json() as { verdict: { changed: string[] }; message: Record<string, string> };
    expect(verdict).to.include({ status: "refuted", reason: "file-digest" });
    expect(message.code).to.equal("E-VER-01");
    expect(message.text).to.include('"flipped.jpg"').and.to.include("2027-01-15 08:02:00 UTC");
    expect((await verify(flipped)).stdout).to.match(/^refuted .*flipped\.jpg/);
  });

  it("says refuted and names the signature when that was swapped", async () => {
    const other = `0x${"11".repeat(32)}${"22".repeat(32)}1b` as const;
    const swapped = await place("swapped.jpg", photo, serializeBundle({ ...bundle, signature: other }));
    const run = await verify(swapped, "--json");
    expect(run.exitCode).to.equal(1);
    expect(run.json().verdict).to.deep.include({ status: "refuted", reason: "signature" });
    expect(run.json().message).to.include({ code: "E-VER-01" });
  });

  it("says missing and exits 2 when the file is not there", async () => {
    const path = join(dir, "gone.jpg.evidence.json");
    await writeFile(path, serializeBundle(bundle));
    const run = await verify(path, "--json");
    expect(run.exitCode).to.equal(2);
    expect(run.json().verdict).to.deep.equal({ status: "missing", what: "file" });
    expect(run.json().message).to.include({ code: "E-VER-02" });
    expect((run.json().message as { text: string }).text).to.include('"gone.jpg"');
  });

  it("says missing and exits 2 when the bundle is not there", async () => {
    const lonely = join(dir, "lonely.jpg");
    await writeFile(lonely, photo);
    const run = await verify(lonely, "--json");
    expect(run.exitCode).to.equal(2);
    expect(run.json().verdict).to.deep.equal({ status: "missing", what: "bundle" });
    expect((run.json().message as { text: string }).text).to.include('"lonely.jpg.evidence.json"');
  });

  it("says unverifiable and exits 3 for a bundle of a future version", async () => {
    const text = serializeBundle(bundle).replace("holdfast-evidence-bundle/1", "holdfast-evidence-bundle/9");
    const run = await verify(await place("future.jpg", photo, text), "--json");
    expect(run.exitCode).to.equal(3);
    expect(run.json().verdict).to.deep.equal({ status: "unverifiable", why: "bundle-version-unknown" });
    expect(run.json().message).to.include({ code: "E-VER-05" });
    expect((run.json().message as { text: string }).text).to.include("9");
  });

  it("says unverifiable and exits 3 for a damaged bundle, an empty one and one that is much too large", async () => {
    const whole = serializeBundle(bundle);
    for (const text of [whole.slice(0, -20), "", "x".repeat(2_000_000)]) {
      const run = await verify(await place("damaged.jpg", photo, text), "--json");
      expect(run.exitCode).to.equal(3);
      expect(run.json().message).to.include({ code: "E-VER-06" });
    }
  });

  it("compares the block with a hash that the reader trusts", async () => {
    const same = await verify(file, "--trusted-block", bundle.anchor.blockHash, "--json");
    expect(same.exitCode).to.equal(0);
    expect(same.json().verdict).to.include({ isCanonical: true });
    const other = await verify(file, "--trusted-block", `0x${"00".repeat(32)}`, "--json");
    expect(other.exitCode).to.equal(1);
    expect(other.json().verdict).to.deep.include({ changed: ["block-canonical"] });
  });

  it("compares chain and registry with those that the reader trusts", async () => {
    const { chainId, registry } = evidenceDomain;
    expect((await verify(file, "--trusted-registry", `${chainId}:${registry}`)).exitCode).to.equal(0);
    const wrong = await verify(file, "--trusted-registry", `1:${registry}`, "--json");
    expect(wrong.exitCode).to.equal(1);
    expect(wrong.json().verdict).to.deep.include({ changed: ["deployment"] });
  });

  it("takes a bundle under any name beside its file", async () => {
    const renamed = join(dir, "renamed.json");
    await copyFile(`${file}.evidence.json`, renamed);
    expect((await verify(file, renamed)).exitCode).to.equal(0);
  });

  it("checks every bundle of a directory and concludes by the gravest", async () => {
    const case_ = join(dir, "case");
    await mkdir(case_);
    await writeFile(join(case_, "a.jpg"), photo);
    await writeFile(join(case_, "a.jpg.evidence.json"), serializeBundle(bundle));
    await writeFile(join(case_, "b.jpg.evidence.json"), serializeBundle(bundle));
    const run = await verify(case_, "--json");
    expect(run.exitCode).to.equal(2);
    const { files } = run.json() as { files: { verdict: { status: string } }[] };
    expect(files.map(({ verdict }) => verdict.status)).to.deep.equal(["verified", "missing"]);
  });

  it("writes the report in Chinese, and never over a file that is there", async () => {
    const report = join(dir, "report.txt");
    const run = await verify(file, "--report", report, "--lang", "zh");
    expect(run.exitCode).to.equal(0);
    expect(run.stdout).to.match(/^一致/);
    const written = await readFile(report, "utf8");
    expect(written).to.include("电子证据核验报告").and.to.include(bundle.record.cid);
    const again = await verify(file, "--report", report, "--json");
    expect(again.exitCode).to.equal(73);
    expect(again.json().error).to.include({ code: "file-exists" });
    expect(await readFile(report, "utf8")).to.equal(written);
  });

  it("stops at Ctrl-C in the middle of a large file with interrupted", async () => {
    const large = await place("large.bin", new Uint8Array(1), serializeBundle(bundle));
    await truncate(large, 64 * 2 ** 30);
    const child = spawn(process.execPath, [entry, "verify", large, "--json"], { stdio: ["ignore", "pipe", "ignore"] });
    const said = text(child.stdout);
    const ended = once(child, "exit");
    await isReading(child, large);
    child.kill("SIGINT");
    expect(await ended).to.deep.equal([130, null]);
    expect(JSON.parse(await said).error).to.include({ code: "interrupted" });
  });

  it("refuses a directory in place of a file with file-unreadable", async () => {
    const folder = join(dir, "folder.jpg");
    await mkdir(folder);
    await writeFile(`${folder}.evidence.json`, serializeBundle(bundle));
    const run = await verify(`${folder}.evidence.json`, "--json");
    expect(run.exitCode).to.equal(66);
    expect(run.json().error).to.include({ code: "file-unreadable" });
  });
});
