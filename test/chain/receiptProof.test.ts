import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, keccak256, stringToBytes } from "viem";
import { type Chain, createChain } from "../../src/chain/client.ts";
import { proveAnchor, readHeaderRlp } from "../../src/chain/receiptProof.ts";
import { logsOfReceipt, parseHeader, readAnchored, receiptFromProof } from "../../src/core/evidence/receiptProof.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { deployRegistry } from "../fixtures/registry.ts";
import { rejection } from "../fixtures/rejection.ts";

const rootOf = (i: number) => keccak256(stringToBytes(`root ${i}`));

describe("proveAnchor", () => {
  let anvil: Anvil;
  let chain: Chain;
  let deployed: Awaited<ReturnType<typeof deployRegistry>>;

  before(async () => {
    anvil = await startAnvil();
    chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
    deployed = await deployRegistry(anvil);
  });
  after(async () => {
    await chain.close();
    await anvil.stop();
  });

  const prove = (transactionHash: Hex, root: Hex) =>
    proveAnchor(chain, { transactionHash, registry: deployed.registry, root });

  it("proves an anchor that is alone in its block, from the block's hash down", async () => {
    const transactionHash = await deployed.anchor(rootOf(1), 1000);

    const proof = await prove(transactionHash, rootOf(1));

    const block = await deployed.client.getBlock({ blockHash: proof.blockHash });
    const header = parseHeader(proof.header);
    expect(header).to.deep.equal({
      hash: block.hash,
      number: Number(block.number),
      timestamp: Number(block.timestamp),
      receiptsRoot: block.receiptsRoot,
    });
    const receipt = receiptFromProof(header.receiptsRoot, proof.transactionIndex, proof.receiptProof);
    expect(readAnchored(logsOfReceipt(receipt)[proof.logIndex]!)).to.deep.equal({
      registry: deployed.registry,
      sender: deployed.account.address.toLowerCase(),
      root: rootOf(1),
      count: 1000,
      anchoredAt: header.timestamp,
      batch: 1,
    });
  });

  it("proves each of 150 anchors in one block", async () => {
    await anvil.ask("evm_setAutomine", [false]);
    const nonce = await deployed.client.getTransactionCount({ address: deployed.account.address });
    const hashes: Hex[] = [];
    for (let i = 0; i < 150; i++) {
      hashes.push(await deployed.wallet.sendTransaction(anchorRequest(rootOf(100 + i), nonce + i)));
    }
    await anvil.ask("evm_mine");
    await anvil.ask("evm_setAutomine", [true]);

    for (const i of [0, 1, 127, 128, 149]) {
      const proof = await prove(hashes[i]!, rootOf(100 + i));
      expect(proof.transactionIndex).to.equal(i);
      const { receiptsRoot } = parseHeader(proof.header);
      const receipt = receiptFromProof(receiptsRoot, i, proof.receiptProof);
      expect(readAnchored(logsOfReceipt(receipt)[proof.logIndex]!)?.root).to.equal(rootOf(100 + i));
      expect(() => receiptFromProof(receiptsRoot, i ^ 1, proof.receiptProof)).to.throw("receipt-proof-invalid");
    }
  });

  it("finds nothing for another root, a repeated root, another registry or an unknown transaction", async () => {
    const transactionHash = await deployed.anchor(rootOf(2), 1);
    await rejection(prove(transactionHash, rootOf(3)), "anchor-not-found");
    const repeated = await deployed.anchor(rootOf(2), 1);
    await rejection(prove(repeated, rootOf(2)), "anchor-not-found");
    await rejection(prove(rootOf(4), rootOf(2)), "anchor-not-found");
    const registry = deployed.account.address;
    await rejection(proveAnchor(chain, { transactionHash, registry, root: rootOf(2) }), "anchor-not-found");
  });

  it("reads the header of any block", async () => {
    for (const blockNumber of [0n, 1n]) {
      const { hash, timestamp } = await deployed.client.getBlock({ blockNumber });
      const header = parseHeader(await readHeaderRlp(chain, hash));
      expect(header).to.include({ hash, number: Number(blockNumber), timestamp: Number(timestamp) });
    }
    await rejection(readHeaderRlp(chain, rootOf(5)), "block-unprovable");
  });

  function anchorRequest(root: Hex, nonce: number) {
    const data = `0x${anchorSelector}${root.slice(2)}${"1".padStart(64, "0")}` as Hex;
    return { to: deployed.registry, data, nonce, gas: 100_000n, chain: null };
  }
});

const anchorSelector = keccak256(stringToBytes("anchor(bytes32,uint64)")).slice(2, 10);
