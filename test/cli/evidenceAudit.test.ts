import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { rememberFiling } from "../../src/cli/pendingFiling.ts";
import { filingReceiptTypedData } from "../../src/core/evidence/anchorPromise.ts";
import { type EvidenceBundle, parseBundle, serializeBundle } from "../../src/core/evidence/bundle.ts";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import { type FiledEvidence, fileEvidence } from "../../src/sdk/evidence.ts";
import { blocksOf, fileAndAnchor } from "../../src/sdk/fileAndAnchor.ts";
import { type Chain, createIssuer, type Issuer, issueChain, opensslMissing } from "../fixtures/authority.ts";
import { runCli } from "../fixtures/cli.ts";
import { actors } from "../fixtures/deployment.ts";
import {
  ANCHORED_AT,
  bundleOfPhoto,
  cidOf,
  createRandom,
  filePhoto,
  named,
  photo,
  promisedPhoto,
  READER,
  streamOf,
} from "../fixtures/evidence.ts";
import { RELAYER } from "../fixtures/sender.ts";
import { type Service, startService } from "../fixtures/service.ts";
import { stampBy, startTsa, type TsaServer } from "../fixtures/tsaServer.ts";

type Audited = Readonly<{
  file: string;
  status: string;
  why?: string;
  anchor?: { isConfirmed: boolean };
  next: string[];
  update: { isSaved: boolean; timestampsAdded: number; timestampsRefused: number; problem: string | null };
}>;
type Audit = Readonly<{ counts: Record<string, number>; promises: Audited[] }>;

const audit = async (folder: string, ...args: string[]) => {
  const run = await runCli(["evidence", "audit", folder, "--json", ...args], { isOffline: !args.includes("--url") });
  return { exitCode: run.exitCode, said: run.stdout, ...(run.json() as unknown as Audit) };
};

describe("holdfast evidence audit, offline", () => {
  const CLOCK = ["--clock", "2027-01-15T09:00:00Z"];
  let dir: string;
  let kept: EvidenceBundle;
  const at = (name: string) => join(dir, name);
  const write = (name: string, bundle: EvidenceBundle) =>
    writeFileSync(at(`${name}.evidence.json`), serializeBundle(bundle));
  const remember = (name: string, filed: FiledEvidence) => rememberFiling(at(`${name}.evidence.json`), filed);

  before(async () => {
    kept = await bundleOfPhoto(await promisedPhoto());
  });
  beforeEach(() => {
    if (dir !== undefined) rmSync(dir, { recursive: true });
    dir = mkdtempSync(join(tmpdir(), "holdfast-audit-"));
  });
  after(() => rmSync(dir, { recursive: true }));

  it("says that promises were kept, by which block, and ends with 0", async () => {
    write("a", kept);
    const { exitCode, promises, counts } = await audit(dir, ...CLOCK);
    expect(exitCode).equal(0);
    expect(counts).deep.equal({ kept: 1, broken: 0, unknown: 0, none: 0 });
    expect(promises[0]).deep.include({ status: "kept", next: ["confirm-block"] });
    const { blockNumber: number, blockHash: hash } = kept.anchor;
    expect(promises[0]!.anchor).deep.equal({ at: ANCHORED_AT, isConfirmed: false, block: { number, hash } });
    const trusted = await audit(dir, ...CLOCK, "--trusted-block", `${number}:${hash}`);
    expect(trusted.promises[0]).deep.include({ status: "kept", next: [] });
  });

  it("ends with 5 where an anchor came late, whatever else is open, and says whom to hold to it", async () => {
    write("a", kept);
    write("late", await bundleOfPhoto(await promisedPhoto(ANCHORED_AT - 1)));
    await remember("open", await promisedPhoto());
    const { exitCode, promises } = await audit(dir, ...CLOCK);
    expect(exitCode).equal(5);
    expect(promises.map(({ status, why }) => [status, why])).deep.equal([
      ["kept", undefined],
      ["broken", "anchored-late"],
      ["unknown", "not-asked"],
    ]);
    expect(promises[1]!.next).deep.equal(["confirm-block", "hold-relayer"]);
    const run = await runCli(["evidence", "audit", dir, ...CLOCK], { isOffline: true });
    expect(run.stdout).match(/^kept .*\nBROKEN .*late\.evidence\.json\nunknown .*open\.filing\.json\n\n/);
    expect(run.stdout).include(kept.promise!.relayer).and.include("The money of the deal does not depend on it");
    const chinese = await runCli(["evidence", "audit", dir, ...CLOCK, "--lang", "zh"], { isOffline: true });
    expect(chinese.stdout)
      .match(/^已履行 /)
      .and.include("未履行");
  });

  it("ends with 6 where nobody can say yet, and never calls a filing broken that nobody was asked about", async () => {
    const filed = await promisedPhoto();
    const { domain: _domain, ...old } = filed;
    await remember("due", filed);
    await remember("old", old);
    await remember("signed", { ...filed, promise: { ...filed.promise!, anchorBy: ANCHORED_AT + 61 } });
    writeFileSync(at("torn.filing.json"), "{");
    writeFileSync(at("torn.evidence.json"), "{");
    writeFileSync(
      at("broken.filing.json"),
      JSON.stringify({ format: "holdfast-filing/1", filed: { ...filed, openings: {} } }),
    );
    const early = await audit(dir, "--clock", "2027-01-15T08:02:00Z");
    expect(early.exitCode).equal(6);
    expect(early.promises.map(({ file, why }) => [file.slice(dir.length + 1), why])).deep.equal([
      ["broken.filing.json", "unreadable"],
      ["due.filing.json", "not-due"],
      ["old.filing.json", "chain-unknown"],
      ["signed.filing.json", "promise-not-signed"],
      ["torn.evidence.json", "unreadable"],
    ]);
    expect((await audit(dir, "--clock", "2027-01-20T08:02:00Z")).promises[1]).deep.include({
      status: "unknown",
      why: "not-asked",
      next: ["ask-relayer"],
    });
  });

  it("takes no promise that another key signed, and no anchor that the reader's sources do not have", async () => {
    write("forged", { ...kept, promise: { ...kept.promise!, anchorBy: kept.promise!.anchorBy + 1 } });
    write("kept", kept);
    const { promises } = await audit(
      dir,
      ...CLOCK,
      "--trusted-block",
      `${kept.anchor.blockNumber}:0x${"ab".repeat(32)}`,
    );
    expect(promises.map(({ why }) => why)).deep.equal(["promise-not-signed", "anchor-not-proven"]);
  });

  it("lists what holds no promise, and ends with 6 where nothing holds one", async () => {
    write("plain", await bundleOfPhoto(await filePhoto()));
    await remember("signed", await filePhoto());
    const none = await audit(dir, ...CLOCK);
    expect([none.exitCode, none.counts]).deep.equal([6, { kept: 0, broken: 0, unknown: 0, none: 2 }]);
    expect(none.promises.map(({ next }) => next)).deep.equal([[], ["add-again"]]);
    write("a", kept);
    expect((await audit(dir, ...CLOCK)).exitCode).equal(0);
  });

  it("refuses a folder without evidence", async () => {
    const run = await runCli(["evidence", "audit", dir, "--json"]);
    expect(run.exitCode).equal(64);
    expect(run.json().error).deep.include({ code: "usage-invalid" });
  });
});

