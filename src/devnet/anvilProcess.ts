// The process behind `startLocalChain`: runs anvil and keeps its state on disk. It is a process of
// its own so that the state is saved, and anvil ended, even when whoever started the chain is
// killed.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { open, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { type ErrorCode, type ErrorDetails, ProtocolError } from "../core/errors.ts";
import { lockDir } from "../db/dirLock.ts";

/** What the starter tells the supervisor, as its only argument. */
export type ChainOrder = { dir: string; port: number | null; chainId: number };

/** What the supervisor tells the starter, once. */
export type ChainReport = { port: number } | { code: ErrorCode; details: ErrorDetails };

type Block = { hash: string; timestamp: string };

const SAVE_EVERY_MS = 250;
const STOP_WITHIN_MS = 10_000;
// anvil makes block 0 anew at every start, beside the one it loads; only a fixed time makes it the
// same block.
const GENESIS_SECONDS = Date.UTC(2026, 0) / 1000;
// A supervisor that was orphaned a moment ago may still be writing its last state.
const LOCK_WITHIN_MS = 3_000;
const ANVIL_ARCHITECTURES: Record<string, string> = { x64: "amd64", arm64: "arm64" };

const anvilPath = () => {
  const fromAnvil = createRequire(createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json"));
  const architecture = ANVIL_ARCHITECTURES[process.arch] ?? process.arch;
  const extension = process.platform === "win32" ? ".exe" : "";
  return fromAnvil.resolve(`@foundry-rs/anvil-${process.platform}-${architecture}/bin/anvil${extension}`);
};

const takeDir = async (dir: string) => {
  for (const giveUpAt = Date.now() + LOCK_WITHIN_MS; ; ) {
    try {
      return lockDir(dir);
    } catch (error) {
      const isTaken = error instanceof ProtocolError && error.code === "data-dir-locked";
      if (!isTaken || Date.now() >= giveUpAt) throw error;
    }
    await wait(100);
  }
};

/**
 * Ends the anvil of a supervisor that was killed before it could do so itself. Its last saved state
 * stands.
 */
const endOrphan = async (pidFile: string) => {
  const pid = await readFile(pidFile, "utf8").catch(() => "");
  if (!/^\d+$/.test(pid)) return;
  if (!isAnvil(pid)) return;
  process.kill(Number(pid), "SIGKILL");
  // Its port is free once it is gone.
  for (const giveUpAt = Date.now() + STOP_WITHIN_MS; isAnvil(pid) && Date.now() < giveUpAt; ) await wait(20);
};

const isAnvil = (pid: string) =>
  spawnSync("ps", ["-p", pid, "-o", "args="], { encoding: "utf8" }).stdout?.startsWith(anvilPath()) ?? false;

/**
 * The port of the earlier runs in this directory, or 0. A wallet that was told of it finds the
 * chain again.
 */
const readPort = async (file: string): Promise<number> => {
  const text = await readFile(file, "utf8").catch(() => "");
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : 0;
};

/** Waits until anvil says where it listens. */
const listening = (anvil: ChildProcess, { port, listener }: { port: number; listener: string }) =>
  new Promise<number>((resolve, reject) => {
    let said = "";
    const refuse = (cause?: unknown) => {
      const isTaken = /address already in use/i.test(said);
      reject(
        new ProtocolError(isTaken ? "port-taken" : "chain-not-started", isTaken ? { port, listener } : {}, { cause }),
      );
    };
    anvil.once("error", refuse);
    anvil.once("exit", () => refuse(new Error(said.slice(-500))));
    anvil.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-10_000);
    });
    anvil.stdout?.setEncoding("utf8").on("data", function read(text: string) {
      said += text;
      const found = said.match(/Listening on [^\s]*:(\d+)\s/);
      if (found === null) return;
      anvil.stdout?.off("data", read).resume(); // what it prints about each call is of no use here
      resolve(Number(found[1]));
    });
  });

