import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import type { Express } from "express";
import { createApp } from "./api/app.ts";
import { defaultLimits, type Limits } from "./api/limits.ts";
import { createChain } from "./chain/client.ts";
import { openKeystore } from "./chain/keystore.ts";
import type { Config } from "./config.ts";
import { ProtocolError } from "./core/errors.ts";
import { createDatabase } from "./db/database.ts";
import { lockDir } from "./db/dirLock.ts";
import { createEmbeddedStore } from "./ipfs/embedded.ts";
import { createKuboStore } from "./ipfs/kubo.ts";
import { openPartialUploads, type PartialUploads } from "./ipfs/partialUploads.ts";
import type { EvidenceStore } from "./ipfs/port.ts";
import type { ReceiptSigner } from "./relayer/evidence.ts";
import { defaultFilers } from "./relayer/filers.ts";
import { createLog, type Log } from "./relayer/log.ts";
import { type Reindexed, type ReindexOptions, reindex } from "./relayer/reindex.ts";
import { createRelayer, type Relayer } from "./relayer/relayer.ts";
import type { TransactionSigner } from "./relayer/signer.ts";

/**
 * What `readConfig` reads; the keystore may be left out when a signer is handed over,
 * time-stamping authorities where none is asked, filers where the parties of a deal file, and how
 * the store is checked where that is once a day without repair.
 */
export type HoldfastConfig = Omit<Config, Omissible> & Partial<Pick<Config, Omissible>>;
type Omissible = "keystore" | "tsaUrls" | "filers" | "checkHours" | "repairGateways";

/** What a program that embeds the relayer can replace. */
export type HoldfastOptions = Readonly<{
  /** Ends everything, like `stop`. */
  signal?: AbortSignal;
  /** Pays for transactions and signs receipts, instead of the key in the keystore. */
  signer?: TransactionSigner & ReceiptSigner;
  /** Instead of lines on standard error. */
  log?: Log;
  limits?: Partial<Limits>;
}>;

/** A relayer that runs. */
export type Holdfast = Readonly<{
  /** Where the API listens, like `http://127.0.0.1:8787`. */
  url: string;
  relayer: Relayer;
  store: EvidenceStore;
  /**
   * Takes nothing new, finishes what runs, closes everything. Later calls wait for the same end.
   */
  stop: () => Promise<void>;
  /** Settles when it has ended, for whatever reason. */
  ended: Promise<void>;
}>;

/** How long requests that run may still take once it is to end. */
const GRACE_MS = 10_000;
const SWEEP_MS = 20;
const UPLOAD_SWEEP_MS = 60_000;
/** A connection on which nothing moves is given up; an upload may take as long as it moves. */
const IDLE_MS = 120_000;

/**
 * Starts database, evidence store, relayer and API, in this order, and listens. A chain that cannot
 * be reached does not keep it from starting: `/ready` says `rpc-unreachable` until it can.
 *
 * Throws `keystore-unreadable`, `keystore-password-wrong`, `data-dir-locked`, `data-dir-unusable`,
 * `database-refused`, `database-unreachable`, `store-unreachable`, `port-taken`; then nothing is
 * left running.
 */
