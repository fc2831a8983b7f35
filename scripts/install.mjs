// Installs what package-lock.json names, once per lock file. No dependencies: it runs before there are any.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
// Holds the hash of the lock file that node_modules was last made from.
const mark = join(modules, ".installed");
// A directory, because creating one either succeeds or fails as a whole.
const busy = join(modules, ".installing");
const busyOwner = join(busy, "pid");
const waitMs = 200;
const sayEveryMs = 5_000;
const longestWaitMs = 10 * 60_000;

const lockHash = () =>
  createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
const isCurrent = () => existsSync(mark) && readFileSync(mark, "utf8") === lockHash();

const sleep = (milliseconds) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

const ownerIsGone = () => {
  try {
    return !isAlive(Number(readFileSync(busyOwner, "utf8")));
  } catch {
    // The owner writes its id right after the directory; one that is still missing after ten seconds never comes.
    return existsSync(busy) && Date.now() - statSync(busy).mtimeMs > 10_000;
  }
};

/** Waits until no other installer is at work, then takes the lock. */
const takeTurn = () => {
  mkdirSync(modules, { recursive: true });
  for (const giveUpAt = Date.now() + longestWaitMs; Date.now() < giveUpAt; sleep(waitMs)) {
    try {
      mkdirSync(busy);
      writeFileSync(busyOwner, String(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (ownerIsGone()) rmSync(busy, { recursive: true, force: true });
  }
  throw new Error("another installation did not end in ten minutes");
};

/** Runs a program that is silent for a minute, and says on stderr for how long it has been at work. Gives its exit code. */
const runSayingSo = async (command, args) => {
  const startedAt = Date.now();
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  const timer = setInterval(
    () => console.error(`Installing packages: ${Math.round((Date.now() - startedAt) / 1000)} s`),
    sayEveryMs,
  );
  try {
    const [code] = await once(child, "close");
    return code;
  } finally {
    clearInterval(timer);
  }
};

const npmInstall = async () => {
  const { node } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies;
  // Under an older Node, npm silently leaves out the native packages that Hardhat needs, so npm itself runs on the pinned one.
  // The lock file is read and never written: what a registry lacks today must not change a checkout.
  const flags = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const command = ["-y", "-p", `node@${node}`, "--", "npm", "install", ...flags];
  if ((await runSayingSo("npx", command)) !== 0) return false;
  const pinned = spawnSync(join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node"), [
    "--version",
  ]);
  return pinned.status === 0;
};

/** What a person reads when installing stops; the first word is a code. */
export const explain = (error) =>
  ["EACCES", "EPERM", "EROFS"].includes(error.code)
    ? "checkout-read-only: node_modules cannot be written here. Nothing was changed. Use a checkout that you may write to."
    : `setup-failed: ${error.message}. Run the same command again.`;

/** Installs when needed. Gives the exit code for the process: 0 when node_modules matches the lock file. */
export const install = async () => {
  if (isCurrent()) return 0;
  let ours = false;
  try {
    takeTurn();
    ours = true;
    if (isCurrent()) return 0; // another installer did the work meanwhile
    console.error("Installing packages (once, about a minute)...");
    if (!(await npmInstall())) {
      console.error(
        "setup-failed: npm could not install the packages, see above. Nothing else was changed. Check the package registry, then run the same command again.",
      );
      return 1;
    }
    writeFileSync(mark, lockHash());
    return 0;
  } catch (error) {
    console.error(explain(error));
    return 1;
  } finally {
    if (ours) rmSync(busy, { recursive: true, force: true });
  }
};
