import { fork } from "node:child_process";
import { join } from "node:path";
import { ProtocolError } from "../core/errors.ts";
import type { ChainOrder, ChainReport } from "./anvilProcess.ts";

export type LocalChain = {
  rpcUrl: string;
  port: number;
  chainId: number;
  /** The process that runs anvil and saves its state. */
  supervisorPid: number;
  /** Saves the state and ends the chain. Later calls wait for the same end. */
  stop: () => Promise<void>;
  /** Settles when the chain has ended, for whatever reason. */
  ended: Promise<void>;
};

export type LocalChainOptions = {
  /** The chain keeps its state in `<dataDir>/chain/state.json` and continues from there. */
  dataDir: string;
  /**
   * 0 takes any free port. Unless given, the port of the earlier runs in this directory, or any
   * free one.
   */
  port?: number;
  /** Ends the chain when it aborts. */
  signal?: AbortSignal;
};

export const LOCAL_CHAIN_ID = 31337;

const supervisor = new URL("./anvilProcess.ts", import.meta.url);

/**
 * Starts anvil on the loopback interface, with the blocks, receipts, logs and clock that an earlier
 * run left in the data directory. Its funded accounts are anvil's published ones: nothing on this
 * chain is worth anything.
 *
 * Throws `port-taken`, `data-dir-unusable`, `data-dir-locked` (another process supervises this
 * chain) or `chain-not-started`.
 */
export async function startLocalChain({ dataDir, port, signal }: LocalChainOptions): Promise<LocalChain> {
  signal?.throwIfAborted();
  const order: ChainOrder = { dir: join(dataDir, "chain"), port: port ?? null, chainId: LOCAL_CHAIN_ID };
  const child = fork(supervisor, [JSON.stringify(order)], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // Ctrl-C in a terminal reaches a whole process group; the chain must outlive those who still
    // write to it.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = async () => {
    if (child.connected) child.disconnect();
    await ended;
  };
  signal?.addEventListener("abort", () => void stop(), { once: true });

  const report = await Promise.race([
    new Promise<ChainReport>((resolve) => child.once("message", (news) => resolve(news as ChainReport))),
    ended.then((): ChainReport => ({ code: "chain-not-started", details: {} })),
  ]);
  if ("code" in report) {
    await stop();
    signal?.throwIfAborted();
    throw new ProtocolError(report.code, report.details);
  }
  const rpcUrl = `http://127.0.0.1:${report.port}`;
  return { rpcUrl, port: report.port, chainId: LOCAL_CHAIN_ID, supervisorPid: child.pid ?? 0, stop, ended };
}
