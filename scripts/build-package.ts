// Writes dist: what the npm package contains, built from the files that tsconfig.build.json names and what they import.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");

rmSync(join(root, "dist"), { recursive: true, force: true });
// On stderr, so that `npm pack --json` prints JSON alone.
const { status } = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], {
  stdio: ["ignore", 2, 2],
});
mkdirSync(join(root, "dist", "web"), { recursive: true });
copyFileSync(join(root, "src", "web", "verifier.html"), join(root, "dist", "web", "verifier.html"));
process.exitCode = status ?? 1;