describe("holdfast evidence audit, with a relayer", { skip: opensslMissing }, () => {
  let dir: string;
  let service: Service;
  let issuer: Issuer;
  let chain: Chain;
  let authority: TsaServer;
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "holdfast-audit-"));
    issuer = createIssuer();
    chain = issueChain(issuer, "Ours");
    authority = await startTsa(stampBy(issuer, chain));
    service = await startService({ filers: "anyone", tsaUrls: [authority.url] });
    await service.indexed();
  });
  after(async () => {
    await service.stop();
    await authority.stop();
    issuer.remove();
    rmSync(dir, { recursive: true });
  });

  const asked = () => ["--url", service.url];
  const node = () => ["--rpc", service.anvil.url];
  const folder = (name: string) => {
    const path = join(dir, name);
    mkdirSync(path);
    return path;
  };
  /** Files the photo and stops as soon as the relayer has promised; the filing stays. */
  const abandon = async (bundle: string) => {
    const stopping = new AbortController();
    await fileAndAnchor(
      [{ id: "photo", source: () => streamOf(photo), meta: { name: "photo.jpg" } }],
      {
        client: service.client,
        signer: actors.buyer,
        recipients: [READER],
        dealId: null,
        readBlock: blocksOf(service.deployment.client),
      },
      {
        signal: stopping.signal,
        onProgress: ({ step }) => step === "waiting" && stopping.abort(),
        journal: {
          load: async () => undefined,
          save: (_, filed) => rememberFiling(bundle, filed),
          finish: async () => undefined,
        },
      },
    ).catch((error: unknown) => expect(stopping.signal.aborted, String(error)).equal(true));
    const { filed } = JSON.parse(readFileSync(bundle.replace("evidence", "filing"), "utf8")) as {
      filed: FiledEvidence;
    };
    await service.client.waitForAnchor(filed.leaf);
    return filed;
  };
  const stamped = async ({ leaf }: FiledEvidence) => {
    const signal = AbortSignal.timeout(60_000);
    for (;;) {
      const { timestamps } = await service.client.readAnchored(leaf);
      if (timestamps.length > 0) return timestamps;
      signal.throwIfAborted();
      await setImmediate();
    }
  };

  it("writes a bundle that is ready, removes the filing only where the reader's node has its block", async () => {
    const place = folder("ready");
    const bundle = join(place, "photo.jpg.evidence.json");
    await abandon(bundle);
    expect((await audit(place)).promises[0]).include({ status: "unknown", why: "not-due" });
    copyFileSync(join(place, "photo.jpg.filing.json"), join(dir, "again.filing.json"));

    const first = await audit(place, ...asked());
    expect(first.exitCode, first.said).equal(0);
    expect(first.promises[0]).deep.include({ file: bundle, status: "kept", next: ["confirm-block"] });
    expect(first.promises[0]!.update.isSaved).equal(true);
    expect(existsSync(join(place, "photo.jpg.filing.json"))).equal(true);
    const verified = await verifyBundle(readFileSync(bundle, "utf8"), { file: streamOf(photo) });
    expect([verified.verdict.status, verified.promise?.isKept]).deep.equal(["verified", true]);

    const second = await audit(place, ...asked(), ...node());
    expect(second.promises).deep.equal([
      {
        ...first.promises[0],
        anchor: { ...first.promises[0]!.anchor, isConfirmed: true },
        next: [],
        update: second.promises[0]!.update,
      },
    ]);
    rmSync(bundle);
    expect((await audit(place, ...asked(), ...node())).promises[0]!.update.isSaved).equal(true);
    expect(existsSync(join(place, "photo.jpg.filing.json"))).equal(false);
  });

  it("adds time stamps that came later, and keeps every other byte, mode and token", async () => {
    const place = folder("later");
    const bundle = join(place, "photo.jpg.evidence.json");
    const filed = await abandon(bundle);
    const timestamps = await stamped(filed);
    await audit(place, ...asked(), ...node());
    const whole = readFileSync(bundle, "utf8");
    expect(parseBundle(whole).timestamps).deep.equal(timestamps);
    const bare = serializeBundle({ ...parseBundle(whole), timestamps: [] });
    writeFileSync(bundle, bare, { mode: 0o600 });
    const mode = statSync(bundle).mode;
    const added = await audit(place, ...asked());
    expect(added.promises[0]!.update).deep.include({ timestampsAdded: 1, timestampsRefused: 0, problem: null });
    expect(readFileSync(bundle, "utf8")).equal(whole);
    expect(statSync(bundle).mode).equal(mode);
    expect((await audit(place, ...asked())).promises[0]!.update.timestampsAdded).equal(0);
    expect(readFileSync(bundle, "utf8")).equal(whole);

    // A token that the relayer does not have, even one that proves nothing, is not thrown away.
    const other = parseBundle(bare);
    writeFileSync(bundle, serializeBundle({ ...other, timestamps: [["QUJD"]] }));
    await audit(place, ...asked());
    expect(parseBundle(readFileSync(bundle, "utf8")).timestamps).deep.equal([["QUJD"], ...timestamps]);
  });

  it("calls a promise broken only by the word of the relayer that made it, and says who can anchor it", async () => {
    const place = folder("broken");
    const { chainId, contracts } = await service.client.readConfig();
    const filed = await fileEvidence(
      {
        file: streamOf(photo),
        meta: {},
        dealId: null,
        beacon: { number: 1, hash: named("block") },
        deadline: Math.floor(Date.now() / 1_000) + 86_400,
      },
      {
        domain: { chainId, registry: contracts.registry },
        signer: actors.buyer,
        recipients: [READER],
        random: createRandom("broken"),
        importCiphertext: cidOf,
      },
    );
    const remember = async (name: string, account: typeof RELAYER) => {
      const times = { receivedAt: 1_700_000_000, anchorBy: 1_700_000_900 };
      const typedData = filingReceiptTypedData({ leaf: filed.leaf, ...times }, filed.domain!);
      const relayer = account.address.toLowerCase() as typeof account.address;
      const promise = { relayer, ...times, signature: await account.signTypedData(typedData) };
      await rememberFiling(join(place, `${name}.evidence.json`), { ...filed, promise });
    };
    await remember("a", RELAYER);
    await remember("b", actors.seller);
    const offline = await audit(place);
    expect([offline.exitCode, ...offline.promises.map(({ why }) => why)]).deep.equal([6, "not-asked", "not-asked"]);
    const online = await audit(place, ...asked());
    expect(online.exitCode).equal(5);
    expect(online.promises.map(({ status, why, next }) => [status, why, next])).deep.equal([
      ["broken", "not-anchored", ["hold-relayer", "anchor-again"]],
      ["unknown", "other-relayer-asked", ["ask-other-relayer"]],
    ]);
    const run = await runCli(["evidence", "audit", place, ...asked()]);
    expect(run.stdout).include(`anchor(${filed.leaf}, 1) at the registry ${contracts.registry} on chain ${chainId}`);
    const later = await audit(place, ...asked(), "--clock", "2099-01-01T00:00:00Z");
    expect(later.promises[0]!.next).deep.equal(["hold-relayer", "file-again"]);
  });
});
