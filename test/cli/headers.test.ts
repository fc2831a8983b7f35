import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, numberToHex } from "viem";
import { createChain } from "../../src/chain/client.ts";
import { proveAnchor, readHeaderRlp } from "../../src/chain/receiptProof.ts";
import { type EvidenceBundle, serializeBundle } from "../../src/core/evidence/bundle.ts";
import type { HeadersFile } from "../../src/core/evidence/headersFile.ts";
import { buildTree, pathOf, rootOf } from "../../src/core/evidence/merkle.ts";
import { assembleBundle, fileEvidence } from "../../src/sdk/evidence.ts";
import { type AlteringNode, startAlteringNode } from "../fixtures/alteringNode.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { type CliRun, runCli } from "../fixtures/cli.ts";
import { buyer, cidOf, createRandom, named, photo, READER, streamOf } from "../fixtures/evidence.ts";
import { deployRegistry } from "../fixtures/registry.ts";

type Check = Readonly<{ id: string; result: string; why?: string; sources?: readonly unknown[] }>;
type Json = Readonly<Record<string, unknown>>;

/** Files `photo` and anchors it alone, on a chain that runs. */
const anchorPhoto = async (anvil: Anvil): Promise<EvidenceBundle> => {
  const { registry, client, anchor } = await deployRegistry(anvil);
  const chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
  try {
    const beacon = await client.getBlock();
    const filed = await fileEvidence(
      {
        file: streamOf(photo),
        meta: { name: "photo.jpg" },
        dealId: named("deal"),
        beacon: { number: Number(beacon.number), hash: beacon.hash },
        deadline: Number(beacon.timestamp) + 3_600,
      },
      {
        domain: { chainId: CHAIN_ID, registry },
        signer: buyer,
        recipients: [READER],
        random: createRandom("photo"),
        importCiphertext: cidOf,
      },
    );
    const tree = buildTree([filed.leaf]);
    const transactionHash = await anchor(rootOf(tree), 1);
    return assembleBundle(filed, {
      path: pathOf(tree, 0),
      anchor: await proveAnchor(chain, { transactionHash, registry, root: rootOf(tree) }),
      beaconHeader: await readHeaderRlp(chain, beacon.hash),
      custody: [],
      transactionHash,
      gateways: [],
      note: "",
    });
  } finally {
    chain.close();
  }
};

