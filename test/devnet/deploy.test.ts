import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { expect } from "chai";
import { createPublicClient, http, multicall3Abi } from "viem";
import { panelTribunalAbi } from "../../src/abi/panelTribunal.ts";
import { multicall3Address } from "../../src/chain/multicall3.ts";
import { templateExample, termsFromTemplate } from "../../src/cli/dealTemplate.ts";
import { panelRules } from "../../src/core/deal/panel.ts";
import { ProtocolError } from "../../src/core/errors.ts";
import { deployLocal } from "../../src/devnet/deploy.ts";
import { type LocalChain, startLocalChain } from "../../src/devnet/localChain.ts";

describe("deployLocal", () => {
  let dataDir: string;
  let chain: LocalChain;
  const deploy = async () => {
    chain = await startLocalChain({ dataDir });
    return deployLocal({ dataDir, rpcUrl: chain.rpcUrl });
  };
  const client = () => createPublicClient({ transport: http(chain.rpcUrl) });

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "holdfast-deploy-"));
  });
  afterEach(() => chain.stop());
  after(() => rm(dataDir, { recursive: true }));

  it("puts every contract on the chain and says where", async () => {
    const deployment = await deploy();
    expect(deployment.chainId).to.equal(31337);
    expect(deployment.deployBlock).to.equal(1);
    const { escrow, panelTribunal, evidenceRegistry, stablecoin } = deployment;
    for (const address of [escrow, panelTribunal, evidenceRegistry, stablecoin]) {
      expect(address).to.match(/^0x[0-9a-f]{40}$/);
      expect((await client().getCode({ address }))?.length).to.be.greaterThan(2);
    }
  });

  it("puts Multicall3 where every public chain has it, and registers the panel of the template", async () => {
    const { panelTribunal } = await deploy();
    expect((await client().getCode({ address: multicall3Address }))?.length).to.be.greaterThan(1_000);
    const answers = await client().readContract({
      address: multicall3Address,
      abi: multicall3Abi,
      functionName: "aggregate3",
      args: [[{ target: panelTribunal, allowFailure: true, callData: "0x12345678" }]],
    });
    expect(answers).to.deep.equal([{ success: false, returnData: "0x" }]);
    const { panel } = await termsFromTemplate(templateExample, {
      path: "example",
      now: 1_800_000_000,
      tribunal: panelTribunal,
      random: (length) => new Uint8Array(length),
    });
    const isRegistered = await client().readContract({
      address: panelTribunal,
      abi: panelTribunalAbi,
      functionName: "isRegistered",
      args: [panelRules(panel!)],
    });
    expect(isRegistered).to.equal(true);
  });

  it("finds the contracts of an earlier run and sends nothing", async () => {
    const first = JSON.parse(await readFile(join(dataDir, "deployment.json"), "utf8"));
    const again = await deploy();
    expect(first).to.include(again);
    expect(await client().getTransactionCount({ address: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266" })).to.equal(5);
  });

  it("refuses a chain that carries other contracts with deployment-outdated, and leaves its record alone", async () => {
    const file = join(dataDir, "deployment.json");
    const original = await readFile(file, "utf8");
    const changed = JSON.stringify({ ...JSON.parse(original), code: `0x${"00".repeat(32)}` });
    await writeFile(file, changed);
    const error = await deploy().catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ProtocolError);
    expect((error as ProtocolError).code).to.equal("deployment-outdated");
    expect(await readFile(file, "utf8")).to.equal(changed);
    await writeFile(file, original);
  });

  it("deploys anew when the chain of the record is gone", async () => {
    await rm(join(dataDir, "chain"), { recursive: true });
    const { escrow } = await deploy();
    expect((await client().getCode({ address: escrow }))?.length).to.be.greaterThan(2);
  });
});
