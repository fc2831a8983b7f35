import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import type { Hex } from "viem";
import { dealFileText } from "../../src/cli/dealFile.ts";
import { blocksOf, fileAndAnchor } from "../../src/sdk/fileAndAnchor.ts";
import { runCli } from "../fixtures/cli.ts";
import { actors } from "../fixtures/deployment.ts";
import { photo, READER, streamOf } from "../fixtures/evidence.ts";
import { type Service, startService } from "../fixtures/service.ts";
import { filesInZip } from "../fixtures/zip.ts";

const HOSTILE = "<script>alert(1)</script>\u202e gpj";

type Listed = Readonly<{ path: string; size: number; sha256: string }>;
type Facts = Readonly<{
  format: string;
  deal: { id: Hex; status: string };
  exhibits: {
    number: number;
    file: string | null;
    verdict: { status: string };
    subject: { signer: { role: string } };
  }[];
  missing: { submitter: string; role: string }[];
  files: Listed[];
}>;

describe("holdfast dossier", () => {
  let dir: string;
  let service: Service;
  let id: Hex;
  const at = (...names: string[]) => join(dir, ...names);
  const run = (...args: string[]) => runCli(["dossier", ...args, "--url", service.url], { cwd: dir });

  /** Files evidence as a party, and gives the bundle. */
  const file = async (signer: (typeof actors)["buyer"], name: string, purpose: string) => {
    const [filed] = await fileAndAnchor([{ id: name, source: () => streamOf(photo), meta: { name, purpose } }], {
      client: service.client,
      signer,
      recipients: [READER],
      dealId: id,
      readBlock: blocksOf(service.deployment.client),
    });
    return filed!.bundle;
  };

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "holdfast-dossier-"));
    service = await startService();
    const { deployment } = service;
    const deal = await deployment.funded();
    id = deal.dealId;
    await service.indexed();
    const dealFile = { id, domain: deployment.domain, terms: deal.terms, unit: null, panel: null };
    writeFileSync(at("deal.json"), dealFileText({ ...dealFile, order: null, sellerSignature: null }));
    mkdirSync(at("evidence"));
    writeFileSync(at("evidence", "sofa photo.jpg"), photo);
    writeFileSync(at("evidence", "sofa photo.jpg.evidence.json"), await file(actors.buyer, HOSTILE, HOSTILE));
    await file(actors.seller, "receipt.pdf", "shows the delivery");
  });
  after(async () => {
    await service.stop();
    rmSync(dir, { recursive: true });
  });

  it("holds the page, the summary, every file, and a list of them with their digests", async () => {
    const done = await run("deal.json", "--evidence", "evidence", "--out", "d.zip", "--json");
    expect(done.exitCode, done.stderr).equal(0);
    const files = await filesInZip(readFileSync(at("d.zip")));
    expect([...files.keys()]).deep.equal([
      "index.html",
      "dossier.html",
      "deal.json",
      "evidence/01-sofa_photo.jpg",
      "evidence/01-sofa_photo.jpg.evidence.json",
      "dossier.json",
    ]);
    const facts = JSON.parse(files.get("dossier.json")!.toString()) as Facts;
    const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
    expect(facts.files).deep.equal(
      [...files]
        .filter(([path]) => path !== "dossier.json")
        .map(([path, content]) => ({ path, size: content.length, sha256: sha256(content) })),
    );
    expect(files.get("evidence/01-sofa_photo.jpg")?.equals(photo)).equal(true);
    expect(
      files.get("index.html")?.equals(readFileSync(join(import.meta.dirname, "../../src/web/verifier.html"))),
    ).equal(true);
    expect(facts).deep.include({ format: "holdfast-dossier/1" });
    expect(facts.deal).include({ id, status: "funded" });
    const [exhibit, ...others] = facts.exhibits;
    expect(others).deep.equal([]);
    expect([exhibit?.number, exhibit?.verdict.status, exhibit?.subject.signer.role]).deep.equal([
      1,
      "verified",
      "buyer",
    ]);
  });

  it("says what was filed under the deal but is not in it", async () => {
    const done = await run(id, "--evidence", "evidence", "--out", "m.zip");
    expect(done.exitCode, done.stderr).equal(0);
    expect(done.stdout).include("not in the directory: 1");
    const files = await filesInZip(readFileSync(at("m.zip")));
    const { missing } = JSON.parse(files.get("dossier.json")!.toString()) as Facts;
    const [one, ...others] = missing;
    expect(others).deep.equal([]);
    expect(one).include({ submitter: actors.seller.address.toLowerCase(), role: "seller" });
    expect(files.has("deal.json")).equal(false);
  });

  it("quotes in its summary what a submitter wrote, and lets no program run there", async () => {
    await run("deal.json", "--evidence", "evidence", "--out", "h.zip", "--lang", "zh");
    const summary = (await filesInZip(readFileSync(at("h.zip")))).get("dossier.html")!.toString();
    expect(summary).include("证据目录").and.include("本交易的买家").and.include("&lt;script&gt;");
    expect(summary).not.match(/<script|\u202e/);
    expect(summary).include(`default-src 'none'; style-src 'unsafe-inline'`);
  });

  it("says that a file was altered, and keeps it as it is", async () => {
    mkdirSync(at("altered"));
    writeFileSync(at("altered", "a.jpg"), photo.subarray(1));
    writeFileSync(at("altered", "a.jpg.evidence.json"), readFileSync(at("evidence", "sofa photo.jpg.evidence.json")));
    const done = await run("deal.json", "--evidence", "altered", "--out", "a.zip");
    expect(done.exitCode).equal(0);
    expect(done.stdout).include("01-a.jpg: refuted");
  });

  it("writes nothing where something is missing or in the way", async () => {
    expect((await run("deal.json", "--out", "x.zip")).exitCode).equal(64);
    expect((await run("deal.json", "--evidence", "evidence", "--out", "d.zip")).exitCode).equal(73);
    expect((await run("deal.json", "--evidence", "nowhere", "--out", "x.zip")).exitCode).not.equal(0);
    const unknown = `0x${"ab".repeat(32)}`;
    expect((await run(unknown, "--evidence", "evidence", "--out", "x.zip")).exitCode).not.equal(0);
    expect(() => readFileSync(at("x.zip"))).to.throw("ENOENT");
  });
});