describe("holdfast headers", () => {
  let anvil: Anvil;
  let second: AlteringNode;
  let dir: string;
  let bundle: EvidenceBundle;
  let collected: string;
  const nodes: AlteringNode[] = [];
  const at = (name: string) => join(dir, name);
  const altering = async (...args: Parameters<typeof startAlteringNode>) => {
    const node = await startAlteringNode(...args);
    nodes.push(node);
    return node;
  };
  const collect = (urls: readonly string[], ...args: readonly string[]) =>
    runCli(["headers", ...urls.flatMap((url) => ["--rpc", url]), ...args]);
  const verify = (...args: readonly string[]) => runCli(["verify", at("case/photo.jpg"), ...args], { isOffline: true });
  const checkOf = (run: CliRun, id: string) =>
    (run.json().files as { checks: Check[] }[])[0]!.checks.find((check) => check.id === id);
  const errorOf = (run: CliRun) => run.json().error as { code: string; message: string; details: Json };
  const fileWith = async (name: string, change: (file: HeadersFile) => Json) => {
    await writeFile(at(name), JSON.stringify(change(JSON.parse(collected) as HeadersFile)));
    return at(name);
  };

  before(async () => {
    anvil = await startAnvil();
    dir = await mkdtemp(join(tmpdir(), "holdfast-headers-"));
    bundle = await anchorPhoto(anvil);
    await anvil.ask("anvil_mine", [numberToHex(100), numberToHex(0)]);
    second = await altering(anvil.url);
    await mkdir(at("case"));
    await writeFile(at("case/photo.jpg"), photo);
    await writeFile(at("case/photo.jpg.evidence.json"), serializeBundle(bundle));
    const run = await collect([anvil.url, second.url], at("case"), "--out", at("headers.json"), "--json");
    expect(run.exitCode, run.stdout).to.equal(0);
    expect(run.json().warnings).to.deep.equal([]);
    collected = await readFile(at("headers.json"), "utf8");
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    await anvil.stop();
    await rm(dir, { recursive: true });
  });

  it("writes the anchor's and the earlier block of each bundle as all nodes have them, and names the nodes", async () => {
    const sources = [new URL(anvil.url).host, second.host].sort();
    const { collectedAt, ...file } = JSON.parse(collected) as HeadersFile;
    const { anchor, record } = bundle;
    const timeOf = async (number: number) =>
      Number((await anvil.ask<{ timestamp: Hex }>("eth_getBlockByNumber", [numberToHex(number), false])).timestamp);
    const block = async (number: number, hash: Hex) => ({
      number,
      hash,
      time: await timeOf(number),
      finalized: true,
      sources,
    });
    expect(file).to.deep.equal({
      format: "holdfast-headers/1",
      chainId: CHAIN_ID,
      sources,
      blocks: [await block(record.beaconBlock, record.beaconHash), await block(anchor.blockNumber, anchor.blockHash)],
    });
    expect(collectedAt).to.be.closeTo(Date.now() / 1_000, 600);
    const numbers = [anchor.blockNumber, record.beaconBlock].flatMap((number) => ["--block", String(number)]);
    await collect([second.url, anvil.url], ...numbers, "--out", at("again.json"));
    const { collectedAt: later, ...again } = JSON.parse(await readFile(at("again.json"), "utf8")) as HeadersFile;
    expect(again).to.deep.equal(file);
    expect(later).to.be.at.least(collectedAt);
  });

  it("confirms both times without a network, and says by whose word", async () => {
    const run = await verify("--trusted-headers", at("headers.json"), "--json");
    expect(run.exitCode, run.stdout).to.equal(0);
    expect(run.json().time)
      .to.deep.include({ status: "confirmed" })
      .and.to.have.nested.property("signedAfter.isConfirmed", true);
    const { collectedAt, sources } = JSON.parse(collected) as HeadersFile;
    for (const id of ["block-canonical", "beacon-canonical"]) {
      expect(checkOf(run, id)).to.deep.equal({
        id,
        result: "pass",
        sources: [{ kind: "headers", name: "headers.json", nodes: sources, collectedAt }],
      });
    }
    const both = [
      ...["--trusted-headers", at("headers.json")],
      ...["--trusted-block", `${bundle.anchor.blockNumber}:${bundle.anchor.blockHash}`],
    ];
    const { stdout } = await verify(...both, "--report", at("report.txt"));
    const line = `block given by the reader; headers file headers.json, nodes ${sources.join(", ")}, collected at`;
    expect(stdout).to.include(`the block is on the chain: agrees (${line}`);
    expect(await readFile(at("report.txt"), "utf8")).to.include(`[agrees] the block is on the chain (${line}`);
    const chinese = await verify(...both, "--lang", "zh");
    expect(chinese.stdout).to.include("读者给出的区块；区块头文件 headers.json，节点 ");
  });

  it("refuses nodes that disagree about a block, names it with each host and hash, and writes nothing", async () => {
    const other = await startAnvil();
    try {
      await other.ask("anvil_mine", [numberToHex(200)]);
      const run = await collect([anvil.url, other.url], at("case"), "--out", at("no.json"), "--json");
      expect(run.exitCode).to.equal(69);
      const { code, message, details } = errorOf(run);
      expect(code).to.equal("nodes-disagree");
      expect(details.block).to.equal(bundle.record.beaconBlock);
      const said = [new URL(anvil.url).host, bundle.record.beaconHash].join(" ");
      expect(details.hashes).to.include(said).and.to.include(new URL(other.url).host);
      expect(message).to.include(said).and.to.include(`block ${bundle.record.beaconBlock}`);
    } finally {
      await other.stop();
    }
    expect(existsSync(at("no.json"))).to.equal(false);
  });

  it("refuses nodes of two chains, and nodes of another chain than the bundles", async () => {
    const elsewhere = await altering(anvil.url, ({ method }, said) =>
      method === "eth_chainId" ? { result: "0x1" } : said,
    );
    const two = await collect([anvil.url, elsewhere.url], at("case"), "--out", at("no.json"), "--json");
    expect([two.exitCode, errorOf(two).code]).to.deep.equal([69, "nodes-disagree"]);
    expect(errorOf(two).message)
      .to.include(`${new URL(anvil.url).host} ${CHAIN_ID}`)
      .and.to.include(`${elsewhere.host} 1`);
    const one = await collect([elsewhere.url], at("case"), "--out", at("no.json"), "--json");
    expect([one.exitCode, errorOf(one).code]).to.deep.equal([78, "chain-mismatch"]);
    expect(existsSync(at("no.json"))).to.equal(false);
  });

  it("believes no hash that is not that of the header, and no header of another number", async () => {
    const isBlock = (method: string, params: readonly unknown[]) =>
      method === "eth_getBlockByNumber" && params[0] !== "finalized";
    const other = await anvil.ask<Json>("eth_getBlockByNumber", ["0x1", false]);
    for (const change of [
      (block: Json) => ({ ...block, hash: named("other") }),
      (block: Json) => ({ ...block, timestamp: "0x1" }),
      (block: Json) => ({ ...block, stateRoot: "nothing" }),
      () => other,
    ]) {
      const liar = await altering(anvil.url, ({ method, params }, said) =>
        isBlock(method, params) ? { result: change(said.result as Json) } : said,
      );
      const number = bundle.anchor.blockNumber;
      const run = await collect([liar.url], "--block", String(number), "--out", at("no.json"), "--json");
      expect([run.exitCode, errorOf(run).code]).to.deep.equal([69, "block-unprovable"]);
      expect(errorOf(run).details).to.deep.equal({ block: number, host: liar.host });
      expect(errorOf(run).message).to.include(`block ${number} of ${liar.host}`);
    }
    expect(existsSync(at("no.json"))).to.equal(false);
  });

  it("refuses a block that one of the nodes does not have, and names the node", async () => {
    const behind = await altering(anvil.url, ({ method }, said) =>
      method === "eth_getBlockByNumber" ? { result: null } : said,
    );
    const run = await collect(
      [anvil.url, behind.url],
      "--block",
      "7",
      "--block",
      "1",
      "--out",
      at("no.json"),
      "--json",
    );
    expect([run.exitCode, errorOf(run).code]).to.deep.equal([75, "block-unknown"]);
    expect(errorOf(run).details).to.deep.equal({ block: 1, hosts: behind.host });
    expect(existsSync(at("no.json"))).to.equal(false);
  });

  it("marks a block that is not final on every node, and verify does not take it for confirmed", async () => {
    const hasty = await altering(anvil.url, ({ method, params }, said) => {
      if (method !== "eth_getBlockByNumber" || params[0] !== "finalized") return said;
      return { error: { code: -32_000, message: "finalized block not found" } };
    });
    const urls = [anvil.url, hasty.url];
    const run = await collect(urls, at("case"), "--out", at("young.json"), "--json");
    expect(run.exitCode).to.equal(0);
    expect(run.json().warnings).to.deep.equal(["not-finalized"]);
    const { blocks } = JSON.parse(await readFile(at("young.json"), "utf8")) as HeadersFile;
    expect(blocks.map(({ finalized }) => finalized)).to.deep.equal([false, false]);
    expect((await collect(urls, at("case"), "--out", at("young2.json"))).stdout).to.include("NOT FINAL YET");
    const newest = Number(await anvil.ask<Hex>("eth_blockNumber"));
    const mixed = ["--block", String(newest), "--block", String(bundle.anchor.blockNumber)];
    await collect([anvil.url, second.url], ...mixed, "--out", at("mixed.json"));
    const young = JSON.parse(await readFile(at("mixed.json"), "utf8")) as HeadersFile;
    expect(young.blocks.map(({ finalized }) => finalized)).to.deep.equal([true, false]);

    const checked = await verify("--trusted-headers", at("young.json"), "--json");
    expect(checked.exitCode).to.equal(4);
    const notFinal = { id: "block-canonical", result: "not-checked", why: "not-finalized" };
    expect(checkOf(checked, "block-canonical")).to.deep.equal(notFinal);
    expect((await verify("--trusted-headers", at("young.json"))).stdout).to.include("was not final yet");
    const wrong = (file: HeadersFile) => ({
      ...file,
      blocks: file.blocks.map((block) => ({ ...block, hash: named("other"), finalized: false })),
    });
    const orphaned = await fileWith("orphaned.json", wrong);
    expect((await verify("--trusted-headers", orphaned)).exitCode).to.equal(4);
    expect((await verify("--trusted-headers", orphaned, "--trusted-headers", at("headers.json"))).exitCode).to.equal(0);
  });

  it("warns that one node is one node's word, under however many addresses", async () => {
    const run = await collect([second.url, `${second.url}/other`], at("case"), "--out", at("one.json"));
    expect(run.exitCode).to.equal(0);
    expect(run.stdout).to.include("one node's word");
    expect((JSON.parse(await readFile(at("one.json"), "utf8")) as HeadersFile).sources).to.deep.equal([second.host]);
  });

  it("writes and prints no part of a node's address but its host", async () => {
    const secrets = ["s3cret-user", "s3cret-password", "s3cret-path-key", "s3cret-query-key"];
    const [user, password, path, query] = secrets;
    const secretUrl = (host: string) => `http://${user}:${password}@${host}/v3/${path}?apikey=${query}`;
    const gone = await startAlteringNode(anvil.url);
    await gone.stop();
    const refusing = await altering(anvil.url, ({ url }) => ({
      error: { code: -32_000, message: `no such project: http://${user}:${password}@node${url}` },
    }));
    const runs = [
      await collect([secretUrl(second.host), anvil.url], at("case"), "--out", at("secret.json")),
      await collect([secretUrl(second.host), anvil.url], at("case"), "--out", at("secret2.json"), "--json"),
    ];
    for (const host of [gone.host, refusing.host]) {
      for (const flags of [[], ["--json"]]) {
        const run = await collect([secretUrl(host)], at("case"), "--out", at("no.json"), ...flags);
        expect(run.exitCode).to.equal(69);
        expect(run.stdout + run.stderr).to.include(host === gone.host ? gone.host : "no such project");
        runs.push(run);
      }
    }
    const malformed = secretUrl(second.host).replace("http:", "ftp:");
    runs.push(await collect([malformed], at("case"), "--out", at("no.json")));
    expect(runs.map(({ exitCode }) => exitCode)).to.deep.equal([0, 0, 69, 69, 69, 69, 64]);
    const files = [await readFile(at("secret.json"), "utf8"), await readFile(at("secret2.json"), "utf8")];
    for (const text of [...files, ...runs.map(({ stdout, stderr }) => stdout + stderr)]) {
      for (const secret of secrets) expect(text).not.to.include(secret);
    }
    expect(files[0]).to.include(second.host);
  });

  it("refuses a command line without nodes, blocks or output, a file that is there and a bundle that is none", async () => {
    const out = ["--out", at("no.json")];
    for (const args of [
      ["--block", "1", ...out],
      ["--rpc", anvil.url, ...out],
      ["--rpc", anvil.url, "--block", "1"],
      ["--rpc", anvil.url, "--block", "0x1", ...out],
    ]) {
      expect((await runCli(["headers", ...args])).exitCode, args.join(" ")).to.equal(64);
    }
    const there = await collect([anvil.url], "--block", "1", "--out", at("headers.json"), "--json");
    expect([there.exitCode, errorOf(there).code]).to.deep.equal([73, "file-exists"]);
    expect(await readFile(at("headers.json"), "utf8")).to.equal(collected);
    const none = await collect([anvil.url], at("headers.json"), ...out, "--json");
    expect([none.exitCode, errorOf(none).code]).to.deep.equal([65, "bundle-malformed"]);
    expect(errorOf(none).message).to.include(at("headers.json"));
  });

  describe("read by holdfast verify", () => {
    const otherHash = (file: HeadersFile) => ({
      ...file,
      blocks: file.blocks.map((block) => ({ ...block, hash: named("other") })),
    });

    it("refuses a damaged file, one of another version and one that is much too large, by name", async () => {
      const cases = [
        [collected.slice(0, -10), "headers-malformed"],
        [collected.replace('"finalized": true', '"finalized": true, "finalized": true'), "headers-malformed"],
        [collected.replace("holdfast-headers/1", "holdfast-headers/2"), "headers-version-unknown"],
        [`${collected}${" ".repeat(1_100_000)}`, "headers-too-large"],
      ] as const;
      for (const [text, code] of cases) {
        await writeFile(at("damaged.json"), text);
        const run = await verify("--trusted-headers", at("damaged.json"), "--json");
        expect([run.exitCode, errorOf(run).code]).to.deep.equal([65, code]);
        expect(errorOf(run).message).to.include(at("damaged.json"));
      }
      expect((await verify("--trusted-headers", at("nowhere.json"))).exitCode).to.equal(66);
    });

    it("says nothing by a file of another chain, whatever its hashes", async () => {
      const other = await fileWith("chain1.json", (file) => ({ ...otherHash(file), chainId: 1 }));
      const run = await verify("--trusted-headers", other, "--json");
      expect(run.exitCode).to.equal(4);
      expect(checkOf(run, "block-canonical")).to.include({ result: "not-checked", why: "needs-chain" });
      const both = await verify("--trusted-headers", other, "--trusted-headers", at("headers.json"));
      expect(both.exitCode).to.equal(0);
    });

    it("calls evidence whose block is another one not on this chain, by the file's name", async () => {
      const other = await fileWith("other.json", otherHash);
      const run = await verify("--trusted-headers", other, "--json");
      expect(run.exitCode).to.equal(1);
      expect(run.json().message).to.include({ code: "not-on-this-chain" });
      expect(checkOf(run, "block-canonical")).to.have.nested.property("sources[0].name", "other.json");
      expect((await verify("--trusted-headers", other)).stdout).to.include("according to: headers file other.json");
    });

    it("refuses two sources that contradict each other, and no evidence for it", async () => {
      const other = await fileWith("other.json", otherHash);
      const { blockNumber } = bundle.anchor;
      for (const args of [
        ["--trusted-headers", at("headers.json"), "--trusted-headers", other],
        ["--trusted-headers", at("headers.json"), "--trusted-block", `${blockNumber}:${named("other")}`],
      ]) {
        const run = await verify(...args, "--json");
        expect(run.exitCode).to.equal(64);
        expect(errorOf(run).details).to.include({ problem: "trusted-sources-disagree" });
        expect(errorOf(run).message).to.include("headers.json");
      }
    });
  });
});
