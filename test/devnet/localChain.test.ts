import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { expect } from "chai";
import { createTestClient, http, publicActions, walletActions } from "viem";
import { foundry } from "viem/chains";
import { ProtocolError } from "../../src/core/errors.ts";
import { type LocalChain, startLocalChain } from "../../src/devnet/localChain.ts";

// Emits one empty log and leaves no code behind.
const logOnce = "0x60006000a000";
const days = 86_400;

const connect = (rpcUrl: string) =>
  createTestClient({ chain: foundry, mode: "anvil", transport: http(rpcUrl) })
    .extend(publicActions)
    .extend(walletActions);

const sendLog = async (rpcUrl: string) => {
  const client = connect(rpcUrl);
  const [account] = await client.getAddresses();
  const hash = await client.sendTransaction({ account: account!, data: logOnce, to: null });
  return client.waitForTransactionReceipt({ hash, pollingInterval: 20 });
};

const failureOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(ProtocolError);
  return error as ProtocolError;
};

const isAnswering = (rpcUrl: string) =>
  connect(rpcUrl)
    .getChainId()
    .then(
      () => true,
      () => false,
    );

/** Asks again and again until the answer is yes. */
const until = async (isSo: () => Promise<boolean>) => {
  for (const giveUpAt = Date.now() + 10_000; !(await isSo()); await new Promise(setImmediate)) {
    if (Date.now() > giveUpAt) throw new Error("it did not happen within ten seconds");
  }
};

