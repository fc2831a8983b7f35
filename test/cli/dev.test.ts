import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, watch, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import type { Hex } from "viem";
import { templateExample } from "../../src/cli/dealTemplate.ts";
import { ProtocolError } from "../../src/core/errors.ts";
import { createClient, type EvidenceView } from "../../src/sdk/client.ts";
import { startAnvil } from "../fixtures/anvil.ts";
import { runCli } from "../fixtures/cli.ts";
import { startDev, startServer } from "../fixtures/devServer.ts";
import { photo } from "../fixtures/evidence.ts";

const entry = join(import.meta.dirname, "..", "..", "src", "cli", "main.ts");
/** Starts a command and kills it, without any chance to clean up, as soon as a file of its own is there. */
const killWhenWritten = async (args: readonly string[], file: string) => {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", entry, ...args], {
    cwd: dirname(dirname(file)),
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  for await (const { filename } of watch(dirname(file))) if (filename === basename(file)) break;
  child.kill("SIGKILL");
  await ended;
};

/** Status of a deal at a relayer that may not have read the chain up to it. */
const statusWhenKnown = async (url: string, id: Hex) => {
  const client = createClient({ url });
  for (const giveUpAt = Date.now() + 60_000; ; ) {
    try {
      return (await client.readDeal(id)).status;
    } catch (error) {
      const isEarly = error instanceof ProtocolError && error.code === "deal-unknown" && Date.now() < giveUpAt;
      if (!isEarly) throw error;
    }
  }
};

const people = ["buyer", "seller", "market", "courier", "first", "second"] as const;
/** Two percent of the 10,000 that the first award and the 1,000 that the confirmation gave to the seller. */
const FEES = "220000000";