export async function startHoldfast(config: HoldfastConfig, options: HoldfastOptions = {}): Promise<Holdfast> {
  const { signal } = options;
  signal?.throwIfAborted();
  const log = options.log ?? createLog(config.logLevel);
  const signer = options.signer ?? openSigner(config);
  const closing: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const database = await createDatabase(config.database);
    closing.push(database.close);
    // The database's own lock does not do: a PostgreSQL server has none, and replicas share it.
    const unlock = lockDir(join(config.dataDir, "uploads"));
    closing.push(async () => unlock());
    const store = await openStore(config);
    closing.push(() => store.close());
    const limits = { ...defaultLimits, anchorWithin: config.anchorWithin, ...options.limits };
    const uploads = await openPartialUploads({ dir: join(config.dataDir, "uploads"), store, limits });
    closing.push(sweepRegularly(uploads, log));
    const chain = createChain({ rpcUrls: config.rpcUrls, chainId: config.chainId });
    closing.push(async () => chain.close());
    const relayer = createRelayer({
      database,
      chain,
      contracts: config.contracts,
      store,
      signer,
      log,
      finality: config.finality,
      pollMs: config.pollMs,
      batchSeconds: config.batchSeconds,
      anchorWithin: config.anchorWithin,
      tsaUrls: config.tsaUrls ?? [],
      filers: config.filers ?? defaultFilers,
      ...(config.checkHours === undefined ? {} : { checkHours: config.checkHours }),
      repairGateways: config.repairGateways ?? [],
    });
    closing.push(relayer.stop);
    const running = new Set<Promise<unknown>>();
    closing.push(async () => {
      await Promise.allSettled(running);
    });
    const track = (work: Promise<unknown>) => {
      running.add(work);
      const forget = () => running.delete(work);
      work.then(forget, forget);
    };
    const verifierPage = await readFile(new URL("./web/verifier.html", import.meta.url));
    const app = createApp({ relayer, database, store, uploads, chain, log, limits, track, verifierPage });
    const server = await listen(app, config);
    closing.push(() => endRequests(server));
    signal?.throwIfAborted();
    relayer.start();

    const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
    ended.catch(() => {});
    let isEnding = false;
    const stop = () => {
      if (!isEnding) {
        isEnding = true;
        log.info({}, "ends");
        closeAll().then(resolve, reject);
      }
      return ended;
    };
    signal?.addEventListener("abort", () => void stop().catch(() => {}), { once: true });
    const url = urlOf(server, config.host);
    log.info({ listens: url, relayer: signer.address, chainId: config.chainId }, "serves");
    return { url, relayer, store, stop, ended };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/**
 * Makes the index of a relayer that does not run anew from the chain, from a block on.
 *
 * @throws what `reindex` throws, `data-dir-locked`, `data-dir-unusable`, `database-unreachable`
 */
export async function rebuildIndex(
  config: HoldfastConfig,
  options: Pick<ReindexOptions, "from" | "signal" | "onProgress">,
): Promise<Reindexed> {
  const { contracts, finality, rpcUrls, chainId } = config;
  const database = await createDatabase(config.database);
  const chain = createChain({ rpcUrls, chainId });
  try {
    return await reindex({ database, chain, contracts, finality, log: createLog(config.logLevel), ...options });
  } finally {
    chain.close();
    await database.close();
  }
}

const openSigner = ({ keystore }: HoldfastConfig) => {
  if (keystore === undefined) throw new ProtocolError("config-invalid", { variable: "HOLDFAST_RELAYER_KEYSTORE" });
  return openKeystore(keystore.path, keystore.password);
};

const openStore = ({ kuboRpcUrl, dataDir }: HoldfastConfig) =>
  kuboRpcUrl === undefined
    ? createEmbeddedStore({ dir: join(dataDir, "evidence") })
    : createKuboStore({ url: kuboRpcUrl });

/** Removes expired uploads also where nobody opens another; returns how to end it. */
const sweepRegularly = (uploads: PartialUploads, log: Log) => {
  const report = (error: unknown) => log.error({ err: error }, "cannot remove expired uploads");
  const timer = setInterval(() => void uploads.sweep().catch(report), UPLOAD_SWEEP_MS);
  timer.unref();
  return async () => clearInterval(timer);
};

const listen = async (app: Express, { host, port }: HoldfastConfig): Promise<Server> => {
  const server = app.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EADDRINUSE" || code === "EACCES") throw new ProtocolError("port-taken", { port }, { cause });
    throw cause;
  }
  // The default of five minutes for a whole request would cut large uploads off.
  server.requestTimeout = 0;
  server.setTimeout(IDLE_MS);
  return server;
};

const urlOf = (server: Server, host: string) => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
};

const endRequests = async (server: Server) => {
  const closed = once(server, "close");
  server.close();
  // A connection that has just had its answer would be kept open for the next question.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const impatience = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(impatience);
};