const connect = (port: number) => {
  const ask = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const answer = (await response.json()) as { result: unknown; error?: { message: string } };
    if (answer.error !== undefined) throw new Error(answer.error.message);
    return answer.result;
  };
  return {
    latestBlock: async () => (await ask("eth_getBlockByNumber", ["latest", false])) as Block,
    dump: async () => gunzipSync(Buffer.from(((await ask("anvil_dumpState", [])) as string).slice(2), "hex")),
    setTime: (seconds: number) => ask("anvil_setTime", [seconds]),
  };
};

type Connection = ReturnType<typeof connect>;

/**
 * Sets the clock to the wall clock, or to just after the last block where that one's time was moved
 * ahead.
 */
const setClock = async (chain: Connection) => {
  const { timestamp } = await chain.latestBlock();
  await chain.setTime(Math.max(Number(timestamp) + 1, Math.floor(Date.now() / 1000)));
};

// anvil can write its state itself, but in place: killed at the wrong moment it leaves a file that
// nobody can read.
const createSaver = (chain: Connection, stateFile: string) => {
  let savedHash = "";
  return async () => {
    const { hash } = await chain.latestBlock();
    if (hash === savedHash) return;
    const state = await chain.dump();
    const file = await open(`${stateFile}.new`, "w");
    try {
      await file.writeFile(state);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${stateFile}.new`, stateFile);
    savedHash = hash;
  };
};

const endAnvil = async (anvil: ChildProcess) => {
  if (anvil.exitCode !== null || anvil.signalCode !== null) return;
  const ended = new Promise((resolve) => anvil.once("exit", resolve));
  anvil.kill("SIGTERM");
  const timer = setTimeout(() => anvil.kill("SIGKILL"), STOP_WITHIN_MS);
  await ended;
  clearTimeout(timer);
};

const supervise = async (
  { dir, port: ordered, chainId }: ChainOrder,
  stop: AbortSignal,
  report: (news: ChainReport) => void,
) => {
  const unlock = await takeDir(dir);
  const stateFile = join(dir, "state.json");
  const pidFile = join(dir, "anvil.pid");
  await endOrphan(pidFile);
  const portFile = join(dir, "port");
  const port = ordered ?? (await readPort(portFile));
  const listener = ordered === null ? "chain-of-earlier-runs" : "chain";
  const args = ["--host", "127.0.0.1", "--port", String(port), "--chain-id", String(chainId), "--hardfork", "prague"];
  args.push("--timestamp", String(GENESIS_SECONDS));
  // One slot an epoch: a block is safe after the next one and final after the one that follows.
  args.push("--slots-in-an-epoch", "1", ...(existsSync(stateFile) ? ["--load-state", stateFile] : []));
  const anvil = spawn(anvilPath(), args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new AbortController();
  anvil.once("exit", () => ended.abort());
  try {
    await writeFile(pidFile, String(anvil.pid ?? ""));
    const listensOn = await listening(anvil, { port, listener });
    await writeFile(portFile, String(listensOn));
    const chain = connect(listensOn);
    const save = createSaver(chain, stateFile);
    await setClock(chain);
    report({ port: listensOn });

    const over = AbortSignal.any([stop, ended.signal]);
    let pause = SAVE_EVERY_MS;
    while (!over.aborted) {
      await wait(pause, undefined, { signal: over }).catch(() => undefined);
      const startedAt = Date.now();
      if (!ended.signal.aborted) await save();
      pause = Math.max(SAVE_EVERY_MS, 4 * (Date.now() - startedAt));
    }
  } finally {
    await endAnvil(anvil);
    unlock();
  }
};

const stop = new AbortController();
for (const event of ["disconnect", "SIGINT", "SIGTERM", "SIGHUP"]) process.on(event, () => stop.abort());

let isReported = false;
const report = (news: ChainReport) => {
  isReported = true;
  if (process.connected) process.send?.(news);
};

try {
  await supervise(JSON.parse(process.argv[2] ?? "{}") as ChainOrder, stop.signal, report);
} catch (error) {
  const failure = error instanceof ProtocolError ? error : new ProtocolError("chain-not-started", {}, { cause: error });
  if (isReported || failure.code === "chain-not-started") console.error("local chain:", failure.cause ?? failure);
  if (!isReported) report({ code: failure.code, details: failure.details });
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
