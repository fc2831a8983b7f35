import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { createKeystore } from "../../src/chain/keystore.ts";
import type { UploadState } from "../../src/ipfs/partialUploads.ts";
import type { PendingUpload } from "../../src/sdk/pendingUpload.ts";
import { runCli } from "../fixtures/cli.ts";
import { type CuttingProxy, startCuttingProxy } from "../fixtures/cuttingProxy.ts";
import { READER } from "../fixtures/evidence.ts";
import { type Service, startService } from "../fixtures/service.ts";

const MIB = 1024 ** 2;
const entry = join(import.meta.dirname, "..", "..", "src", "cli", "main.ts");

describe("holdfast evidence add", () => {
  let dir: string;
  let service: Service;
  let proxy: CuttingProxy;
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "holdfast-add-"));
    createKeystore(join(dir, "buyer.json"), "correct horse");
    writeFileSync(join(dir, "password.txt"), "correct horse");
    writeFileSync(join(dir, "video.mp4"), randomBytes(40 * MIB));
    service = await startService({ filers: "anyone" });
    await service.indexed();
    proxy = await startCuttingProxy(service.url);
  });
  after(async () => {
    await proxy.stop();
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const left = () => readdirSync(join(dir, "out")).toSorted();
  const pending = () => {
    const document = readFileSync(join(dir, "out", "video.mp4.upload.json"), "utf8");
    return (JSON.parse(document) as { pending: PendingUpload }).pending;
  };
  const add = () => {
    const who = ["--keystore", "buyer.json", "--password-file", "password.txt", "--recipients", READER];
    const where = ["--out", "out", "--url", proxy.url, "--rpc", service.anvil.url];
    return ["evidence", "add", "video.mp4", "--deal", "none", ...who, ...where];
  };
  /** Runs the command and ends it when the relayer was sent so many bytes more. */
  const addUntil = async (count: number, signal: NodeJS.Signals) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", entry, ...add()], {
      cwd: dir,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "exit");
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    await proxy.until(proxy.received() + count);
    child.kill(signal);
    const [code, by] = await ended;
    return { code: code as number | null, by: by as string | null, said: (await said).join("") };
  };
  const offset = async () => {
    const { json } = await service.ask(`/v1/uploads/${pending().upload}`);
    return (json as UploadState).offset;
  };

  it("goes on after Ctrl-C and after a kill, under the same key, and leaves the bundle alone", async () => {
    const stopped = await addUntil(9 * MIB, "SIGINT");
    expect(stopped).include({ code: 130, by: null });
    expect(left()).deep.equal(["video.mp4.upload.json"]);
    expect(statSync(join(dir, "out", "video.mp4.upload.json")).mode & 0o777).equal(0o600);
    const first = pending();
    for (const secret of [first.upload, first.key.slice(2), first.salt.slice(2)]) {
      expect(stopped.said).not.contain(secret);
    }
    const kept = await offset();
    expect(kept).at.least(8 * MIB);

    let sent = proxy.offsets().length;
    expect(await addUntil(9 * MIB, "SIGKILL")).include({ by: "SIGKILL" });
    expect(proxy.offsets()[sent]).equal(kept);
    expect(pending()).deep.equal(first);
    const more = await offset();
    expect(more).above(kept);

    sent = proxy.offsets().length;
    const run = await runCli([...add(), "--json"], { cwd: dir });
    expect(run.exitCode, run.stderr).equal(0);
    expect(proxy.offsets()[sent]).equal(more);
    expect(left()).deep.equal(["video.mp4.evidence.json"]);
    const verdict = await runCli(["verify", join(dir, "video.mp4"), join(dir, "out", "video.mp4.evidence.json")]);
    expect(verdict.exitCode).equal(4);
  });

  it("removes the secrets of a run that was killed when its bundle was there", async () => {
    const bundle = join(dir, "out", "video.mp4.evidence.json");
    expect(existsSync(bundle)).equal(true);
    for (const name of ["filing.json", "filing.json.new", "upload.json", "upload.json.new"]) {
      writeFileSync(join(dir, "out", `video.mp4.${name}`), "{}", { mode: 0o600 });
    }
    expect((await runCli(add(), { cwd: dir })).exitCode).equal(0);
    expect(left()).deep.equal(["video.mp4.evidence.json"]);
  });
});