describe("holdfast dev", () => {
  let dir: string;
  let data: string;
  let running: Awaited<ReturnType<typeof startDev>>;
  const keys = {} as Record<(typeof people)[number], string>;
  const at = (name: string) => join(dir, name);
  const as = (who: (typeof people)[number]) => ["--keystore", at(`${who}.json`), "--password-file", at("password.txt")];
  const done = async (...args: string[]) => {
    const run = await runCli([...args, "--json"], { cwd: dir });
    expect(run.exitCode, `${args.join(" ")}: ${run.stdout}${run.stderr}`).to.equal(0);
    return run.json();
  };

  const refusal = async (...args: string[]) => {
    const run = await runCli([...args, "--json"], { cwd: dir });
    return { exitCode: run.exitCode, ...(run.json().error as { code: string; details: Record<string, unknown> }) };
  };
  /** Waits until the relayer has seen a block of this time. */
  const untilSeen = async (second: number) => {
    const client = createClient({ url: running.serving.url });
    while ((await client.readConfig()).asOf < second) await new Promise(setImmediate);
  };
  /** Both arbitrators' signatures on a file, combined into `NAME.signed.json`. */
  const signBoth = async (file: string, name: string) => {
    for (const who of ["first", "second"] as const) {
      await done("determination", "sign", file, ...as(who), "--out", `${name}.${who}.json`);
    }
    const signatures = [`${name}.first.json`, `${name}.second.json`];
    await done("determination", "combine", "covered.json", file, ...signatures, "--out", `${name}.signed.json`);
  };

  const template = (changes: object) => ({
    ...templateExample,
    buyer: keys.buyer,
    seller: keys.seller,
    marketplace: keys.market,
    attestor: keys.courier,
    token: { address: running.serving.stablecoin, symbol: "TUSD", decimals: 6 },
    panel: { threshold: 2, arbitrators: [keys.first, keys.second] },
    ...changes,
  });

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-dev-"));
    data = at("data");
    await writeFile(at("password.txt"), "correct horse");
    for (const who of people) {
      const made = await done("keys", "new", "--out", `${who}.json`, "--password-file", "password.txt");
      keys[who] = String(made.address).toLowerCase();
    }
    running = await startDev(["--data", data, "--port", "0", "--no-demo", "--fund", keys.buyer, "--fund", keys.seller]);
  });
  after(async () => {
    await running.stop();
    await rm(dir, { recursive: true });
  });

  it("serves with no deal yet, and keeps its key to itself", async () => {
    expect(running.serving).to.include({ chainId: 31337, deals: 0, demo: null });
    expect((await stat(join(data, "relayer.key"))).mode & 0o777).to.equal(0o600);
  });

  it("refuses a second one on the same directory with data-dir-locked", async () => {
    const run = await runCli(["dev", "--data", data, "--port", "0", "--json"]);
    expect(run.exitCode).to.equal(75);
    expect(run.json().error).to.include({ code: "data-dir-locked" });
  });

  it("refuses a port that is taken with port-taken and leaves nothing running", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const dev = ["dev", "--data", at("other"), "--no-demo", "--json"];
    const api = await runCli([...dev, "--port", String(port)]);
    const chain = await runCli([...dev, "--port", "0", "--chain-port", String(port)]);
    server.close();
    expect(api.exitCode).to.equal(69);
    const details = { port, listener: "API", option: "--port" };
    expect(api.json().error).to.deep.include({ code: "port-taken", details });
    expect(chain.json().error).to.deep.include({
      code: "port-taken",
      details: { port, listener: "chain", option: "--chain-port" },
    });
    const isDeployed = await stat(join(at("other"), "deployment.json")).catch(() => false);
    expect(isDeployed).to.equal(false);
  });

  it("refuses a directory that cannot be written with data-dir-unusable", async () => {
    const run = await runCli(["dev", "--data", join(at("password.txt"), "data"), "--port", "0", "--json"]);
    expect(run.exitCode).to.equal(73);
    expect(run.json().error).to.include({ code: "data-dir-unusable" });
  });

  it("carries a deal from its terms to a determination, with evidence, by commands alone", async () => {
    const { url, rpcUrl } = running.serving;
    const relayer = ["--url", url];
    await writeFile(at("template.json"), JSON.stringify(template({ coverage: "0" })));
    await writeFile(at("waybill.txt"), "waybill 17");
    await writeFile(at("reasons.txt"), "The door is split.");

    const { id } = await done("deal", "terms", "template.json", "--out", "deal.json", ...relayer);
    expect(await refusal("deal", "register", "deal.json", ...relayer)).to.deep.include({
      exitCode: 65,
      code: "terms-unsafe",
      details: { fact: "tribunal-refuses" },
    });
    const register = ["panel", "register", "deal.json", ...as("buyer"), "--rpc", rpcUrl, "--send"];
    expect((await done(...register)).transactions).to.have.length(1);
    expect(await done(...register)).to.deep.include({ isRegistered: true, calls: [] });
    const pay = ["--token-name", "Test Dollar", "--send", ...relayer];
    const funded = await done("deal", "intent", "fund", "deal.json", ...as("buyer"), ...pay);
    expect(funded.intent).to.include({ deal: id, succeeded: true });
    const send = ["--send", ...relayer];
    await done("deal", "intent", "ship", "deal.json", ...as("seller"), "--tracking", "waybill.txt", ...send);
    await done("deal", "intent", "deliver", "deal.json", ...as("courier"), "--proof", "waybill.txt", ...send);
    await done("deal", "intent", "dispute", "deal.json", ...as("buyer"), "--statement", "reasons.txt", ...send);
    expect(await done("deal", "show", "deal.json", ...relayer)).to.include({ status: "disputed" });

    const { recipient } = await done("keys", "encryption", "--out", "reader.txt");
    await writeFile(at("photo.jpg"), photo);
    await writeFile(at("聊天 记录.txt"), "I will refund you.");
    const add = [
      ...["evidence", "add", "photo.jpg", "聊天 记录.txt", "--deal", "deal.json", "--recipients", String(recipient)],
      ...["--out", "evidence", ...as("buyer"), ...relayer, "--rpc", rpcUrl, "--purpose", "shows the damage"],
    ];
    const first = (await done(...add)) as { files: { bundle: string; digest: string; isOld: boolean }[] };
    expect(first.files.map(({ isOld }) => isOld)).to.deep.equal([false, false]);
    const again = (await done(...add)) as typeof first;
    expect(again.files.map(({ isOld }) => isOld)).to.deep.equal([true, true]);
    expect(again.files.map(({ digest }) => digest)).to.deep.equal(first.files.map(({ digest }) => digest));
    const verdict = await runCli(["verify", at("photo.jpg"), join(dir, "evidence", "photo.jpg.evidence.json")], {
      isOffline: true,
    });
    expect(verdict.exitCode, verdict.stdout).to.equal(4);
    const listed = (await done("evidence", "list", "deal.json", ...relayer)) as { evidence: EvidenceView[] };
    expect(listed.evidence.map(({ digest }) => digest)).to.have.members(first.files.map(({ digest }) => digest));
    expect(listed.evidence[0]).to.include({ deal: id, submitter: keys.buyer, state: "anchored" });
    const forPeople = await runCli(["evidence", "list", String(id), ...relayer], { cwd: dir });
    expect(forPeople.stdout).to.include(`2 records were filed under the deal ${id}`);
    const none = await done("evidence", "list", `0x${"11".repeat(32)}`, ...relayer);
    expect(none.evidence).to.deep.equal([]);
    const open = ["evidence", "open", "evidence/photo.jpg.evidence.json", "--identity", "reader.txt"];
    await done(...open, "--out", "opened.jpg", ...relayer);
    expect(await readFile(at("opened.jpg"))).to.deep.equal(Buffer.from(photo));

    const split = [
      "--to-buyer",
      "30000",
      "--to-seller",
      "10000",
      "--reasons",
      "reasons.txt",
      "--evidence",
      "reasons.txt",
    ];
    const unheld = [
      "determination",
      "write",
      "deal.json",
      ...split.with(1, "30001"),
      "--out",
      "unheld.json",
      ...relayer,
    ];
    const { code, details } = await refusal(...unheld);
    expect(code).to.equal("usage-invalid");
    expect(details).to.include({ problem: "amounts-differ-from-held", held: "40,000 TUSD" });
    await done("determination", "write", "deal.json", ...split, "--out", "determination.json", ...relayer);
    await done("determination", "sign", "determination.json", ...as("second"), "--out", "two.json");
    const early = await runCli(["determination", "combine", "deal.json", "determination.json", "two.json", "--json"], {
      cwd: dir,
    });
    expect(early.exitCode).to.equal(77);
    expect(early.json().error).to.include({ code: "signature-count-wrong" });
    await done("determination", "sign", "determination.json", ...as("first"), "--out", "one.json");
    const signatures = ["two.json", "one.json"];
    await done("determination", "combine", "deal.json", "determination.json", ...signatures, "--out", "signed.json");
    expect(await refusal("determination", "send", "signed.json", ...relayer)).to.include({
      exitCode: 75,
      code: "answer-window-open",
    });
    const { now, skipped } = await done("dev", "skip", "3d", "--rpc", rpcUrl);
    expect(skipped).to.equal(3 * 86_400);
    await untilSeen(Number(now));
    await done("determination", "send", "signed.json", ...relayer);
    const ended = await done("deal", "show", "deal.json", ...relayer);
    expect(ended).to.deep.include({ status: "closed" });
    expect(ended.outcome).to.include({ by: "award", toBuyer: "30000000000", toSeller: "10000000000" });
  });

  it("lets seller and buyer act without the relayer: a bond, a covered deal, a confirmation", async () => {
    const { url, rpcUrl } = running.serving;
    await writeFile(at("covered-template.json"), JSON.stringify(template({ price: "1000", coverage: "200" })));
    await done("deal", "terms", "covered-template.json", "--out", "unsigned.json", "--url", url);
    await done("deal", "sign", "unsigned.json", ...as("seller"), "--out", "covered.json");
    const early = await runCli(["deal", "register", "covered.json", "--url", url, "--json"], { cwd: dir });
    expect(early.exitCode).to.equal(65);
    expect(early.json().error).to.deep.include({
      code: "coverage-exceeds-bond",
      details: { coverage: "200000000", available: "0" },
    });
    const directly = ["--rpc", rpcUrl, "--send"];
    await done("deal", "call", "post-bond", "covered.json", "--amount", "200", ...as("seller"), ...directly);
    await done("deal", "call", "fund", "covered.json", ...as("buyer"), ...directly);
    const confirm = ["deal", "call", "confirm", "covered.json", ...directly];
    const seen = ["--amount", "1000", "--status", "funded"];
    const stranger = await runCli([...confirm, ...as("seller"), ...seen, "--json"], { cwd: dir });
    expect(stranger.exitCode).to.equal(65);
    expect(stranger.json().error).to.include({ code: "call-reverted" });
    // Nobody looks at a call that is sent at once: it needs what the buyer has seen.
    const blind = await runCli([...confirm, ...as("buyer"), "--json"], { cwd: dir });
    expect(blind.json().error).to.include({ code: "usage-invalid" });
    const { transactions } = await done(...confirm, ...as("buyer"), ...seen);
    expect(transactions).to.have.length(1);
    const { id } = JSON.parse(await readFile(at("covered.json"), "utf8"));
    const client = createClient({ url });
    const deal = await client.waitForDeal(id, "released");
    expect(deal.amounts).to.include({ held: 0n, coverage: 200_000_000n });
  });

  it("extends a dispute about the bond, decides it, and pays what the award exceeds the coverage by", async () => {
    const { url, rpcUrl } = running.serving;
    const directly = ["--rpc", rpcUrl, "--send"];
    const client = createClient({ url });
    const { id } = JSON.parse(await readFile(at("covered.json"), "utf8"));
    const dispute = ["deal", "intent", "dispute", "covered.json", ...as("buyer"), "--statement", "reasons.txt"];
    await done(...dispute, "--send", "--url", url);
    const disputed = await client.waitForDeal(id, "disputed");
    expect(disputed).to.include({ disputedFrom: "released" });

    const extend = ["determination", "extend", "covered.json", "--until", "150d", "--reasons", "reasons.txt"];
    await done(...extend, "--out", "extension.json", "--url", url);
    await signBoth("extension.json", "extension");
    await done("determination", "send", "extension.signed.json", "--url", url);
    const extended = await client.waitForDeal(id, ({ until }) => until > disputed.until);
    expect(extended.until - extended.asOf).to.be.within(149 * 86_400, 150 * 86_400);

    const nothing = ["--to-buyer", "0", "--to-seller", "0", "--compensation", "300"];
    const documents = ["--reasons", "reasons.txt", "--evidence", "reasons.txt"];
    await done("determination", "write", "covered.json", ...nothing, ...documents, "--out", "award.json", "--url", url);
    await signBoth("award.json", "award");
    const { now } = await done("dev", "skip", "3d", "--rpc", rpcUrl);
    await untilSeen(Number(now));
    await done("determination", "send", "award.signed.json", "--url", url);
    expect((await client.waitForDeal(id, "closed")).outcome).to.include({
      compensation: 200_000_000n,
      shortfall: 100_000_000n,
    });

    const owed = ["deal", "pay-shortfall", "covered.json", ...as("seller"), ...directly];
    await done(...owed, "--amount", "40");
    expect((await done(...owed)).transactions).to.have.length(2);
    expect((await refusal(...owed)).code).to.equal("usage-invalid");
    await client.waitForDeal(id, ({ outcome }) => outcome?.shortfall === 0n);
  });

  it("lets the owner of a credit sign for all of it, and anyone send that", async () => {
    const { rpcUrl, url } = running.serving;
    const node = ["--rpc", rpcUrl];
    const intent = ["deal", "intent", "withdraw-credit", "covered.json", ...as("market"), ...node];
    const signed = (await done(...intent, "--out", "credit.json")) as { request: { message: object } };
    expect(signed.request.message).to.include({ owner: keys.market, amount: FEES, to: keys.market });
    const sent = ["deal", "call", "withdraw-credit", "covered.json", "--signed", "credit.json", ...as("buyer")];
    await done(...sent, ...node, "--send");
    expect((await refusal(...sent, ...node, "--send")).code).to.equal("call-reverted");
    expect((await refusal(...intent, "--url", url)).code).to.equal("usage-invalid");
  });

  it("moves the clock of a local chain only", async () => {
    const chain = await startAnvil();
    try {
      await chain.ask("anvil_setChainId", [1]);
      const refused = await refusal("dev", "skip", "2h", "--rpc", chain.url);
      expect(refused).to.include({ exitCode: 78, code: "chain-mismatch" });
    } finally {
      await chain.stop();
    }
    expect((await refusal("dev", "skip", "2", "--rpc", running.serving.rpcUrl)).code).to.equal("input-malformed");
    expect((await refusal("dev", "skip", "2h", "--rpc", "http://127.0.0.1:1")).code).to.equal("rpc-unreachable");
  });

  it("files nothing when one of several files is missing, empty, a directory or encrypted for nobody", async () => {
    const { url, rpcUrl } = running.serving;
    await writeFile(at("empty.jpg"), "");
    await writeFile(at("good.txt"), "good");
    const rest = ["--deal", "none", "--out", "refused", ...as("buyer"), "--url", url, "--rpc", rpcUrl];
    const reader = ["--recipients", "reader.txt"];
    const cases = [
      [["gone.jpg", ...reader], 66, "file-missing"],
      [["empty.jpg", ...reader], 65, "evidence-empty"],
      [["data", ...reader], 66, "file-unreadable"],
      [["--recipients", "age1nobody"], 65, "recipient-invalid"],
      [[], 64, "usage-invalid"],
    ] as const;
    for (const [args, exitCode, code] of cases) {
      const run = await runCli(["evidence", "add", "good.txt", ...args, ...rest, "--json"], { cwd: dir });
      expect(run.json().error, code).to.include({ code });
      expect(run.exitCode).to.equal(exitCode);
    }
    expect(await runCli(["verify", at("refused")]).then(({ exitCode }) => exitCode)).not.to.equal(0);
  });

  it("goes on where it was killed, with the record that was signed", async () => {
    const { url, rpcUrl } = running.serving;
    await writeFile(at("contract.pdf"), "%PDF- a contract");
    const rest = ["--recipients", "reader.txt", "--out", "killed", ...as("buyer"), "--url", url, "--rpc", rpcUrl];
    const add = ["evidence", "add", "contract.pdf", "--deal", "deal.json", ...rest];
    await mkdir(at("killed"));
    await killWhenWritten(add, join(dir, "killed", "contract.pdf.filing.json"));
    const { filed } = JSON.parse(await readFile(join(dir, "killed", "contract.pdf.filing.json"), "utf8"));
    const { files } = (await done(...add)) as { files: { digest: string }[] };
    expect(files.map(({ digest }) => digest)).to.deep.equal([filed.digest]);
    const bundle = join(dir, "killed", "contract.pdf.evidence.json");
    // The clock of the chain may have been moved ahead by the tests before.
    const verdict = await runCli(["verify", at("contract.pdf"), bundle, "--clock", "2100-01-01T00:00:00Z"]);
    expect(verdict.exitCode).to.equal(4);
    expect(await readdir(at("killed"))).to.deep.equal(["contract.pdf.evidence.json"]);
  });

  it("goes on with an upload during which it was killed", async () => {
    const { url, rpcUrl } = running.serving;
    await writeFile(at("long.mp4"), randomBytes(48 * 1024 ** 2));
    const rest = ["--recipients", "reader.txt", "--out", "broken", ...as("buyer"), "--url", url, "--rpc", rpcUrl];
    const add = ["evidence", "add", "long.mp4", "--deal", "deal.json", ...rest];
    await mkdir(at("broken"));
    const remembered = join(dir, "broken", "long.mp4.upload.json");
    await killWhenWritten(add, remembered);
    expect((await stat(remembered)).mode & 0o777).to.equal(0o600);
    const { pending } = JSON.parse(await readFile(remembered, "utf8")) as { pending: { upload: string } };
    await done(...add);
    const { record } = JSON.parse(await readFile(join(dir, "broken", "long.mp4.evidence.json"), "utf8"));
    const upload = (await (await fetch(`${url}/v1/uploads/${pending.upload}`)).json()) as { blob: { cid: string } };
    expect(upload.blob.cid).to.equal(record.cid);
    expect(await readdir(at("broken"))).to.deep.equal(["long.mp4.evidence.json"]);
  });

  it("leaves a bundle alone that belongs to another version of the file", async () => {
    const { url, rpcUrl } = running.serving;
    await writeFile(at("contract.pdf"), "%PDF- a contract that was changed");
    const rest = ["--recipients", "reader.txt", "--out", "killed", ...as("buyer"), "--url", url, "--rpc", rpcUrl];
    const run = await runCli(["evidence", "add", "contract.pdf", "--deal", "deal.json", ...rest, "--json"], {
      cwd: dir,
    });
    expect(run.exitCode).to.equal(73);
    expect(run.json().error).to.include({ code: "file-exists" });
  });

  it("has a second relayer on the same chain serve the same deals, told by its environment", async () => {
    const { rpcUrl, escrow } = running.serving;
    const relayer = await startServer<{ url: string; escrow: string }>(["relayer"], {
      HOLDFAST_DATA: at("second"),
      HOLDFAST_PORT: "0",
      HOLDFAST_RPC_URL: rpcUrl,
      HOLDFAST_DEPLOYMENT: join(data, "deployment.json"),
      HOLDFAST_RELAYER_KEYSTORE: at("first.json"),
      HOLDFAST_RELAYER_PASSWORD_FILE: at("password.txt"),
      HOLDFAST_CONFIRMATIONS: "0",
      HOLDFAST_POLL_MS: "50",
    });
    try {
      expect(relayer.serving.escrow).to.equal(escrow);
      const { id } = JSON.parse(await readFile(at("deal.json"), "utf8"));
      expect(await statusWhenKnown(relayer.serving.url, id)).to.equal("closed");
    } finally {
      expect(await relayer.stop()).to.equal(0);
    }
  });

  it("ends with exit code 0 at Ctrl-C, and a second start goes on with the same deals", async () => {
    const before = running.serving;
    expect(await running.stop()).to.equal(0);
    running = await startDev(["--data", data, "--port", "0", "--no-demo"]);
    const { chainId, escrow, rpcUrl, deals } = running.serving;
    // The same address of the chain as well: a wallet that was told of it goes on.
    expect({ chainId, escrow, rpcUrl }).to.deep.equal({
      chainId: before.chainId,
      escrow: before.escrow,
      rpcUrl: before.rpcUrl,
    });
    expect(deals).to.equal(2);
  });
});

describe("holdfast without a relayer", () => {
  it("says relayer-unreachable and exits 69", async () => {
    const run = await runCli(["deal", "show", `0x${"11".repeat(32)}`, "--url", "http://127.0.0.1:1", "--json"]);
    expect(run.exitCode).to.equal(69);
    expect(run.json().error).to.include({ code: "relayer-unreachable" });
  });

  it("names the setting that a relayer lacks", async () => {
    const run = await runCli(["relayer", "--json"]);
    expect(run.exitCode).to.equal(78);
    expect(run.json().error).to.deep.include({ code: "config-invalid", details: { variable: "HOLDFAST_RPC_URL" } });
  });
});
