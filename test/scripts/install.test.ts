import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import { explain } from "../../scripts/install.mjs";

const root = join(import.meta.dirname, "..", "..");
const scripts = ["setup.mjs", "install.mjs", "nodeVersion.mjs", "holdfast.mjs"];

// Stands in for the package registry: what it would install is this Node, and it notes that it was asked.
const npxThatInstalls = `#!/bin/sh
echo asked >> asked
echo "npx $*"
mkdir -p node_modules/node/bin
ln -sf "${process.execPath}" node_modules/node/bin/node
`;
const npxThatFails = "#!/bin/sh\necho asked >> asked\nexit 1\n";

describe("setup", () => {
  let checkout: string;
  const useNpx = async (script: string) => {
    await writeFile(join(checkout, "bin", "npx"), script);
    await chmod(join(checkout, "bin", "npx"), 0o755);
  };
  const start = (script: string, ...args: string[]) =>
    spawn(process.execPath, [join(checkout, "scripts", script), ...args], {
      cwd: checkout,
      env: {
        ...process.env,
        PATH: `${join(checkout, "bin")}${delimiter}${dirname(process.execPath)}${delimiter}/usr/bin:/bin`,
      },
    });
  const finish = async (child: ReturnType<typeof start>) => {
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (bytes) => {
      stdout += bytes;
    });
    child.stderr.on("data", (bytes) => {
      stderr += bytes;
    });
    const [code] = (await once(child, "close")) as [number];
    return { code, stdout, stderr };
  };
  const timesAsked = async () => (await readFile(join(checkout, "asked"), "utf8")).trim().split("\n").length;

  beforeEach(async () => {
    checkout = await mkdtemp(join(tmpdir(), "holdfast-setup-"));
    for (const dir of ["scripts", "bin", "src/cli"]) await mkdir(join(checkout, dir), { recursive: true });
    for (const script of scripts) await copyFile(join(root, "scripts", script), join(checkout, "scripts", script));
    await writeFile(join(checkout, "package.json"), JSON.stringify({ devDependencies: { node: "24.0.0" } }));
    await writeFile(join(checkout, "package-lock.json"), "{}");
    await useNpx(npxThatInstalls);
  });
  afterEach(() => rm(checkout, { recursive: true }));

  it("installs under the pinned Node, once, and says nothing on stdout", async () => {
    const first = await finish(start("setup.mjs"));
    expect(first).to.include({ code: 0, stdout: "" });
    expect(first.stderr).to.include("npx -y -p node@24.0.0 -- npm install");
    expect(await finish(start("setup.mjs"))).to.deep.equal({ code: 0, stdout: "", stderr: "" });
    expect(await timesAsked()).to.equal(1);
  });

  it("says for how long it has been at work while npm says nothing", async () => {
    await useNpx(`#!/bin/sh\nuntil [ -e go-on ]; do sleep 0.1; done\n${npxThatInstalls}`);
    const child = start("setup.mjs");
    const ended = finish(child);
    let said = "";
    for await (const bytes of child.stderr) {
      said += bytes;
      if (/^Installing packages: \d+ s$/m.test(said)) await writeFile(join(checkout, "go-on"), "");
    }
    expect((await ended).code).to.equal(0);
    expect(said).to.match(/^Installing packages: 5 s$/m);
  });

  it("installs again when the lock file changed", async () => {
    await finish(start("setup.mjs"));
    await writeFile(join(checkout, "package-lock.json"), '{"changed":true}');
    expect((await finish(start("setup.mjs"))).code).to.equal(0);
    expect(await timesAsked()).to.equal(2);
  });

  it("installs once when several start at the same time", async () => {
    const all = await Promise.all(Array.from({ length: 3 }, () => finish(start("setup.mjs"))));
    expect(all.map(({ code }) => code)).to.deep.equal([0, 0, 0]);
    expect(await timesAsked()).to.equal(1);
    expect(existsSync(join(checkout, "node_modules", ".installing"))).to.equal(false);
  });

  it("goes on after an installer that was killed", async () => {
    const dead = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(dead, "close");
    await mkdir(join(checkout, "node_modules", ".installing"), { recursive: true });
    await writeFile(join(checkout, "node_modules", ".installing", "pid"), String(dead.pid));
    expect((await finish(start("setup.mjs"))).code).to.equal(0);
    expect(await timesAsked()).to.equal(1);
  });

  it("ends with setup-failed when npm fails, and tries again the next time", async () => {
    await useNpx(npxThatFails);
    const failed = await finish(start("setup.mjs"));
    expect(failed.code).to.equal(1);
    expect(failed.stderr).to.match(/^setup-failed: /m);
    await useNpx(npxThatInstalls);
    expect((await finish(start("setup.mjs"))).code).to.equal(0);
  });

  it("calls a checkout that cannot be written checkout-read-only", () => {
    for (const code of ["EROFS", "EACCES", "EPERM"]) {
      expect(explain(Object.assign(new Error("no"), { code }))).to.match(/^checkout-read-only: .*Nothing was changed/);
    }
    expect(explain(new Error("disk full"))).to.match(/^setup-failed: disk full/);
  });

  describe("holdfast", () => {
    const useCli = (code: string) => writeFile(join(checkout, "src", "cli", "main.ts"), code);

    it("installs when needed, hands arguments over, and ends with the exit code of the CLI", async () => {
      await useCli("console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 3;");
      const ran = await finish(start("holdfast.mjs", "verify", "a file.jpg", "--json"));
      expect(ran).to.include({ code: 3, stdout: '["verify","a file.jpg","--json"]\n' });
      expect(await timesAsked()).to.equal(1);
    });

    it("passes a signal on and waits for the CLI to end in its own way", async () => {
      await mkdir(join(checkout, "node_modules", "node", "bin"), { recursive: true });
      await symlink(process.execPath, join(checkout, "node_modules", "node", "bin", "node"));
      await useCli(`
        process.on("SIGTERM", () => { console.log("ended"); process.exit(5); });
        setInterval(() => undefined, 1000);
        console.log("ready");
      `);
      const child = start("holdfast.mjs");
      const ended = finish(child);
      child.stdout.once("data", () => child.kill("SIGTERM"));
      expect(await ended).to.include({ code: 5, stdout: "ready\nended\n" });
    });
  });
});
