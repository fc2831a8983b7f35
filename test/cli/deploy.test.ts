import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Address, keccak256, numberToHex } from "viem";
import { openKeystore } from "../../src/chain/keystore.ts";
import { readConfig } from "../../src/config.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { runCli } from "../fixtures/cli.ts";

const main = join(import.meta.dirname, "../../src/cli/main.ts");

type Json = Readonly<Record<string, unknown>>;
type Solc = Readonly<{ compile: (input: string) => string }>;

describe("holdfast deploy", () => {
  let anvil: Anvil;
  let dir: string;
  let deployer: Address;
  const at = (name: string) => join(dir, name);
  const key = () => ["--keystore", at("key.json"), "--password-file", at("password.txt")];
  const words = (...args: readonly string[]) => ["deploy", "--rpc", anvil.url, "--json", ...args];
  const run = (...args: readonly string[]) => runCli(words(...args));
  const sent = async () => Number(await anvil.ask<string>("eth_getTransactionCount", [deployer, "latest"]));
  const read = async (name: string) => JSON.parse(await readFile(at(name), "utf8")) as Json;

  /** Starts the command in a process of its own and kills it once a line of its progress matches. */
  const killAt = async (pattern: RegExp, args: readonly string[]) => {
    const flags = ["--disable-warning=ExperimentalWarning", main];
    const child = spawn(process.execPath, [...flags, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    const exited = once(child, "exit");
    for await (const line of createInterface({ input: child.stderr })) if (pattern.test(line)) child.kill("SIGKILL");
    return (await exited)[1] as unknown;
  };

  before(async () => {
    anvil = await startAnvil();
    dir = await mkdtemp(join(tmpdir(), "holdfast-deploy-"));
    await writeFile(at("password.txt"), "correct horse\n");
    await runCli(["keys", "new", "--out", at("key.json"), "--password-file", at("password.txt")]);
    deployer = openKeystore(at("key.json"), "correct horse").address;
    await anvil.ask("anvil_setBalance", [deployer, numberToHex(10n ** 18n)]);
    await anvil.ask("anvil_mine", [numberToHex(5)]);
  });
  after(async () => {
    await anvil.stop();
    await rm(dir, { recursive: true });
  });

  it("says what is missing and what it costs, and sends nothing without --send", async () => {
    const { exitCode, json } = await run("--out", at("deployment.json"));
    expect(exitCode).to.equal(0);
    const { isDeployed, chainId, steps, hasFactory, hasMulticall3 } = json();
    expect({ isDeployed, chainId, hasFactory, hasMulticall3 }).to.deep.equal({
      isDeployed: false,
      chainId: CHAIN_ID,
      hasFactory: true,
      hasMulticall3: false,
    });
    expect((steps as Json[]).map(({ creates }) => creates)).to.deep.equal([
      "evidenceRegistry",
      "escrow",
      "panelTribunal",
    ]);
    expect(existsSync(at("deployment.json"))).to.equal(false);
    expect(await sent()).to.equal(0);
  });

  it("refuses a node of another chain than --chain-id", async () => {
    const { exitCode, json } = await run("--chain-id", "1");
    expect(exitCode).to.equal(78);
    expect(json().error).to.deep.include({
      code: "chain-mismatch",
      details: { expected: 1, actual: CHAIN_ID, endpoint: 0 },
    });
  });

  it("goes on after it was killed between two contracts, and writes what a relayer reads", async () => {
    const args = ["--chain-id", String(CHAIN_ID), "--out", at("deployment.json"), ...key(), "--send"];
    expect(await killAt(/^EvidenceRegistry is at/, words(...args))).to.equal("SIGKILL");
    expect(existsSync(at("deployment.json"))).to.equal(false);
    expect(await read("deployment.json.started")).to.include({ chainId: CHAIN_ID, deployBlock: 6 });
    await anvil.ask("anvil_mine", [numberToHex(9)]);

    const { exitCode, json, stderr } = await run(...args);
    expect(exitCode, stderr).to.equal(0);
    expect(json()).to.include({ isDeployed: true, sender: deployer });
    expect(await sent()).to.equal(3);
    expect(existsSync(at("deployment.json.started"))).to.equal(false);

    const deployment = await read("deployment.json");
    expect(json().deployment).to.deep.equal(deployment);
    for (const name of ["escrow", "panelTribunal", "evidenceRegistry"]) {
      const runtime = await anvil.ask<`0x${string}`>("eth_getCode", [deployment[name], "latest"]);
      expect((deployment.codeHashes as Json)[name]).to.equal(keccak256(runtime));
    }
    const config = readConfig({
      HOLDFAST_RPC_URL: anvil.url,
      HOLDFAST_DEPLOYMENT: at("deployment.json"),
      HOLDFAST_RELAYER_KEYSTORE: at("key.json"),
      HOLDFAST_RELAYER_PASSWORD_FILE: at("password.txt"),
    });
    expect(config.chainId).to.equal(CHAIN_ID);
    expect(config.contracts).to.deep.equal({
      escrow: deployment.escrow,
      panel: deployment.panelTribunal,
      registry: deployment.evidenceRegistry,
      fromBlock: 6,
    });
  });

  it("finds everything there the second time, needs no key then, and leaves the file as it is", async () => {
    const before = await readFile(at("deployment.json"), "utf8");
    const { exitCode, json } = await run("--out", at("deployment.json"), "--send");
    expect(exitCode).to.equal(0);
    expect(json()).to.deep.include({ isDeployed: true, transactions: [] });
    expect(await readFile(at("deployment.json"), "utf8")).to.equal(before);
    expect(await sent()).to.equal(3);
  });

  it("writes the file of a deployment that somebody else made", async () => {
    const { exitCode } = await run("--out", at("second.json"));
    expect(exitCode).to.equal(0);
    expect(await read("second.json")).to.deep.equal(await read("deployment.json"));
  });

  it("leaves a file about another chain or other contracts alone", async () => {
    const own = await read("deployment.json");
    for (const [change, exitCode, code] of [
      [{ chainId: 1 }, 78, "chain-mismatch"],
      [{ escrow: `0x${"11".repeat(20)}` }, 73, "file-exists"],
    ] as const) {
      const text = JSON.stringify({ ...own, ...change });
      await writeFile(at("other.json"), text);
      const refused = await run("--out", at("other.json"));
      expect(refused.exitCode).to.equal(exitCode);
      expect(refused.json().error).to.include({ code });
      expect(await readFile(at("other.json"), "utf8")).to.equal(text);
    }
  });

  it("refuses a chain on which another program stands at an address", async () => {
    const { escrow } = await read("deployment.json");
    await anvil.ask("anvil_setCode", [escrow, "0x00"]);
    const { exitCode, json } = await run("--out", at("deployment.json"));
    expect(exitCode).to.equal(78);
    expect(json().error).to.deep.include({
      code: "contract-code-differs",
      details: { contract: "Escrow", address: escrow },
    });
  });

  it("writes the compiler's input, which gives the same code again", async () => {
    const other = await startAnvil();
    try {
      const { exitCode } = await runCli(["deploy", "--rpc", other.url, "--standard-json", at("sources")]);
      expect(exitCode).to.equal(0);
    } finally {
      await other.stop();
    }
    const require = createRequire(import.meta.url);
    const solc = require("solc") as Solc;
    const name = "EvidenceRegistry";
    const output = JSON.parse(solc.compile(await readFile(at(`sources/${name}.json`), "utf8")));
    const { bytecode } = JSON.parse(
      await readFile(join(import.meta.dirname, `../../artifacts/contracts/${name}.sol/${name}.json`), "utf8"),
    ) as { bytecode: string };
    const { evm } = output.contracts[`project/contracts/${name}.sol`][name];
    expect(`0x${evm.bytecode.object}`).to.equal(bytecode);
    expect(Object.keys(await read("sources/Escrow.json"))).to.deep.equal(["language", "sources", "settings"]);
  });
});
