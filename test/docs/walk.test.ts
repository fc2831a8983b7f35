import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";

const root = join(import.meta.dirname, "..", "..");
const missing = ["bash", "jq"].find((program) => spawnSync(program, ["--version"]).status !== 0);
const skip = missing === undefined ? false : `${missing} is not installed`;

/** The shell commands of a section of a page, block by block. */
const blocksOf = (page: string, section: string): string[] => {
  const text = readFileSync(join(root, "docs", page), "utf8")
    .split(`\n## ${section}\n`)[1]!
    .split("\n## ")[0]!;
  return [...text.matchAll(/^```\n(.*?)^```$/gms)].map(([, block]) => block!);
};

/** A command whose comment says `refused (75)` or `ends with (4)` must end with that exit code, every other one with 0. */
const strict = (commands: string) =>
  `set -e -o pipefail\n${commands.replace(/^(.*?)\s+# (?:refused|ends with) \((\d+)\).*$/gm, "if $1; then exit 99; else [ $$? = $2 ]; fi")}`;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
};

describe("docs/cli.md, a deal by hand", { skip }, () => {
  let home: string;
  let server: ChildProcess | undefined;
  let ended: Promise<unknown[]> | undefined;
  let served = "";
  const [first = "", ...rest] = blocksOf("cli.md", "A deal by hand");
  const ports = new Map<string, string>();
  /** A shell in the checkout, with a home of its own and ports that are free. */
  const shell = (commands: string) => {
    const script = [...ports].reduce((text, [printed, free]) => text.replaceAll(printed, free), strict(commands));
    // A process group of its own: a Ctrl-C in a terminal reaches everything that runs there.
    return spawn("bash", ["-c", script], {
      cwd: root,
      env: { ...process.env, HOME: home },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
  };

  before(async () => {
    home = await mkdtemp(join(tmpdir(), "holdfast-walk-"));
    for (const printed of ["8787", "8545"]) ports.set(printed, String(await freePort()));
  });
  after(async () => {
    if (server?.exitCode === null) process.kill(-server.pid!, "SIGINT");
    await ended;
    await rm(home, { recursive: true });
  });

  it("starts what the first terminal starts", async () => {
    const child = shell(first);
    server = child;
    ended = once(child, "close");
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          served += text;
          if (served.includes("Serving until Ctrl-C")) resolve();
        });
      }
      child.once("close", () => reject(new Error(served)));
    });
  });

  it("leads from the terms to the award with the commands as they are printed", async () => {
    const child = shell(rest.join(""));
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    }
    const [exitCode] = await once(child, "close");
    expect(exitCode, said).to.equal(0);
    const at = (name: string) => join(home, "holdfast-try", name);
    expect(await readFile(at("seen.png"))).to.deep.equal(await readFile(at("photo.png")));
    expect(said).to.include("answer-window-open");
    expect(said).to.include("Paid out by award: 30,000 TUSD to the buyer, 10,000 TUSD to the seller");
    expect(said).to.match(/^verified/m);
  });
});
