import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const requirements = new URL("requirements.txt", import.meta.url).pathname;

/** Where proofs keep what they made: tools, slices that were played, reports. Never committed. */
export const proofDir = new URL("../../.proof", import.meta.url).pathname;

/** The Python tools, or why there are none. */
export type Tools = Readonly<{ bin: string }> | Readonly<{ missing: string }>;

/**
 * The folder of the pinned Python tools. In CI, or when `--install` was asked for, it is made if need be; a folder of other pins is
 * another folder, so that an old tool is never taken for the pinned one.
 */
export function findTools(mayInstall = process.env.CI !== undefined || process.argv.includes("--install")): Tools {
  const pins = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const home = join(proofDir, `python-${pins}`);
  const bin = join(home, "bin");
  const isComplete = join(home, "complete");
  if (existsSync(isComplete)) return { bin };
  if (!mayInstall) return { missing: "the pinned Python tools are not installed; add --install" };

  rmSync(home, { recursive: true, force: true });
  mkdirSync(proofDir, { recursive: true });
  console.log("installing the pinned Python tools");
  const problem =
    run("python3", ["-m", "venv", home]) ??
    run(join(bin, "pip"), ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements]);
  if (problem !== undefined) return { missing: problem };
  writeFileSync(isComplete, "");
  return { bin };
}

/** Undefined when it worked, else what did not. */
function run(command: string, args: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 8 * 60_000 });
  if (status === 0) return undefined;
  const reason = error?.message ?? stderr.trim().split("\n").at(-1) ?? `exit code ${status}`;
  return `${command} ${args.slice(0, 2).join(" ")}: ${reason}`;
}
