import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { openDevelopmentKey } from "../chain/keystore.ts";
import { ProtocolError } from "../core/errors.ts";
import type { Language } from "../core/text/language.ts";
import { textsIn } from "../core/text/texts.ts";
import { lockDir } from "../db/dirLock.ts";
import { createLog } from "../relayer/log.ts";
import { type Holdfast, startHoldfast } from "../service.ts";
import { type Deployment, deployLocal } from "./deploy.ts";
import { startIdleBlocks } from "./idleBlocks.ts";
import { LOCAL_CHAIN_ID, startLocalChain } from "./localChain.ts";
import { provideGas } from "./testMoney.ts";

/** Local chain, contracts, relayer and API, running. */
export type LocalStack = {
  /** Of the API. */
  readonly url: string;
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  /** Ends the relayer, then the chain. Later calls wait for the same end. */
  readonly stop: () => Promise<void>;
  /** Settles when any part of it has ended by itself. */
  readonly ended: Promise<void>;
};

export type LocalStackOptions = {
  /**
   * Everything is kept here, and continued from here: chain, database, evidence, the relayer's key
   * and log.
   */
  readonly dataDir: string;
  /** Of the API; 0 takes any free port. */
  readonly port: number;
  /** Of the chain's RPC, as `startLocalChain` takes it. */
  readonly chainPort?: number | undefined;
  /** Says what begins, for people who wait. */
  readonly onProgress?: (line: string) => void;
  /** Of what is said; English unless given. */
  readonly language?: Language;
  readonly signal: AbortSignal;
};

const POLL_MS = 100;
const ANCHOR_WITHIN = 900;

/**
 * Starts everything on this machine, in this order: chain, contracts, relayer and API.
 *
 * Throws `data-dir-unusable`, `data-dir-locked` (another one runs on the same directory),
 * `port-taken`, `chain-not-started`, `deployment-outdated`, `deployment-failed`; then nothing is
 * left running.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { dataDir, port, chainPort, onProgress = () => undefined, language = "en", signal } = options;
  const { demo: say } = textsIn(language);
  const closing: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const unlock = lockDir(dataDir);
    closing.push(async () => unlock());
    // Deploying takes a minute: a port that the API cannot have is found before it.
    const releasePort = await reservePort(port);
    closing.push(releasePort);
    onProgress(say.startingChain);
    const chain = await startLocalChain({ dataDir, ...(chainPort === undefined ? {} : { port: chainPort }) });
    closing.push(chain.stop);
    signal.throwIfAborted();
    onProgress(say.deploying);
    const deployment = await deployLocal({ dataDir, rpcUrl: chain.rpcUrl, onProgress, language });
    signal.throwIfAborted();
    onProgress(say.startingRelayer);
    await releasePort();
    const holdfast = await startRelayer({ dataDir, port, deployment, rpcUrl: chain.rpcUrl });
    closing.push(holdfast.stop);
    signal.throwIfAborted();

    let ending: Promise<void> | undefined;
    return {
      url: holdfast.url,
      rpcUrl: chain.rpcUrl,
      deployment,
      stop: () => {
        ending ??= stop();
        return ending;
      },
      ended: Promise.race([chain.ended, holdfast.ended]),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Holds a port until it is released, so that nothing else takes it meanwhile. Throws `port-taken`;
 * 0 is always free.
 */
const reservePort = async (port: number): Promise<() => Promise<void>> => {
  const server = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new ProtocolError("port-taken", { port, listener: "API" }, { cause });
  }
  return async () => {
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  };
};

type Place = {
  readonly dataDir: string;
  readonly port: number;
  readonly rpcUrl: string;
  readonly deployment: Deployment;
};

const startRelayer = async ({ dataDir, port, rpcUrl, deployment }: Place): Promise<Holdfast> => {
  const signer = openDevelopmentKey(join(dataDir, "relayer.key"));
  await provideGas(rpcUrl, signer.address);
  const { escrow, panelTribunal, evidenceRegistry, deployBlock } = deployment;
  // What the relayer has to say is for whoever looks for a fault; the terminal belongs to the
  // story.
  const file = createWriteStream(join(dataDir, "relayer.log"), { flags: "a", mode: 0o600 });
  const log = createLog("info", file);
  const holdfast = await startHoldfast(
    {
      dataDir,
      host: "127.0.0.1",
      port,
      rpcUrls: [rpcUrl],
      chainId: LOCAL_CHAIN_ID,
      contracts: { escrow, panel: panelTribunal, registry: evidenceRegistry, fromBlock: deployBlock },
      // This chain has one writer and never takes a block back.
      finality: { safe: 0, final: 0 },
      pollMs: POLL_MS,
      batchSeconds: 1,
      anchorWithin: ANCHOR_WITHIN,
      logLevel: "info",
      database: { dataDir: join(dataDir, "database") },
      kuboRpcUrl: undefined,
    },
    { signer, log },
  ).catch(async (error: unknown) => {
    await closeLog(file);
    throw error;
  });
  const ending = new AbortController();
  const idleBlocks = startIdleBlocks({ rpcUrl, relayer: holdfast.relayer, signal: ending.signal, log });
  const stop = async () => {
    ending.abort();
    await idleBlocks.done;
    await holdfast.stop();
    await closeLog(file);
  };
  return { ...holdfast, stop };
};

const closeLog = async (file: ReturnType<typeof createWriteStream>) => {
  if (file.closed) return;
  file.end();
  await finished(file);
};
