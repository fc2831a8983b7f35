// Installs what package-lock.json names when node_modules is missing or older. No dependencies: runs on Node 18 and later.
import { spawnSync } from "node:child_process";
import { existsSync, statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MINIMUM_NODE = 18;
const INSTALLING_NODE = "24";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const lockFile = join(root, "package-lock.json");
const installedMark = join(root, "node_modules", ".package-lock.json");

const major = Number(process.versions.node.split(".")[0]);
if (major < MINIMUM_NODE) {
  console.error(`node-too-old: Node ${process.versions.node} found, ${MINIMUM_NODE} or later needed. Nothing was changed. Install a newer Node, then run the same command again.`);
  process.exit(1);
}

const isCurrent = () => existsSync(installedMark) && statSync(installedMark).mtimeMs >= statSync(lockFile).mtimeMs;

if (!isCurrent()) {
  console.error("Installing packages (once; about a minute)...");
  // Under an older Node, npm silently leaves out the native packages that Hardhat needs, so npm itself runs under Node 24.
  const install = spawnSync("npx", ["-y", "-p", `node@${INSTALLING_NODE}`, "--", "npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (install.status !== 0) {
    console.error("setup-failed: npm could not install the packages; see above. Nothing else was changed. Check the package registry, then run the same command again.");
    process.exit(1);
  }
  const now = new Date();
  utimesSync(installedMark, now, now);
}
