import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { expect } from "chai";
import type { Hex } from "viem";
import { type EvidenceBundle, serializeBundle } from "../../src/core/evidence/bundle.ts";
import { encryptFile } from "../../src/core/evidence/cipher.ts";
import { readTimestampResponse, timestampRequest } from "../../src/core/evidence/timestamp/exchange.ts";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import { createIssuer, issueChain, opensslMissing } from "../fixtures/authority.ts";
import { runCli } from "../fixtures/cli.ts";
import {
  ANCHORED_AT,
  bundleOfPhoto,
  createRandom,
  evidenceDomain,
  filePhoto,
  photo,
  READER_IDENTITY,
  relayer,
  streamOf,
  withdrawalOf,
} from "../fixtures/evidence.ts";

const entry = join(import.meta.dirname, "..", "..", "src", "cli", "main.ts");

/** Waits until a process has a file open. */
const isReading = async ({ pid }: ChildProcess, file: string) => {
  for (;;) {
    for (const name of await readdir(`/proc/${pid}/fd`)) {
      if ((await readlink(`/proc/${pid}/fd/${name}`).catch(() => "")) === file) return;
    }
  }
};

const CLOCK = "2027-01-15T08:10:00Z";

describe("holdfast verify", () => {
  let dir: string;
  let bundle: EvidenceBundle;
  let file: string;
  // The fixtures' chain lies ahead of the computer's clock.
  const verify = (...args: string[]) =>
    runCli(["verify", ...args, ...(args.includes("--clock") ? [] : ["--clock", CLOCK])], { isOffline: true });
  const anchorBlock = () => `${bundle.anchor.blockNumber}:${bundle.anchor.blockHash}`;
  const beaconBlock = () => `${bundle.record.beaconBlock}:${bundle.record.beaconHash}`;
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

  it("writes the offline page, and checks nothing with it", async () => {
    const page = join(dir, "verifier.html");
    const { exitCode, stdout } = await runCli(["verify", "--page", page, "--json"], { isOffline: true });
    const built = await readFile(join(import.meta.dirname, "..", "..", "src", "web", "verifier.html"));
    expect([exitCode, JSON.parse(stdout)]).to.deep.equal([
      0,
      { path: page, sha256: createHash("sha256").update(built).digest("hex") },
    ]);
    expect((await readFile(page)).equals(built)).to.equal(true);
    const again = await runCli(["verify", "--page", page], { isOffline: true });
    expect([again.exitCode, again.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 73 && text.includes(page),
    );
    expect((await runCli(["verify", "--page", join(dir, "other.html"), file])).exitCode).to.equal(64);
    expect((await runCli(["verify"])).exitCode).to.equal(64);
  });

  it("says verified, and 4 for a time that nobody confirmed, for an untouched file, without any network", async () => {
    const run = await verify(file);
    expect(run.exitCode).to.equal(4);
    expect(run.stdout)
      .to.match(/^verified/)
      .and.to.include("Time: stated, not confirmed");
    expect(run.stdout).to.include("E-VER-03").and.to.include(bundle.anchor.blockHash);
    expect(run.stderr).to.equal("");
  });

  it("prints one line of JSON with the verdict, every check and the sentences", async () => {
    const run = await verify(file, "--json");
    expect(run.stdout.trim().split("\n")).to.have.length(1);
    const { verdict, files } = run.json() as {
      verdict: Record<string, unknown>;
      files: { checks: { id: string; result: string }[]; sentences: { code: string; label: string }[] }[];
    };
    expect(verdict).to.include({ status: "verified", blockNumber: bundle.anchor.blockNumber });
    expect(run.json().time).to.deep.include({ status: "stated", existedBy: ANCHORED_AT });
    expect(files).to.have.length(1);
    expect(files[0]?.checks.find(({ id }) => id === "file-digest")?.result).to.equal("pass");
    expect(files[0]?.sentences.map(({ code, label }) => [code, label])).to.deep.equal([
      ["block-not-confirmed", "E-VER-03"],
      ["identity-not-verified", "E-VER-04"],
    ]);
  });

  it("says refuted, exits 1 and names the file after one flipped bit", async () => {
    const changed = photo.slice();
    changed[20_000]! ^= 1;
    const flipped = await place("flipped.jpg", changed, serializeBundle(bundle));
    const run = await verify(flipped, "--json");
    expect(run.exitCode).to.equal(1);
    const { verdict, message } = run.json() as { verdict: { changed: string[] }; message: Record<string, string> };
    expect(verdict).to.include({ status: "refuted", reason: "file-digest" });
    expect(message).to.include({ code: "file-altered", label: "E-VER-01" });
    expect(message.text)
      .to.include('"flipped.jpg"')
      .and.to.include("2027-01-15 08:02:00 UTC")
      .and.to.include(
        `The bundle is about another file: "沙发 scratch.jpg", 40000 bytes, SHA-256 ${bundle.openings.file?.sha256.slice(2)}`,
      );
    expect((await verify(flipped)).stdout).to.match(/^refuted .*flipped\.jpg/);
  });

  it("blames the file only when the bundle is whole, else says that the bundle was changed, in both languages", async () => {
    const changed = structuredClone(bundle);
    changed.openings.file!.sha256 = `0x${"ab".repeat(32)}`;
    const path = await place("blamed.jpg", photo, serializeBundle(changed));
    const run = await verify(path, "--json");
    expect(run.exitCode).to.equal(1);
    const { text: sentence } = run.json().message as { text: string };
    expect(sentence).to.include("bundle").and.to.include("was changed").and.to.include("signed commitment to the file");
    expect(sentence).not.to.include("altered since");
    const chinese = (await verify(path, "--lang", "zh")).stdout;
    expect(chinese).to.include("证据包有改动或不属于该文件").and.to.include("签名所承诺的文件");
  });

  it("says refuted and names the signature when that was swapped", async () => {
    const other = `0x${"11".repeat(32)}${"22".repeat(32)}1b` as const;
    const swapped = await place("swapped.jpg", photo, serializeBundle({ ...bundle, signature: other }));
    const run = await verify(swapped, "--json");
    expect(run.exitCode).to.equal(1);
    expect(run.json().verdict).to.deep.include({ status: "refuted", reason: "signature" });
    expect(run.json().message).to.include({ code: "bundle-altered", label: "E-VER-09" });
  });

  it("says missing and exits 2 when the file is not there", async () => {
    const path = join(dir, "gone.jpg.evidence.json");
    await writeFile(path, serializeBundle(bundle));
    const run = await verify(path, "--json");
    expect(run.exitCode).to.equal(2);
    expect(run.json().verdict).to.deep.equal({ status: "missing", what: "file" });
    expect(run.json().message).to.include({ code: "file-not-given", label: "E-VER-02" });
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
    const text = serializeBundle(bundle).replace("holdfast-evidence-bundle/2", "holdfast-evidence-bundle/9");
    const run = await verify(await place("future.jpg", photo, text), "--json");
    expect(run.exitCode).to.equal(3);
    expect(run.json().verdict).to.deep.equal({ status: "unverifiable", why: "bundle-version-unknown" });
    expect(run.json().message).to.include({ code: "bundle-version-unknown", label: "E-VER-05" });
    expect((run.json().message as { text: string }).text).to.include("9");
  });

  it("says unverifiable and exits 3 for a damaged bundle, an empty one and one that is much too large", async () => {
    const whole = serializeBundle(bundle);
    for (const text of [whole.slice(0, -20), "", "x".repeat(2_000_000)]) {
      const run = await verify(await place("damaged.jpg", photo, text), "--json");
      expect(run.exitCode).to.equal(3);
      expect(run.json().message).to.include({ label: "E-VER-06" });
    }
  });

  it("confirms the time by blocks that the reader trusts, and exits 0 only then", async () => {
    const same = await verify(file, "--trusted-block", anchorBlock(), "--trusted-block", beaconBlock(), "--json");
    expect(same.exitCode).to.equal(0);
    expect(same.json().time).to.deep.include({ status: "confirmed" });
    const text = (await verify(file, "--trusted-block", anchorBlock(), "--trusted-block", beaconBlock())).stdout;
    expect(text).not.to.include("not confirmed");
    expect(text).not.to.include("E-VER-03");
  });

  it("confirms the time by a time stamp of an authority that the reader names", { skip: opensslMissing }, async () => {
    const issuer = createIssuer();
    const chain = issueChain(issuer, "Court's");
    const { verdict } = await verifyBundle(serializeBundle(bundle), { file: streamOf(photo) });
    const request = timestampRequest((verdict as { root: Hex }).root, { nonce: 2n ** 64n });
    const answer = readTimestampResponse(issuer.reply(request, chain.stamper, { chain: [chain.middle] }));
    if (answer.status !== "granted") throw new Error("refused");
    const timestamps = [[Buffer.from(answer.token).toString("base64")]];
    const stamped = await place("stamped.jpg", photo, serializeBundle({ ...bundle, timestamps }));
    const untrusted = await verify(stamped);
    expect(untrusted.exitCode).to.equal(4);
    expect(untrusted.stdout).to.include("not confirmed: the authority is not one that the reader trusts");
    const pem = issuer.pemOf([chain.root]);
    const trusted = await verify(stamped, "--tsa-roots", pem);
    expect(trusted.exitCode).to.equal(0);
    expect(trusted.stdout)
      .to.match(
        /Time stamp of an authority: 20\d\d-.* UTC.*, accurate to \d s, by "O=Example, CN=Court's stamps": confirmed/,
      )
      .and.to.include("Time: confirmed");
    const list = join(dir, "revoked.crl");
    await writeFile(
      list,
      issuer.revocationList(chain.middle, [{ party: chain.stamper, at: 1, reason: "keyCompromise" }]),
    );
    const revoked = await verify(stamped, "--tsa-roots", pem, "--tsa-revoked", list, "--lang", "zh");
    expect(revoked.exitCode).to.equal(4);
    expect(revoked.stdout).to.include("机构签发的时间戳: 不能证明任何时间: 证书已被吊销");
    const unreadable = await verify(stamped, "--tsa-roots", file, "--json");
    expect(unreadable.json().error).to.include({ code: "timestamp-data-malformed" });
    issuer.remove();
  });

  it("calls evidence whose block is another one not on this chain, and never altered", async () => {
    const zero = `0x${"00".repeat(32)}`;
    const other = await verify(file, "--trusted-block", `${bundle.anchor.blockNumber}:${zero}`, "--json");
    expect(other.exitCode).to.equal(1);
    expect(other.json().verdict).to.deep.include({ changed: ["block-canonical"] });
    expect(other.json().message).to.include({ code: "not-on-this-chain", label: "E-VER-10" });
    expect(other.stdout).not.to.include("E-VER-01");
    const elsewhere = await verify(file, "--trusted-block", `7:${zero}`, "--json");
    expect([elsewhere.exitCode, (elsewhere.json().time as { status: string }).status]).to.deep.equal([4, "stated"]);
  });

  it("refuses an anchor in the future with a code of its own, and takes the reader's word for the time", async () => {
    const early = await verify(file, "--clock", "2026-11-30T12:00:00+08:00", "--json");
    expect(early.exitCode).to.equal(1);
    expect(early.json().message).to.include({ code: "anchor-in-future", label: "E-VER-11" });
    expect((early.json().message as { text: string }).text)
      .to.include("2027-01-15 08:02:00 UTC")
      .and.to.include("2026-11-30 04:00:00 UTC");
    const [{ checks }] = early.json().files as [{ checks: { id: string }[] }];
    expect(checks.find(({ id }) => id === "clock")).to.include({
      expected: `at most ${Date.parse("2026-11-30T04:00:00Z") / 1_000 + 120}`,
      actual: `${ANCHORED_AT}`,
    });
    expect((await verify(file, "--clock", "yesterday", "--json")).exitCode).to.equal(64);
  });

  it("refuses a trusted block that is none, and two hashes for one", async () => {
    const zero = `${bundle.anchor.blockNumber}:0x${"00".repeat(32)}`;
    for (const wrong of [["0x12"], [bundle.anchor.blockHash], [anchorBlock(), zero]]) {
      const run = await verify(file, ...wrong.flatMap((one) => ["--trusted-block", one]), "--json");
      expect(run.exitCode).to.equal(64);
    }
  });

  it("says first who signed, where, about what, and which blocks to compare, in both languages", async () => {
    const { stdout } = await verify(file);
    const [, , ...lines] = stdout.split("\n");
    expect(lines.slice(0, 5)).to.deep.equal([
      `  Signed by: ${bundle.submitter.address} (key)`,
      "  Role: not known: the terms of the deal were not given",
      `  Chain id: ${evidenceDomain.chainId}, Registry contract: ${evidenceDomain.registry}`,
      `  Case: ${bundle.openings.case?.dealId}`,
      `  SHA-256 of the file that was signed: ${bundle.openings.file?.sha256.slice(2)}`,
    ]);
    expect(stdout).to.include(`${bundle.record.beaconBlock} ${bundle.record.beaconHash}`);
    const chinese = (await verify(file, "--lang", "zh")).stdout;
    expect(chinese).to.include("签名账户").and.to.include("仅为陈述，未经确认");
    const { subject } = ((await verify(file, "--json")).json().files as { subject: unknown }[])[0]!;
    expect(subject).to.deep.include({ chainId: 31337, beaconBlock: { number: 1_010, hash: bundle.record.beaconHash } });
  });

  it("says whether the encrypted file is the one that was signed, and decrypts it in place of the file", async () => {
    const random = createRandom("photo");
    const secret = { key: random(32), salt: random(24) };
    const ciphertext = join(dir, "photo.enc");
    await writeFile(ciphertext, encryptFile(streamOf(photo), secret));
    const identity = join(dir, "reader.txt");
    await writeFile(identity, `${READER_IDENTITY}\n`, { mode: 0o600 });
    const alone = await place("alone.jpg", photo, serializeBundle(bundle));
    await rm(alone);
    const checksOf = (run: { json: () => Record<string, unknown> }) =>
      Object.fromEntries(
        (run.json().files as { checks: { id: string; result: string }[] }[])[0]!.checks.map(({ id, result }) => [
          id,
          result,
        ]),
      );
    const both = await verify(`${alone}.evidence.json`, "--ciphertext", ciphertext, "--identity", identity, "--json");
    expect(both.exitCode).to.equal(4);
    expect(checksOf(both)).to.include({ cid: "pass", decryption: "pass", "file-digest": "pass" });
    const beside = await verify(file, "--ciphertext", ciphertext, "--json");
    expect(checksOf(beside)).to.include({ cid: "pass", decryption: "not-checked" });
    await writeFile(ciphertext, "something else");
    const other = await verify(file, "--ciphertext", ciphertext, "--json");
    expect(checksOf(other)).to.include({ cid: "fail" });
    expect((await verify(file, "--identity", identity, "--json")).exitCode).to.equal(64);
    const damaged = await place("enc.jpg", photo, serializeBundle(bundle).slice(0, -20));
    const unread = await verify(damaged, "--ciphertext", ciphertext, "--identity", identity, "--json");
    expect([unread.exitCode, (unread.json().verdict as { status: string }).status]).to.deep.equal([3, "unverifiable"]);
  });

  it("gives the caveats of a verified bundle apart from messages", async () => {
    const json = (await verify(file, "--json")).json();
    expect(json).not.to.have.property("message");
    expect((json.caveats as { label: string }[]).map(({ label }) => label)).to.deep.equal(["E-VER-03", "E-VER-04"]);
  });

  it("compares chain and registry with those that the reader trusts", async () => {
    const { chainId, registry } = evidenceDomain;
    expect((await verify(file, "--trusted-registry", `${chainId}:${registry}`)).exitCode).to.equal(4);
    const wrong = await verify(file, "--trusted-registry", `1:${registry}`, "--json");
    expect(wrong.exitCode).to.equal(1);
    expect(wrong.json().verdict).to.deep.include({ changed: ["deployment"] });
    expect(wrong.json().message).to.include({ code: "not-on-this-chain" });
  });

  it("takes a bundle under any name beside its file", async () => {
    const renamed = join(dir, "renamed.json");
    await copyFile(`${file}.evidence.json`, renamed);
    expect((await verify(file, renamed)).exitCode).to.equal(4);
  });

  it("says in a folder which records were withdrawn or replaced by the same key, first in the table", async () => {
    const folder = join(dir, "status");
    await mkdir(folder);
    const filed = await filePhoto();
    const newer = await filePhoto({ kind: "supersede", supersedes: filed.digest });
    for (const [name, evidence] of [
      ["old.jpg", filed],
      ["new.jpg", newer],
    ] as const) {
      await writeFile(join(folder, name), photo);
      await writeFile(join(folder, `${name}.evidence.json`), serializeBundle(await bundleOfPhoto(evidence)));
    }
    const foreign = await withdrawalOf(newer, relayer);
    await writeFile(join(folder, "w.evidence.json"), serializeBundle(await bundleOfPhoto(foreign)));
    const run = await verify(folder);
    expect(run.exitCode).to.equal(4);
    const by = (name: string) => join(folder, `${name}.evidence.json`);
    expect(run.stdout.split("\n\n")[0]).to.match(/SUPERSEDED {2}\| {2}\S+old\.jpg\n/);
    expect(run.stdout).to.include(
      `SUPERSEDED by ${by("new.jpg")}, record ${newer.digest}, signed by the same key ${filed.submitter.address}`,
    );
    expect(run.stdout).to.include(`it supersedes the record ${filed.digest}, ${by("old.jpg")}`);
    expect(run.stdout).to.include(
      `${by("w")}, record ${foreign.digest}, says that this one is withdrawn, but another key`,
    );
    const { files } = (await verify(folder, "--json")).json() as { files: { status: { state: string } }[] };
    expect(files.map(({ status }) => status.state)).to.deep.equal(["not-checked", "superseded", "not-checked"]);
    expect((await verify(file)).stdout).to.include("whether it was withdrawn or replaced later: not checked");
    const report = join(folder, "report.txt");
    await verify(folder, "--report", report);
    expect(await readFile(report, "utf8")).to.include("SUPERSEDED by");
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

  describe("of several", () => {
    const whole = () => serializeBundle(bundle);
    const folder = async (name: string, content: Readonly<Record<string, string | Uint8Array>>) => {
      const path = join(dir, name);
      await mkdir(path);
      for (const [entry, bytes] of Object.entries(content)) await writeFile(join(path, entry), bytes);
      return path;
    };
    type Row = { file: string; bundle: string; verdict: { status: string } | null; error?: { code: string } };
    const rowsOf = (run: { json: () => Record<string, unknown> }) => run.json().files as Row[];

    it("checks files of the same name in two directories, each with the bundle beside it", async () => {
      const one = await folder("one", { "a.jpg": photo, "a.jpg.evidence.json": whole() });
      const two = await folder("two", { "a.jpg": photo.subarray(1), "a.jpg.evidence.json": whole() });
      for (const paths of [
        [one, two],
        [join(one, "a.jpg"), join(two, "a.jpg"), one, two],
        [join(one, "a.jpg"), join(two, "a.jpg.evidence.json"), one],
      ]) {
        const run = await verify(...paths, "--json");
        expect(run.exitCode).to.equal(1);
        const rows = rowsOf(run).map(({ file, bundle: path, verdict }) => [file, path, verdict?.status]);
        expect(rows).to.have.deep.members([
          [join(one, "a.jpg"), join(one, "a.jpg.evidence.json"), "verified"],
          [join(two, "a.jpg"), join(two, "a.jpg.evidence.json"), "refuted"],
        ]);
      }
    });

    it("finds a named bundle by its name elsewhere, and refuses when there are two", async () => {
      const away = await folder("away", { "b.jpg.evidence.json": whole(), "c.jpg.evidence.json": whole() });
      const also = await folder("also", { "b.jpg.evidence.json": whole() });
      const [b, c] = [join(dir, "b.jpg"), join(dir, "c.jpg")];
      await writeFile(b, photo);
      await writeFile(c, photo);
      const run = await verify(b, c, away, "--json");
      expect(run.exitCode).to.equal(4);
      expect(rowsOf(run).map(({ bundle: path }) => path)).to.deep.equal([
        join(away, "b.jpg.evidence.json"),
        join(away, "c.jpg.evidence.json"),
      ]);
      const ambiguous = await verify(b, c, away, also, "--json");
      expect(ambiguous.exitCode).to.equal(64);
      const { message } = ambiguous.json().error as { message: string };
      expect(message).to.include(join(away, "b.jpg.evidence.json")).and.to.include(join(also, "b.jpg.evidence.json"));
    });

    it("refuses one bundle for two files of its name, and a bundle that does not say which file it is for", async () => {
      const [left, right] = [await folder("left", { "d.jpg": photo }), await folder("right", { "d.jpg": photo })];
      const apart = await folder("apart", { "d.jpg.evidence.json": whole(), "x.json": whole() });
      const files = [join(left, "d.jpg"), join(right, "d.jpg")];
      expect((await verify(...files, join(apart, "d.jpg.evidence.json"), "--json")).exitCode).to.equal(64);
      expect((await verify(...files, join(apart, "x.json"), "--json")).exitCode).to.equal(64);
    });

    it("lists what a directory holds without a bundle, and concludes from the rest", async () => {
      const mixed = await folder("mixed", {
        "a.jpg": photo,
        "a.jpg.evidence.json": whole(),
        "README.txt": "x",
        "other.json": whole(),
        ".hidden": "x",
      });
      await mkdir(join(mixed, "more"));
      const run = await verify(mixed, "--json");
      expect(run.exitCode).to.equal(4);
      expect(run.json().unpaired).to.deep.equal([
        { path: join(mixed, "README.txt"), why: "without-bundle" },
        { path: join(mixed, "more"), why: "directory" },
        { path: join(mixed, "other.json"), why: "bundle-without-file" },
      ]);
      expect((await verify(mixed)).stdout).to.include("README.txt: without a bundle");
      expect((await verify(mixed, "--lang", "zh")).stdout).to.include("README.txt: 没有证据包");
    });

    it("keeps the other results when one pair cannot be read, and exits with its error", async () => {
      const broken = await folder("broken", { "a.jpg": photo, "a.jpg.evidence.json": whole(), "c.jpg": photo });
      await mkdir(join(broken, "b.jpg.evidence.json"));
      await mkdir(join(broken, "d.jpg"));
      await writeFile(join(broken, "d.jpg.evidence.json"), whole());
      const run = await verify(broken, "--json");
      expect(run.exitCode).to.equal(66);
      expect(run.json()).to.have.nested.property("error.code", "file-unreadable");
      expect(rowsOf(run).map(({ verdict, error }) => verdict?.status ?? error?.code)).to.deep.equal([
        "verified",
        "file-unreadable",
        "file-unreadable",
      ]);
      expect((await verify(broken)).stdout.split("\n").slice(0, 3)).to.deep.equal([
        `verified  |  Time: stated, not confirmed  |  not known: the terms of the deal were not given  |  ${join(broken, "a.jpg")}`,
        `not checked  |  ${join(broken, "b.jpg")}`,
        `not checked  |  ${join(broken, "d.jpg")}`,
      ]);

      await writeFile(join(broken, "c.jpg.evidence.json"), whole());
      await writeFile(join(broken, "c.jpg"), "something else");
      expect((await verify(broken)).exitCode).to.equal(1);
    });
  });

  it("prints nothing that a bundle or a name could forge", async () => {
    const forged = structuredClone(bundle);
    const line = "6\u001b[2J\nverified  a.jpg\u202e\u009b1m\u200b";
    forged.openings.meta.purpose = { ...forged.openings.meta.purpose, value: line, salt: `0x${"00".repeat(16)}` };
    const path = await place("x\u001b[2J\nverified \u202e.jpg", photo, JSON.stringify(forged));
    const run = await verify(path);
    expect(run.exitCode).to.equal(1);
    expect(run.stdout).not.to.match(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]|^verified/mu);
    expect(run.stdout).to.include("\\u{1b}[2J");
    const json = await verify(path, "--json");
    expect(json.stdout.trimEnd()).not.to.match(/[\p{Cc}\p{Cf}]/u);
    expect((json.json().files as { file: string }[])[0]?.file).to.equal(path);
    const missing = await verify(join(dir, "y\u001b[2J.jpg"), "--trusted-block", "\u001b[2J");
    expect(missing.stderr).not.to.include("\u001b");
  });

  it("refuses a pipe as file or bundle instead of waiting for it", { timeout: 60_000 }, async () => {
    const pipe = join(dir, "pipe");
    await promisify(execFile)("mkfifo", [pipe]);
    await writeFile(`${pipe}.evidence.json`, serializeBundle(bundle));
    for (const paths of [
      [pipe],
      [file, pipe],
      [pipe, `${file}.evidence.json`],
      ["/dev/zero", `${file}.evidence.json`],
    ]) {
      const run = await verify(...paths, "--json");
      expect(run.exitCode, paths.join(" ")).to.be.oneOf([2, 66]);
      if (run.exitCode === 66) expect(run.json()).to.have.nested.property("error.code", "file-unreadable");
    }
    await rename(pipe, join(dir, "z.jpg.evidence.json"));
    expect((await verify(join(dir, "z.jpg.evidence.json"), "--json")).exitCode).to.equal(66);
  });

  it("states the digest of the bundle as it lies there, however large or damaged", async () => {
    const whole = Buffer.from(serializeBundle(bundle));
    const notText = Buffer.concat([whole, Buffer.from([0xff])]);
    for (const [index, bytes] of [whole, Buffer.alloc(3_000_000, 120), notText].entries()) {
      const path = join(dir, `stated${index}.jpg`);
      await writeFile(path, photo);
      await writeFile(`${path}.evidence.json`, bytes);
      const run = await verify(path, "--report", `${path}.report.txt`);
      expect(run.exitCode).to.equal(index === 0 ? 4 : 3);
      const digest = createHash("sha256").update(bytes).digest("hex");
      expect(await readFile(`${path}.report.txt`, "utf8")).to.include(`SHA-256 of the bundle: ${digest}`);
    }
  });

  it("exits 73 when nothing could be printed, and keeps the verdict's code when a reader has had enough", async () => {
    const full = await open("/dev/full", "w");
    const lost = spawn(process.execPath, [entry, "verify", file], { stdio: ["ignore", full.fd, "ignore"] });
    expect(await once(lost, "exit")).to.deep.equal([73, null]);
    await full.close();
    for (const [path, code] of [
      [file, 4],
      [join(dir, "nowhere.jpg"), 2],
    ] as const) {
      const child = spawn(process.execPath, [entry, "verify", path, "--clock", CLOCK], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      child.stdout.destroy();
      expect(await once(child, "exit")).to.deep.equal([code, null]);
    }
  });

  it("writes the report in Chinese, and never over a file that is there", async () => {
    const report = join(dir, "report.txt");
    const run = await verify(file, "--report", report, "--lang", "zh");
    expect(run.exitCode).to.equal(4);
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
