import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { readConfig } from "../src/config.ts";
import { ProtocolError } from "../src/core/errors.ts";

const address = (digit: string) => `0x${digit.repeat(40)}`;

describe("readConfig", () => {
  let dir: string;
  let env: Record<string, string>;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), "holdfast-config-"));
    const deployment = {
      chainId: 31337,
      escrow: address("a"),
      panelTribunal: address("b"),
      evidenceRegistry: address("c"),
      stablecoin: address("d"),
      deployBlock: 3,
    };
    writeFileSync(join(dir, "deployment.json"), JSON.stringify(deployment));
    writeFileSync(join(dir, "password"), "correct horse\n");
    env = {
      HOLDFAST_RPC_URL: "https://one.example/key, wss://two.example",
      HOLDFAST_DEPLOYMENT: join(dir, "deployment.json"),
      HOLDFAST_RELAYER_KEYSTORE: join(dir, "key.json"),
      HOLDFAST_RELAYER_PASSWORD_FILE: join(dir, "password"),
    };
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it("reads what is set and fills in the rest", () => {
    expect(readConfig(env)).deep.equal({
      dataDir: "data",
      host: "127.0.0.1",
      port: 8787,
      rpcUrls: ["https://one.example/key", "wss://two.example"],
      chainId: 31337,
      contracts: { escrow: address("a"), panel: address("b"), registry: address("c"), fromBlock: 3 },
      keystore: { path: join(dir, "key.json"), password: "correct horse" },
      finality: "tags",
      pollMs: 2_000,
      batchSeconds: 30,
      anchorWithin: 900,
      tsaUrls: [],
      checkHours: 24,
      repairGateways: [],
      filers: ["parties"],
      logLevel: "info",
      database: { dataDir: join("data", "database") },
      kuboRpcUrl: undefined,
    });
    expect(readConfig({ ...env, HOLDFAST_CONFIRMATIONS: "2" }).finality).deep.equal({ safe: 2, final: 2 });
  });

  it("takes a PostgreSQL database by host, or by the directory of a Unix socket", () => {
    for (const url of [
      "postgres://relayer@db/holdfast",
      "postgres:///holdfast?host=/var/run/postgresql",
      "postgresql://relayer@/holdfast?host=%2Fvar%2Frun%2Fpostgresql",
      "postgresql://relayer@%2Fvar%2Frun%2Fpostgresql/holdfast",
    ]) {
      expect(readConfig({ ...env, DATABASE_URL: url }).database).deep.equal({ url });
    }
    for (const url of ["", "holdfast", "postgres:holdfast", "postgres://[secret/holdfast"]) {
      expect(() => readConfig({ ...env, DATABASE_URL: url }), url)
        .throw(ProtocolError)
        .deep.include({ code: "config-invalid", details: { variable: "DATABASE_URL" } });
    }
  });

  it("takes time-stamping authorities by http or https, each once, and without passwords", () => {
    const urlsOf = (text: string) => readConfig({ ...env, HOLDFAST_TSA_URLS: text }).tsaUrls;
    expect(urlsOf("")).deep.equal([]);
    expect(urlsOf("http://one.example/tsr, https://two.example,http://one.example/tsr,")).deep.equal([
      "http://one.example/tsr",
      "https://two.example",
    ]);
    for (const text of ["tsa.example", "ftp://tsa.example", "https://me:word@tsa.example", "https://me@tsa.example/"]) {
      expect(() => urlsOf(text), text)
        .throw(ProtocolError)
        .deep.include({ code: "config-invalid", details: { variable: "HOLDFAST_TSA_URLS" } });
    }
  });

  it("takes who may file: the parties, anyone, or a list with addresses, whose checksum is right if they have one", () => {
    const filersOf = (text: string) => readConfig({ ...env, HOLDFAST_FILERS: text }).filers;
    const account = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    expect(filersOf("parties")).deep.equal(["parties"]);
    expect(filersOf("anyone")).equal("anyone");
    expect(filersOf(` parties, ${account},${address("a")}`)).deep.equal([
      "parties",
      account.toLowerCase(),
      address("a"),
    ]);
    expect(filersOf(account)).deep.equal([account.toLowerCase()]);
    for (const text of [
      "",
      "everyone",
      "parties,",
      "parties,anyone",
      "Parties",
      "0x12",
      account.replace("5aA", "5aa"),
    ]) {
      expect(() => filersOf(text), text)
        .throw(ProtocolError)
        .deep.include({
          code: "config-invalid",
          details: { variable: "HOLDFAST_FILERS", problem: "filers-malformed" },
        });
    }
  });

  it("refuses to gather batches for so long that promises cannot be kept", () => {
    const withTimes = (batch: string, within: string) =>
      readConfig({ ...env, HOLDFAST_BATCH_SECONDS: batch, HOLDFAST_ANCHOR_WITHIN: within });
    expect(withTimes("780", "900").batchSeconds).equal(780);
    for (const [batch, within] of [
      ["781", "900"],
      ["0", "60"],
    ] as const) {
      expect(() => withTimes(batch, within))
        .throw(ProtocolError)
        .deep.include({ code: "config-invalid", details: { variable: "HOLDFAST_BATCH_SECONDS" } });
    }
  });

  it("names the variable that is wrong and never its value", () => {
    const wrong: Record<string, string> = {
      HOLDFAST_RPC_URL: "ftp://secret",
      HOLDFAST_PORT: "70000secret",
      HOLDFAST_TSA_URLS: "https://tsa.example,ldap://secret",
      HOLDFAST_CONFIRMATIONS: "secret",
      HOLDFAST_DEPLOYMENT: join(dir, "password"),
      HOLDFAST_RELAYER_PASSWORD_FILE: join(dir, "secret"),
      DATABASE_URL: "mysql://secret",
    };
    for (const [variable, value] of Object.entries(wrong)) {
      try {
        readConfig({ ...env, [variable]: value });
        expect.fail(`${variable} was accepted`);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        expect([error.code, error.details]).deep.equal(["config-invalid", { variable }]);
        expect(error.message).not.contain("secret");
      }
    }
  });
});
