import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { identityToRecipient } from "age-encryption";
import { expect } from "chai";
import { openKeystore } from "../../src/chain/keystore.ts";
import { runCli } from "../fixtures/cli.ts";

describe("holdfast keys", () => {
  let dir: string;
  let password: string;
  const at = (name: string) => join(dir, name);

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-keys-"));
    password = join(dir, "password.txt");
    await writeFile(password, "correct horse\n");
  });
  after(() => rm(dir, { recursive: true }));

  it("makes a wallet key in an encrypted file that its owner alone can read", async () => {
    const run = await runCli(["keys", "new", "--out", at("wallet.json"), "--password-file", password, "--json"]);
    expect(run.exitCode).to.equal(0);
    const { address } = run.json();
    expect(address).to.match(/^0x[0-9a-fA-F]{40}$/);
    expect((await stat(at("wallet.json"))).mode & 0o777).to.equal(0o600);
    expect(openKeystore(at("wallet.json"), "correct horse").address).to.equal(address);
    expect(run.stdout + run.stderr).not.to.include("correct horse");
  });

  it("never writes over a key", async () => {
    await writeFile(at("mine.json"), "precious");
    for (const command of ["new", "encryption"]) {
      const passwords = command === "new" ? ["--password-file", password] : [];
      const run = await runCli(["keys", command, "--out", at("mine.json"), ...passwords, "--json"]);
      expect(run.exitCode).to.equal(73);
      expect(run.json().error).to.include({ code: "file-exists" });
    }
    expect(await readFile(at("mine.json"), "utf8")).to.equal("precious");
  });

  it("refuses a directory that is not there with file-unwritable", async () => {
    const run = await runCli(["keys", "new", "--out", at("no/such/key.json"), "--password-file", password, "--json"]);
    expect(run.exitCode).to.equal(73);
    expect(run.json().error).to.include({ code: "file-unwritable" });
  });

  it("refuses a pipe instead of waiting for it", { timeout: 30_000 }, async () => {
    await promisify(execFile)("mkfifo", [at("pipe")]);
    const asKeystore = ["deal", "sign", at("pipe"), "--keystore", at("pipe"), "--password-file", password];
    for (const words of [["keys", "show", at("pipe")], asKeystore]) {
      const run = await runCli([...words, "--json"]);
      expect(run.exitCode).to.equal(66);
      expect(run.json().error).to.include({ code: "file-unreadable" });
    }
  });

  it("takes a password from a pipe", { timeout: 30_000 }, async () => {
    await promisify(execFile)("mkfifo", [at("passwords")]);
    const words = ["keys", "new", "--out", at("piped.json"), "--password-file", at("passwords"), "--json"];
    const [run] = await Promise.all([runCli(words), writeFile(at("passwords"), "battery staple\n")]);
    expect(run.exitCode, run.stdout).to.equal(0);
    expect(openKeystore(at("piped.json"), "battery staple").address).to.equal(run.json().address);
  });

  it("takes a password from a file or a terminal only", async () => {
    const asked = await runCli(["keys", "new", "--out", at("asked.json"), "--json"]);
    expect(asked.exitCode).to.equal(64);
    expect(asked.json().error).to.include({ code: "password-missing" });
    const given = await runCli(["keys", "new", "--out", at("asked.json"), "--password", "secret", "--json"]);
    expect(given.exitCode).to.equal(64);
    expect(given.json().error).to.include({ code: "usage-invalid" });
  });

  it("refuses an empty password", async () => {
    await writeFile(at("empty.txt"), "\n");
    const run = await runCli(["keys", "new", "--out", at("weak.json"), "--password-file", at("empty.txt"), "--json"]);
    expect(run.exitCode).to.equal(65);
    expect(run.json().error).to.include({ code: "input-malformed" });
  });

  it("shows the address of a keystore, and checks the password when asked to", async () => {
    await runCli(["keys", "new", "--out", at("shown.json"), "--password-file", password]);
    const { address } = openKeystore(at("shown.json"), "correct horse");
    const run = await runCli(["keys", "show", at("shown.json"), "--json"]);
    expect(run.json()).to.include({ kind: "wallet", address, isChecked: false });
    const checked = await runCli(["keys", "show", at("shown.json"), "--password-file", password, "--json"]);
    expect(checked.json()).to.include({ address, isChecked: true });
    await writeFile(at("wrong.txt"), "incorrect horse");
    const wrong = await runCli(["keys", "show", at("shown.json"), "--password-file", at("wrong.txt"), "--json"]);
    expect(wrong.exitCode).to.equal(77);
    expect(wrong.json().error).to.include({ code: "keystore-password-wrong" });
  });

  it("makes an age identity and shows its public key", async () => {
    const made = await runCli(["keys", "encryption", "--out", at("reader.txt"), "--json"]);
    expect(made.exitCode).to.equal(0);
    const text = await readFile(at("reader.txt"), "utf8");
    const identity = text.split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-1"));
    expect(await identityToRecipient(identity ?? "")).to.equal(made.json().recipient);
    expect((await stat(at("reader.txt"))).mode & 0o777).to.equal(0o600);
    expect(made.stdout).not.to.include("AGE-SECRET-KEY");
    const shown = await runCli(["keys", "show", at("reader.txt"), "--json"]);
    expect(shown.json()).to.include({ kind: "encryption", recipient: made.json().recipient });
  });

  it("refuses what is no key file", async () => {
    await writeFile(at("note.txt"), "hello");
    const run = await runCli(["keys", "show", at("note.txt"), "--json"]);
    expect(run.exitCode).to.equal(65);
    expect(run.json().error).to.include({ code: "keystore-unreadable" });
    const gone = await runCli(["keys", "show", at("gone.json"), "--json"]);
    expect(gone.exitCode).to.equal(66);
    expect(gone.json().error).to.include({ code: "file-missing" });
  });
});