describe("startLocalChain", () => {
  let dataDir: string;
  const running: LocalChain[] = [];
  const start = async (options: { port?: number; signal?: AbortSignal } = {}) => {
    const chain = await startLocalChain({ dataDir, ...options });
    running.push(chain);
    return chain;
  };

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "holdfast-chain-"));
  });
  afterEach(async () => {
    for (const chain of running.splice(0)) await chain.stop();
  });
  after(async () => {
    await rm(dataDir, { recursive: true });
  });

  it("answers on the loopback interface with the chain id 31337 and the rules of Prague", async () => {
    const chain = await start();
    expect(chain.port).to.be.greaterThan(0);
    expect(await connect(chain.rpcUrl).getChainId()).to.equal(31337);
    // Prague's BLS12-381 precompile answers with the sum of two points at infinity.
    const { data } = await connect(chain.rpcUrl).call({
      to: "0x000000000000000000000000000000000000000b",
      data: `0x${"00".repeat(256)}`,
    });
    expect(data).to.equal(`0x${"00".repeat(128)}`);
    await chain.stop();
    expect(await isAnswering(chain.rpcUrl)).to.equal(false);
  });

  it("continues with the same blocks, receipts, logs and balances after a stop", async () => {
    const first = await start();
    const receipt = await sendLog(first.rpcUrl);
    const client = connect(first.rpcUrl);
    const block = await client.getBlock({ blockNumber: receipt.blockNumber, includeTransactions: true });
    const balance = await client.getBalance({ address: receipt.from });
    const genesis = await client.getBlock({ blockNumber: 0n });
    await first.stop();
    await (await start()).stop();

    const second = connect((await start()).rpcUrl);
    expect(await second.getBlockNumber()).to.equal(receipt.blockNumber);
    expect(await second.getTransactionReceipt({ hash: receipt.transactionHash })).to.deep.equal(receipt);
    expect(await second.getLogs({ fromBlock: 0n, toBlock: "latest" })).to.have.length(1);
    expect(await second.getBlock({ blockHash: receipt.blockHash, includeTransactions: true })).to.deep.equal(block);
    expect((await second.getBlock({ blockNumber: 0n })).hash).to.equal(genesis.hash);
    expect(await second.getBalance({ address: receipt.from })).to.equal(balance);
  });

  it("never lets the time go backwards, also when it was moved ahead of the wall clock", async () => {
    const first = await start();
    await connect(first.rpcUrl).increaseTime({ seconds: 40 * days });
    const { blockNumber } = await sendLog(first.rpcUrl);
    const { timestamp } = await connect(first.rpcUrl).getBlock({ blockNumber });
    expect(Number(timestamp)).to.be.greaterThan(Date.now() / 1000 + 39 * days);
    await first.stop();

    const second = await start();
    const next = await sendLog(second.rpcUrl);
    const nextBlock = await connect(second.rpcUrl).getBlock({ blockNumber: next.blockNumber });
    expect(nextBlock.number).to.equal(blockNumber + 1n);
    expect(Number(nextBlock.timestamp - timestamp)).to.be.within(1, 60);
    await connect(second.rpcUrl).increaseTime({ seconds: days });
    const later = await sendLog(second.rpcUrl);
    const laterBlock = await connect(second.rpcUrl).getBlock({ blockNumber: later.blockNumber });
    expect(Number(laterBlock.timestamp - nextBlock.timestamp)).to.be.within(days, days + 60);
    await second.stop();
  });

  it("loses nothing and leaves no process behind when whoever started it is killed", async () => {
    const starter = join(dataDir, "starter.mjs");
    await writeFile(
      starter,
      `import { startLocalChain } from ${JSON.stringify(new URL("../../src/devnet/localChain.ts", import.meta.url).href)};
      process.send((await startLocalChain({ dataDir: ${JSON.stringify(dataDir)} })).rpcUrl);`,
    );
    const parent = fork(starter, { execArgv: ["--disable-warning=ExperimentalWarning"] });
    const rpcUrl = await new Promise<string>((resolve, reject) => {
      parent.once("message", (url) => resolve(String(url)));
      parent.once("exit", () => reject(new Error("the starter ended before its chain was up")));
    });
    const receipt = await sendLog(rpcUrl);
    parent.kill("SIGKILL");
    await once(parent, "exit");

    const chain = await start();
    expect(chain.rpcUrl).to.equal(rpcUrl);
    expect(await connect(chain.rpcUrl).getTransactionReceipt({ hash: receipt.transactionHash })).to.deep.equal(receipt);
    await chain.stop();
  });

  it("ends what is left of a chain whose every process but anvil was killed", async () => {
    const first = await start();
    const receipt = await sendLog(first.rpcUrl);
    const stateFile = join(dataDir, "chain", "state.json");
    await until(
      async () => JSON.parse(await readFile(stateFile, "utf8")).best_block_number === Number(receipt.blockNumber),
    );
    process.kill(first.supervisorPid, "SIGKILL");
    await first.ended;
    expect(await isAnswering(first.rpcUrl)).to.equal(true);

    const second = await start();
    expect(second.rpcUrl).to.equal(first.rpcUrl);
    expect((await connect(second.rpcUrl).getTransactionReceipt({ hash: receipt.transactionHash })).status).to.equal(
      "success",
    );
  });

  it("keeps a readable state on disk while it runs", async () => {
    const chain = await start();
    const { blockNumber } = await sendLog(chain.rpcUrl);
    const stateFile = join(dataDir, "chain", "state.json");
    await until(async () => JSON.parse(await readFile(stateFile, "utf8")).best_block_number === Number(blockNumber));
    await chain.stop();
    expect(await readdir(join(dataDir, "chain"))).not.to.include("state.json.new");
  });

  it("ends when its signal aborts", async () => {
    const controller = new AbortController();
    const chain = await start({ signal: controller.signal });
    controller.abort();
    await chain.ended;
    expect(await isAnswering(chain.rpcUrl)).to.equal(false);
  });

  it("refuses a port that another program has with port-taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    try {
      const { code, details } = await failureOf(start({ port: address.port }));
      expect(code).to.equal("port-taken");
      expect(details).to.deep.equal({ port: address.port, listener: "chain" });
    } finally {
      other.close();
    }
  });

  it("keeps its port over restarts, and says so when another program has it meanwhile", async () => {
    const { port: first } = await start({ port: 0 });
    await running.pop()?.stop();
    const { port: second } = await start();
    expect(second).to.equal(first);
    await running.pop()?.stop();

    const other = createServer().listen(first, "127.0.0.1");
    await once(other, "listening");
    try {
      const { code, details } = await failureOf(start());
      expect(code).to.equal("port-taken");
      expect(details).to.deep.equal({ port: first, listener: "chain-of-earlier-runs" });
      const { port: third } = await start({ port: 0 });
      expect(third).not.to.equal(first);
      await running.pop()?.stop();
      expect((await start()).port).to.equal(third);
    } finally {
      other.close();
    }
  });

  it("refuses a directory that cannot be written with data-dir-unusable", async () => {
    const file = join(dataDir, "a-file");
    await writeFile(file, "");
    expect((await failureOf(startLocalChain({ dataDir: file }))).code).to.equal("data-dir-unusable");
    expect(existsSync(join(file, "chain"))).to.equal(false);
  });

  it("refuses to keep one chain twice with data-dir-locked", async () => {
    const chain = await start();
    expect((await failureOf(startLocalChain({ dataDir }))).code).to.equal("data-dir-locked");
    expect(await isAnswering(chain.rpcUrl)).to.equal(true);
    await chain.stop();
  });
});
