import { afterEach, describe, it } from "node:test";
import { expect } from "chai";
import {
  type Address,
  getContractAddress,
  keccak256,
  numberToHex,
  recoverTransactionAddress,
  type TransactionSerializedLegacy,
} from "viem";
import { escrowAbi } from "../../src/abi/escrow.ts";
import { panelTribunalAbi } from "../../src/abi/panelTribunal.ts";
import { type Chain, createChain, readChainId } from "../../src/chain/client.ts";
import { create2Factory, create2FactoryBirth, create2FactoryCode } from "../../src/chain/create2.ts";
import {
  type DeploymentProgress,
  deployMissing,
  estimateDeployment,
  findCreationBlock,
  readDeploymentStatus,
  requireBalance,
} from "../../src/chain/deployContracts.ts";
import { loadCompiledContracts } from "../../src/chain/loadCompiledContracts.ts";
import { maskedCodeHash, protocolCodeOf, protocolNames } from "../../src/chain/protocolCode.ts";
import { readNonce } from "../../src/chain/transactions.ts";
import { permit2Address } from "../../src/core/deal/tokenTypedData.ts";
import { type Anvil, anvilAccount, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { rejection } from "../fixtures/rejection.ts";

const code = protocolCodeOf(await loadCompiledContracts());
const deployer = anvilAccount(3);

let anvil: Anvil;
let chain: Chain;

const start = async (...args: readonly string[]) => {
  anvil = await startAnvil(args);
  chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
};

type Run = { account?: typeof deployer; signal?: AbortSignal; onProgress?: (progress: DeploymentProgress) => void };

const deploy = async ({ account = deployer, signal, onProgress }: Run = {}) => {
  const steps = await estimateDeployment(chain, code, await readDeploymentStatus(chain, code));
  await requireBalance(chain, account.address, steps);
  const run = { account, signal: signal ?? new AbortController().signal, onProgress: onProgress ?? (() => undefined) };
  return { steps, hashes: await deployMissing(chain, code, { steps, ...run }) };
};

/** A run that ends where its progress is the one that is looked for. */
const deployUntil = async (isReached: (progress: DeploymentProgress) => boolean) => {
  const stop = new AbortController();
  const onProgress = (progress: DeploymentProgress) => {
    if (isReached(progress)) stop.abort();
  };
  const error = await deploy({ signal: stop.signal, onProgress }).catch((reason: unknown) => reason);
  expect(error).to.have.property("name", "AbortError");
};

const missing = async () => (await readDeploymentStatus(chain, code)).missing;
const codeAt = (address: Address) => anvil.ask<`0x${string}`>("eth_getCode", [address, "latest"]);

describe("deployMissing", () => {
  afterEach(async () => {
    chain.close();
    await anvil.stop();
  });

  it("creates each contract at the address that its code gives, for no more than it said", async () => {
    await start();
    const before = await readDeploymentStatus(chain, code);
    expect(before).to.deep.equal({
      codeHashes: {},
      missing: ["evidenceRegistry", "escrow", "panelTribunal"],
      hasFactory: true,
      hasPermit2: false,
      hasMulticall3: false,
    });
    const { steps, hashes } = await deploy();
    expect(steps.map(({ creates }) => creates)).to.deep.equal(before.missing);
    const receipts = await Promise.all(hashes.map((hash) => chain.client.getTransactionReceipt({ hash })));
    for (const [index, { gasUsed, status, from }] of receipts.entries()) {
      expect({ status, from }).to.deep.equal({ status: "success", from: deployer.address.toLowerCase() });
      expect(gasUsed <= (steps[index]?.gas ?? 0n), `${steps[index]?.creates} used ${gasUsed}`).to.equal(true);
    }
    const { escrow, panelTribunal } = code;
    const permit2 = await chain.client.readContract({ ...escrow, abi: escrowAbi, functionName: "PERMIT2" });
    const named = await chain.client.readContract({ ...panelTribunal, abi: panelTribunalAbi, functionName: "ESCROW" });
    expect([permit2, named.toLowerCase()]).to.deep.equal([permit2Address, escrow.address]);
  });

  it("knows the code on the chain, and creates nothing twice", async () => {
    await start();
    await deploy();
    const after = await readDeploymentStatus(chain, code);
    expect(after.missing).to.deep.equal([]);
    for (const name of protocolNames) {
      const runtime = await codeAt(code[name].address);
      expect(after.codeHashes[name]).to.equal(keccak256(runtime));
      expect(maskedCodeHash(runtime, code[name].compiled)).to.equal(keccak256(code[name].compiled.deployedBytecode));
    }
    expect(await deploy({ account: anvilAccount(4) })).to.deep.equal({ steps: [], hashes: [] });
    expect(await readNonce(chain, deployer.address)).to.equal(3);
  });

  it("goes on after a run that ended between two contracts", async () => {
    await start();
    await deployUntil((progress) => progress.event === "created" && progress.contract === "evidenceRegistry");
    expect(await missing()).to.deep.equal(["escrow", "panelTribunal"]);
    const { hashes } = await deploy();
    expect(hashes).to.have.length(2);
    expect(await missing()).to.deep.equal([]);
    expect(await readNonce(chain, deployer.address)).to.equal(3);
  });

  it("continues a transaction that an earlier run left waiting", async () => {
    await start("--no-mining");
    await deployUntil(({ event }) => event === "sent");
    expect(await missing()).to.have.length(3);
    await anvil.ask("anvil_setNextBlockBaseFeePerGas", [numberToHex(900_000_000)]);
    const mine = ({ event }: DeploymentProgress) => {
      if (event === "sent") void anvil.ask("evm_mine");
    };
    await deploy({ onProgress: mine });
    expect(await missing()).to.deep.equal([]);
    expect(await readNonce(chain, deployer.address)).to.equal(3);
  });

  it("refuses an account that cannot pay with balance-too-low, and sends nothing", async () => {
    await start();
    await anvil.ask("anvil_setBalance", [deployer.address, numberToHex(1_000_000n)]);
    const { details } = await rejection(deploy(), "balance-too-low");
    expect(details).to.include({ account: deployer.address, balance: "1000000" });
    expect(BigInt(String(details.needed)) > 1_000_000n).to.equal(true);
    expect(await readNonce(chain, deployer.address)).to.equal(0);
  });

  it("refuses a chain on which another program stands at an address", async () => {
    await start();
    const { address, compiled } = code.escrow;
    const altered = `0x00${compiled.deployedBytecode.slice(4)}` as const;
    for (const other of [altered, `${compiled.deployedBytecode}00`, "0x00"]) {
      await anvil.ask("anvil_setCode", [address, other]);
      const { details } = await rejection(missing(), "contract-code-differs");
      expect(details).to.deep.equal({ contract: "Escrow", address });
    }
    await anvil.ask("anvil_setCode", [address, "0x"]);
    await anvil.ask("anvil_setCode", [create2Factory, "0x00"]);
    const { details } = await rejection(missing(), "contract-code-differs");
    expect(details).to.include({ contract: "create2Factory" });
  });

  it("creates the factory on a chain that has none", async () => {
    await start("--disable-default-create2-deployer");
    expect((await readDeploymentStatus(chain, code)).hasFactory).to.equal(false);
    const { steps } = await deploy();
    expect(steps[0]?.creates).to.equal("create2Factory");
    expect(await codeAt(create2Factory)).to.equal(create2FactoryCode);
    expect(await missing()).to.deep.equal([]);
  });

  it("says before sending that a chain cannot run the code", async () => {
    await start("--hardfork", "london");
    const { details } = await rejection(deploy(), "deployment-failed");
    expect(details.step).to.match(/^try out /);
    expect(await readNonce(chain, deployer.address)).to.equal(0);
  });

  it("is found on the chain by the block that created it", async () => {
    await start();
    await anvil.ask("anvil_mine", [numberToHex(37)]);
    await deploy();
    await anvil.ask("anvil_mine", [numberToHex(20)]);
    const blocks = await Promise.all(protocolNames.map((name) => findCreationBlock(chain, code[name].address)));
    expect(blocks).to.deep.equal([38, 39, 40]);
    expect(await readChainId(anvil.url)).to.equal(CHAIN_ID);
  });
});

describe("create2Factory", () => {
  it("is the first contract of the account that signed its only transaction", async () => {
    const { sender, transaction } = create2FactoryBirth;
    const signer = await recoverTransactionAddress({
      serializedTransaction: transaction as TransactionSerializedLegacy,
    });
    expect(signer.toLowerCase()).to.equal(sender);
    expect(getContractAddress({ from: sender, nonce: 0n }).toLowerCase()).to.equal(create2Factory);
  });
});
