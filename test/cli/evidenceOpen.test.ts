import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import * as dagPb from "@ipld/dag-pb";
import { expect } from "chai";
import { UnixFS } from "ipfs-unixfs";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { sha256 as multihash } from "multiformats/hashes/sha2";
import { keccak256, numberToHex, sha256 } from "viem";
import { type EvidenceBundle, serializeBundle } from "../../src/core/evidence/bundle.ts";
import { encryptFile } from "../../src/core/evidence/cipher.ts";
import { wrapContentKey } from "../../src/sdk/contentKey.ts";
import { type Filing, fileEvidence } from "../../src/sdk/evidence.ts";
import { runCli } from "../fixtures/cli.ts";
import {
  BLOCK_NUMBER,
  beaconHeader,
  bundleOfPhoto,
  buyer,
  cidOf,
  createRandom,
  DEADLINE,
  evidenceDomain,
  named,
  photo,
  READER,
  READER_IDENTITY,
  streamOf,
} from "../fixtures/evidence.ts";
import { runOnTerminal, terminalMissing } from "../fixtures/terminal.ts";

const collect = async (source: AsyncIterable<Uint8Array>) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece.slice());
  return Buffer.concat(pieces);
};

/** Files `photo` and keeps its ciphertext. With `cid` the record names that one instead of the ciphertext's. */
const filePhotoAs = async (cid?: string, signer: Filing["signer"] = buyer) => {
  let ciphertext = Buffer.alloc(0);
  const filed = await fileEvidence(
    {
      file: streamOf(photo),
      meta: { name: "photo.jpg" },
      dealId: named("deal"),
      beacon: { number: BLOCK_NUMBER - 10, hash: keccak256(beaconHeader) },
      deadline: DEADLINE,
    },
    {
      domain: evidenceDomain,
      signer,
      recipients: [READER],
      random: createRandom("open"),
      importCiphertext: async (stream) => {
        ciphertext = await collect(stream);
        return cid ?? cidOf(streamOf(ciphertext));
      },
    },
  );
  return { bundle: await bundleOfPhoto(filed), ciphertext };
};

