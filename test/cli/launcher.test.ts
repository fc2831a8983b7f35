import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";

const root = join(import.meta.dirname, "..", "..");

describe("scripts/holdfast.mjs", () => {
  let dir: string;
  const start = (...nodeArgs: string[]) =>
    new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        [...nodeArgs, join(dir, "scripts", "holdfast.mjs"), "verify", "a.jpg"],
        (error, _, stderr) => resolve({ code: error?.code ?? 0, stderr }),
      );
    });

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-launcher-"));
    await mkdir(join(dir, "scripts"));
    for (const name of ["holdfast.mjs", "install.mjs", "nodeVersion.mjs"])
      await cp(join(root, "scripts", name), join(dir, "scripts", name));
    await mkdir(join(dir, "node_modules"));
    await writeFile(join(dir, "package-lock.json"), "{}");
    const lock = await readFile(join(dir, "package-lock.json"));
    await writeFile(join(dir, "node_modules", ".installed"), createHash("sha256").update(lock).digest("hex"));
  });
  after(() => rm(dir, { recursive: true }));

  it("exits 70, which is no verdict, when the pinned Node cannot be started", async () => {
    const { code, stderr } = await start();
    expect(code).to.equal(70);
    expect(stderr).to.match(/^setup-failed: /);
  });

  it("exits 70 on a Node that is too old", async () => {
    const old = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"16.0.0"}})`;
    const { code, stderr } = await start("--import", old);
    expect(code).to.equal(70);
    expect(stderr).to.match(/^node-too-old: /);
  });
});
