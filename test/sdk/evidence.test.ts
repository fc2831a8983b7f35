import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Worker } from "node:worker_threads";
import { Decrypter, generateX25519Identity } from "age-encryption";
import { expect } from "chai";
import { keccak256 } from "viem";
import { type Chain, createChain } from "../../src/chain/client.ts";
import { proveAnchor, readHeaderRlp } from "../../src/chain/receiptProof.ts";
import { ProtocolError } from "../../src/core/errors.ts";
import { serializeBundle } from "../../src/core/evidence/bundle.ts";
import { decryptFile } from "../../src/core/evidence/cipher.ts";
import { buildTree, pathOf, rootOf } from "../../src/core/evidence/merkle.ts";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import { recoverSigner } from "../../src/core/recoverSigner.ts";
import { createEmbeddedStore } from "../../src/ipfs/embedded.ts";
import type { EvidenceStore } from "../../src/ipfs/port.ts";
import { unwrapContentKey, wrapContentKey } from "../../src/sdk/contentKey.ts";
import { assembleBundle, type EvidenceToFile, type Filing, fileEvidence } from "../../src/sdk/evidence.ts";
import { createNodeDigester } from "../../src/sdk/nodeDigester.ts";
import { createNodeSealer } from "../../src/sdk/nodeSealer.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import {
  buyer,
  cidOf,
  createRandom,
  evidenceDomain,
  named,
  photo,
  READER,
  READER_IDENTITY,
  streamOf,
} from "../fixtures/evidence.ts";
import { deployRegistry } from "../fixtures/registry.ts";
import { rejection } from "../fixtures/rejection.ts";

async function collect(stream: AsyncIterable<Uint8Array>) {
  const all: Uint8Array[] = [];
  for await (const piece of stream) all.push(piece);
  return Buffer.concat(all);
}

function toFile(changes: Partial<EvidenceToFile> = {}): EvidenceToFile {
  return {
    file: streamOf(photo),
    meta: { name: "scratch.jpg" },
    dealId: named("deal"),
    beacon: { number: 1, hash: named("beacon") },
    deadline: 1_800_000_000,
    ...changes,
  };
}

function filing(changes: Partial<Filing> = {}): Filing {
  return {
    domain: evidenceDomain,
    signer: buyer,
    recipients: [READER],
    random: createRandom("sdk"),
    importCiphertext: cidOf,
    ...changes,
  };
}

describe("fileEvidence", () => {
  it("signs a record that its openings open", async () => {
    const filed = await fileEvidence(toFile(), filing());
    expect(await recoverSigner(filed.digest, filed.signature)).to.equal(buyer.address.toLowerCase());
    expect(filed.openings.meta.size).to.include({ value: "40000" });
    expect(filed.openings.meta.name).to.include({ value: "scratch.jpg" });
    expect(filed.openings.meta.place).to.include({ value: "" });
    expect(JSON.parse(JSON.stringify(filed))).to.deep.equal(filed);
  });

  it("hands out nothing of the file but ciphertext that the reader opens", async () => {
    let ciphertext = Buffer.alloc(0);
    const importCiphertext = async (stream: AsyncIterable<Uint8Array>) => {
      ciphertext = await collect(stream);
      return cidOf(streamOf(ciphertext));
    };
    const filed = await fileEvidence(toFile(), filing({ importCiphertext }));

    expect(ciphertext.includes(Buffer.from(photo.subarray(0, 32)))).to.equal(false);
    const key = await unwrapContentKey(filed.wrappedKey, READER_IDENTITY);
    const opened = await collect(decryptFile(streamOf(ciphertext), key));
    expect(opened.equals(photo)).to.equal(true);
  });

  it("signs the same record, field for field, with Node's digests and ciphers", async () => {
    const changes = { createDigester: createNodeDigester, createSealer: createNodeSealer };
    // age draws the key's wrapping itself.
    const { wrappedKey: _, ...filed } = await fileEvidence(toFile(), filing(changes));
    const { wrappedKey: __, ...portable } = await fileEvidence(toFile(), filing());
    expect(filed).to.deep.equal(portable);
  });

  it("passes on what the sink fails with half-way, frees the digests, and reads no further", async () => {
    const full = new ProtocolError("store-full");
    let read = 0;
    async function* source() {
      for (; read < 64; read++) yield new Uint8Array(1024 ** 2);
    }
    const ends: Promise<unknown>[] = [];
    const note = (worker: Worker) => ends.push(once(worker, "exit"));
    process.on("worker", note);
    const importCiphertext = async (stream: AsyncIterable<Uint8Array>) => {
      const pieces = stream[Symbol.asyncIterator]();
      for (let i = 0; i < 8; i++) await pieces.next();
      // It does not even close the stream.
      throw full;
    };
    const changes = { importCiphertext, createDigester: createNodeDigester, createSealer: createNodeSealer };
    expect(await fileEvidence(toFile({ file: source() }), filing(changes)).catch((error: unknown) => error)).equal(
      full,
    );
    process.off("worker", note);
    expect(read).at.most(9);
    expect(ends).length(1);
    await Promise.all(ends);
  });

  it("draws every salt anew, so that equal files and facts do not look equal", async () => {
    const one = await fileEvidence(toFile(), filing({ random: createRandom("one") }));
    const other = await fileEvidence(toFile(), filing({ random: createRandom("other") }));
    for (const field of ["fileCommitment", "metaRoot", "caseRef", "cid"] as const) {
      expect(one.record[field]).not.to.equal(other.record[field]);
    }
    const salts = Object.values(one.openings.meta).map((opening) => "salt" in opening && opening.salt);
    expect(new Set(salts).size).to.equal(salts.length);
  });

  it("refuses an empty file, a recipient that is none, nobody to open it, and a fact that is too long", async () => {
    await rejection(fileEvidence(toFile({ file: streamOf(new Uint8Array()) }), filing()), "evidence-empty");
    await rejection(fileEvidence(toFile(), filing({ recipients: [READER, "age1none"] })), "recipient-invalid");
    await rejection(fileEvidence(toFile(), filing({ recipients: [] })), "recipient-invalid");
    const importCiphertext = async (stream: AsyncIterable<Uint8Array>) => {
      await collect(stream);
      return "not a cid";
    };
    await rejection(fileEvidence(toFile(), filing({ importCiphertext })), "evidence-record-invalid");
    for (const purpose of ["x".repeat(513), "\ud800"]) {
      const error = await rejection(fileEvidence(toFile({ meta: { purpose } }), filing()), "evidence-record-invalid");
      expect(error.details).to.deep.equal({ path: "meta.purpose" });
    }
  });

  it("passes on a broken stream, a full store and a signature that was refused, and signs nothing", async () => {
    let signatures = 0;
    const signer = {
      address: buyer.address,
      signTypedData: async () => {
        signatures++;
        throw new Error("declined");
      },
    };
    async function* broken() {
      yield photo;
      throw new Error("disk gone");
    }
    const full = async () => {
      throw new Error("store full");
    };
    const failure = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message);

    expect(await failure(fileEvidence(toFile({ file: broken() }), filing({ signer })))).to.equal("disk gone");
    expect(await failure(fileEvidence(toFile(), filing({ signer, importCiphertext: full })))).to.equal("store full");
    expect(signatures).to.equal(0);
    expect(await failure(fileEvidence(toFile(), filing({ signer })))).to.equal("declined");
  });
});