describe("holdfast evidence open", () => {
  const servers: Server[] = [];
  let dir: string;
  let bundle: EvidenceBundle;
  let ciphertext: Buffer;
  const at = (name: string) => join(dir, name);
  const open = (...args: string[]) =>
    runCli(["evidence", "open", ...args, "--identity", at("reader.txt"), "--out", at("opened.jpg"), "--json"]);
  const write = async (name: string, changed: EvidenceBundle) => {
    await writeFile(at(name), serializeBundle(changed));
    return at(name);
  };
  const serve = async (listener: RequestListener) => {
    const server = createServer(listener).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const leftOver = async () => (await readdir(dir)).filter((name) => name.startsWith("opened.jpg"));

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-open-"));
    ({ bundle, ciphertext } = await filePhotoAs());
    await writeFile(at("reader.txt"), `${READER_IDENTITY}\n`, { mode: 0o600 });
    await writeFile(at("photo.enc"), ciphertext);
    await write("photo.jpg.evidence.json", bundle);
  });
  afterEach(() => rm(at("opened.jpg"), { force: true }));
  after(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await rm(dir, { recursive: true });
  });

  it("writes the file that was signed, and says what was not confirmed", async () => {
    const run = await open(at("photo.jpg.evidence.json"), "--ciphertext", at("photo.enc"));
    expect(run.exitCode, run.stdout).to.equal(0);
    expect(await readFile(at("opened.jpg"))).to.deep.equal(Buffer.from(photo));
    expect(run.json()).to.deep.include({ file: at("opened.jpg"), size: photo.length, sha256: sha256(photo) });
    expect((run.json().caveats as { label: string }[]).map(({ label }) => label)).to.include("E-VER-04");
    expect(await leftOver()).to.deep.equal(["opened.jpg"]);
  });

  it("refuses a forged file though the bundle states its digest and wraps its key", async () => {
    const forged = new TextEncoder().encode("the buyer agreed to pay 1,000,000\n");
    const key = named("another key").slice(2, 34);
    const contentKey = new TextEncoder().encode(key);
    const salt = new Uint8Array(24);
    await writeFile(at("forged.enc"), await collect(encryptFile(streamOf(forged), { key: contentKey, salt })));
    const changed = structuredClone(bundle);
    changed.openings.file!.sha256 = sha256(forged);
    changed.hints.wrappedKey = await wrapContentKey(contentKey, [READER]);
    const run = await open(await write("forged.json", changed), "--ciphertext", at("forged.enc"));
    expect(run.exitCode).to.equal(1);
    expect(run.json().file).to.equal(null);
    expect((run.json().verdict as { changed: string[] }).changed).to.include.members(["file-commitment", "cid"]);
    expect(run.json().message).to.include({ code: "bundle-altered", label: "E-VER-09" });
    expect(await leftOver()).to.deep.equal([]);
  });

  it("refuses the signed file when what was signed was never anchored so", async () => {
    const changed = { ...bundle, signature: `0x${"11".repeat(32)}${"22".repeat(32)}1b` as const };
    const run = await open(await write("unsigned.json", changed), "--ciphertext", at("photo.enc"));
    expect(run.exitCode).to.equal(1);
    expect(run.json().verdict).to.deep.include({ reason: "signature" });
    expect(await leftOver()).to.deep.equal([]);
  });

  it("concludes nothing about a contract wallet without the chain, and asks a node that is named", async () => {
    const wallet = { address: evidenceDomain.registry, account: "contract" } as const;
    const byWallet = await filePhotoAs(undefined, { ...wallet, signTypedData: async () => "0x1234" });
    const path = await write("wallet.json", byWallet.bundle);
    await writeFile(at("wallet.enc"), byWallet.ciphertext);
    const run = await open(path, "--ciphertext", at("wallet.enc"));
    expect(run.exitCode).to.equal(3);
    expect(run.json().verdict).to.deep.equal({ status: "unverifiable", why: "signature-needs-chain" });
    expect(await leftOver()).to.deep.equal([]);

    const rpc = await serve(async (request, response) => {
      const questions = JSON.parse((await collect(request)).toString()) as { id: number; method: string }[];
      const accepts = `0x1626ba7e${"00".repeat(28)}`;
      const results: Record<string, string> = { eth_chainId: numberToHex(evidenceDomain.chainId), eth_call: accepts };
      response.setHeader("content-type", "application/json");
      const answers = questions.map(({ id, method }) => ({ jsonrpc: "2.0", id, result: results[method] ?? "0x01" }));
      response.end(JSON.stringify(answers));
    });
    const asked = await open(path, "--ciphertext", at("wallet.enc"), "--rpc", rpc);
    expect(asked.exitCode, asked.stdout).to.equal(0);
  });

  it("never touches files that are there", async () => {
    await writeFile(at("opened.jpg.part"), "mine");
    expect((await open(at("photo.jpg.evidence.json"), "--ciphertext", at("photo.enc"))).exitCode).to.equal(0);
    expect(await readFile(at("opened.jpg.part"), "utf8")).to.equal("mine");
    await rm(at("opened.jpg.part"));
    const again = await open(at("photo.jpg.evidence.json"), "--ciphertext", at("photo.enc"));
    expect(again.exitCode).to.equal(73);
    expect(again.json().error).to.include({ code: "file-exists" });
  });

  it("skips hints that are no addresses", async () => {
    const hints = (gateways: string[]) => ({ ...bundle, hints: { ...bundle.hints, gateways } });
    const none = await open(await write("nowhere.json", hints(["not a url"])));
    expect(none.exitCode).to.equal(64);
    const gateway = await serve((_, response) => void response.end(ciphertext));
    const path = await write("hints.json", hints(["not a url", gateway]));
    const run = await open(path, "--allow-host", new URL(gateway).host);
    expect(run.exitCode, run.stdout).to.equal(0);
  });

  describe("from hosts that the bundle names", () => {
    /** A gateway that counts its requests, and a bundle that names it. */
    const gatewayAndBundle = async (name: string, listener: RequestListener) => {
      const counted = { requests: 0 };
      const url = await serve((request, response) => {
        counted.requests += 1;
        listener(request, response);
      });
      const path = await write(name, { ...bundle, hints: { ...bundle.hints, gateways: [url] } });
      return { counted, url, host: new URL(url).host, path };
    };
    const honest: RequestListener = (_, response) => void response.end(ciphertext);

    it("asks none without a terminal and without leave, and names them", async () => {
      const { counted, url, host, path } = await gatewayAndBundle("unasked.json", honest);
      const port = new URL(url).port;
      for (const leave of [[], ["--allow-host", "127.0.0.1"], ["--allow-host", url], ["--allow-host", `x.${host}`]]) {
        const run = await open(path, ...leave);
        expect(run.exitCode, run.stdout).to.equal(77);
        expect(run.json().error).to.deep.include({ code: "host-not-allowed", details: { hosts: host } });
        expect((run.json().error as { message: string }).message)
          .to.contain("--allow-host HOST")
          .and.contain(port);
        expect(run.stderr).to.contain(`  ${host}\n`);
      }
      expect(counted.requests).to.equal(0);
      expect(await leftOver()).to.deep.equal([]);
    });

    it("asks one that is allowed, and leaves the others alone", async () => {
      const other = await gatewayAndBundle("other.json", honest);
      const { counted, url, host } = await gatewayAndBundle("allowed.json", honest);
      const gateways = [other.url, url];
      const path = await write("both.json", { ...bundle, hints: { ...bundle.hints, gateways } });
      const run = await open(path, "--allow-host", "elsewhere.example", "--allow-host", host);
      expect(run.exitCode, run.stdout).to.equal(0);
      expect(counted.requests).to.be.above(0);
      expect(other.counted.requests).to.equal(0);
    });

    it("follows no redirect of an allowed host to another one", async () => {
      const target = await gatewayAndBundle("target.json", honest);
      const { host, path } = await gatewayAndBundle("redirect.json", ({ url }, response) => {
        response.writeHead(302, { location: `${target.url}${url}` }).end();
      });
      const run = await open(path, "--allow-host", host);
      expect(run.json().error).to.include({ code: "store-unreachable" });
      expect(target.counted.requests).to.equal(0);
    });

    it("asks nobody where the encrypted file or a relayer is given", async () => {
      const { counted, path } = await gatewayAndBundle("given.json", honest);
      expect((await open(path, "--ciphertext", at("photo.enc"))).exitCode).to.equal(0);
      await rm(at("opened.jpg"));
      expect((await open(path, "--url", await serve(honest))).exitCode).to.equal(0);
      expect(counted.requests).to.equal(0);
    });

    it("asks on a terminal, and takes only a yes for one", { skip: terminalMissing }, async () => {
      const { counted, host, path } = await gatewayAndBundle("asked.json", honest);
      const words = ["evidence", "open", path, "--identity", at("reader.txt"), "--out", at("opened.jpg")];
      for (const answer of ["n", "", "yesterday"]) {
        const { exitCode, said } = await runOnTerminal(words, { question: "[y/N]", answer });
        expect(exitCode, said).to.equal(77);
        expect(said).to.contain(host).and.contain("host-not-allowed");
      }
      expect(counted.requests).to.equal(0);
      expect(await leftOver()).to.deep.equal([]);
      const { exitCode, said } = await runOnTerminal(words, { question: "[y/N]", answer: "y" });
      expect(exitCode, said).to.equal(0);
      expect(counted.requests).to.be.above(0);
      expect(await readFile(at("opened.jpg"))).to.deep.equal(Buffer.from(photo));
    });
  });

  it("refuses at its root a DAG that unfolds into more than the stated length", async () => {
    const leaf = new Uint8Array(1 << 20);
    const Hash = CID.createV1(raw.code, await multihash.digest(leaf));
    const Links = Array.from({ length: 1_024 }, () => ({ Hash, Tsize: 1, Name: "" }));
    const Data = new UnixFS({ type: "file", blockSizes: Links.map(() => BigInt(leaf.length)) }).marshal();
    const root = dagPb.encode({ Data, Links });
    const cid = CID.createV1(dagPb.code, await multihash.digest(root)).toString();
    let answers = 0;
    const gateway = await serve(({ url = "" }, response) => {
      answers += 1;
      response.end(url.includes(cid) ? root : leaf);
    });
    const { bundle: bomb } = await filePhotoAs(cid);
    const path = await write("bomb.json", { ...bomb, hints: { ...bomb.hints, gateways: [gateway] } });
    const run = await open(path, "--allow-host", new URL(gateway).host);
    expect(run.exitCode).to.equal(65);
    expect(run.json().error).to.include({ code: "dag-too-large" });
    expect(answers).to.equal(1);
    expect(await leftOver()).to.deep.equal([]);
  });
});
