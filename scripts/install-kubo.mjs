// Builds the pinned Kubo, the reference IPFS node, for the tests in test/ipfs/kubo.test.ts. Needs a Go toolchain and the
// Go module proxy; takes a few minutes the first time. Prints the path of the program. Nothing else in the project needs it.
import { execFile, spawn } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

export const kuboVersion = "v0.40.1";
const cache = join(import.meta.dirname, "..", "node_modules", ".cache", "holdfast", "kubo");

/** Where the program is or would be. */
export const kuboPath = join(cache, kuboVersion, "ipfs");

/** Builds Kubo unless it is there. Rejects with a sentence that says what is missing. */
export async function installKubo() {
  if (await isThere(kuboPath)) return kuboPath;
  const run = promisify(execFile);

  // The module is built in its own directory, as its authors build it: `go install <path>@<version>` would ignore its
  // replacements and asks the proxy for the list of versions, which not every proxy has.
  const { stdout } = await run("go", ["mod", "download", "-json", `github.com/ipfs/kubo@${kuboVersion}`]).catch(
    (cause) => {
      if (cause.code === "ENOENT") throw new Error("Go is not installed, so Kubo cannot be built.", { cause });
      throw new Error(`The Go module proxy did not hand out github.com/ipfs/kubo@${kuboVersion}.`, { cause });
    },
  );
  const { Dir: sources } = JSON.parse(stdout);

  await mkdir(join(cache, kuboVersion), { recursive: true });
  const building = await mkdtemp(join(cache, "build-"));
  try {
    const output = join(building, "ipfs");
    const child = spawn("go", ["build", "-trimpath", "-o", output, "./cmd/ipfs"], {
      cwd: sources,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    if (code !== 0) throw new Error(`Building Kubo ${kuboVersion} failed; the lines above say why.`);
    await rename(output, kuboPath);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return kuboPath;
}

async function isThere(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    console.log(await installKubo());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