describe("wrapContentKey", () => {
  it("makes an age file for every reader and nobody else", async () => {
    const key = createRandom("key")(32);
    const wrapped = await wrapContentKey(key, [READER]);
    const decrypter = new Decrypter();
    decrypter.addIdentity(READER_IDENTITY);
    expect(await decrypter.decrypt(Buffer.from(wrapped, "base64"))).to.deep.equal(key);
    await rejection(unwrapContentKey(wrapped, await generateX25519Identity()), "cipher-key-wrong");
    await rejection(unwrapContentKey(wrapped, "no identity"), "cipher-key-wrong");
    await rejection(unwrapContentKey(wrapped.replace(/.{4}$/, "AAAA"), READER_IDENTITY), "cipher-key-wrong");
  });
});

describe("a filed file", () => {
  let anvil: Anvil;
  let chain: Chain;
  let dir: string;
  let store: EvidenceStore;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "evidence-"));
    store = await createEmbeddedStore({ dir });
    anvil = await startAnvil();
    chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
  });
  after(async () => {
    await chain.close();
    await anvil.stop();
    await store.close();
    await rm(dir, { recursive: true });
  });

  it("is stored, anchored, proven and verified, and comes back from the store by its reader's key", async () => {
    const deployed = await deployRegistry(anvil);
    const domain = { chainId: CHAIN_ID, registry: deployed.registry };
    const file = Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 31 + (i >> 9));
    const beacon = await deployed.client.getBlock();
    const filed = await fileEvidence(
      toFile({
        file: streamOf(file),
        beacon: { number: Number(beacon.number), hash: beacon.hash },
        deadline: Number(beacon.timestamp) + 3600,
      }),
      filing({ domain, importCiphertext: async (bytes) => (await store.put(bytes)).cid }),
    );
    const tree = buildTree([named("another leaf"), filed.leaf, named("a third")]);
    const transactionHash = await deployed.anchor(rootOf(tree), tree.size);

    const bundle = assembleBundle(filed, {
      path: pathOf(tree, 1),
      anchor: await proveAnchor(chain, { transactionHash, registry: deployed.registry, root: rootOf(tree) }),
      beaconHeader: await readHeaderRlp(chain, beacon.hash),
      transactionHash,
    });

    const key = await unwrapContentKey(filed.wrappedKey, READER_IDENTITY);
    const { cid } = filed.record;
    const result = await verifyBundle(serializeBundle(bundle), {
      ciphertext: {
        open: () => store.get(cid),
        key,
        cidOf: async (bytes) => (await store.put(bytes)).cid,
      },
      trusted: {
        deployment: domain,
        blocks: [
          {
            number: bundle.anchor.blockNumber,
            hash: (await deployed.client.getBlock({ blockNumber: BigInt(bundle.anchor.blockNumber) })).hash,
          },
          { number: bundle.record.beaconBlock, hash: keccak256(bundle.anchor.beaconHeader!) },
        ],
      },
    });
    expect(result.checks.filter(({ result }) => result !== "pass")).to.deep.equal([
      { id: "deal", result: "not-checked", why: "not-given" },
      { id: "promise", result: "not-checked", why: "not-given" },
      { id: "clock", result: "not-checked", why: "not-given" },
      { id: "timestamps", result: "not-checked", why: "not-given" },
      { id: "custody", result: "not-checked", why: "not-given" },
    ]);
    expect(result.verdict).to.include({ status: "verified", kind: "original" });
    expect(result.time).to.deep.include({
      status: "confirmed",
      signedAfter: { at: Number(beacon.timestamp), isConfirmed: true },
    });
  });
});
