import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, zeroAddress } from "viem";
import { dealFileText } from "../../src/cli/dealFile.ts";
import { statusNumber } from "../../src/core/deal/dealTable.ts";
import { CHAIN_ID } from "../fixtures/anvil.ts";
import { runCli } from "../fixtures/cli.ts";
import { actors } from "../fixtures/deployment.ts";
import { type Service, startService } from "../fixtures/service.ts";

const FEE = "25000";
const PRICE = 1_000_000n;

describe("holdfast deal credits", () => {
  let dir: string;
  let service: Service;
  let token: Hex;
  const owner = actors.marketplace.address.toLowerCase() as Hex;
  const credits = (...args: string[]) => runCli(["deal", "credits", ...args], { cwd: dir });
  const done = async (...args: string[]) => {
    const run = await credits(...args, "--json");
    expect(run.exitCode, run.stdout + run.stderr).equal(0);
    return run.json();
  };
  const refusal = async (...args: string[]) => {
    const run = await credits(...args, "--json");
    return { exitCode: run.exitCode, ...(run.json().error as { code: string }) };
  };

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-credits-"));
    service = await startService();
    const { deployment } = service;
    token = deployment.stablecoin;
    await deployment.giveStablecoin(actors.buyer, PRICE);
    const deal = await deployment.funded({ feeBps: 250, token });
    await deployment.act(actors.buyer, "confirm", { args: [deal.packed, PRICE, statusNumber("funded"), "0x"] });
    await service.indexed();
    const file = { id: deal.dealId, domain: deployment.domain, terms: deal.terms, unit: null, panel: null };
    await writeFile(join(dir, "deal.json"), dealFileText({ ...file, order: null, sellerSignature: null }));
  });
  after(async () => {
    await service.stop();
    await rm(dir, { recursive: true });
  });

  it("reads the credits of everybody in a deal from the chain, in the token's own unit", async () => {
    const { terms } = await service.client.readDeal((await service.client.listDeals()).deals[0]!.id);
    expect(await done("deal.json", "--rpc", service.anvil.url)).deep.equal({
      token,
      unit: { symbol: "TUSD", decimals: 6 },
      credits: [
        { role: "buyer", owner: terms.buyer, amount: "0" },
        { role: "seller", owner: terms.seller, amount: "0" },
        { role: "marketplace", owner, amount: FEE },
      ],
    });
    const { stdout } = await credits("deal.json", "--rpc", service.anvil.url);
    expect(stdout).match(new RegExp(`marketplace ${owner} +0\\.025 TUSD`));
  });

  it("reads one account's from a relayer, in minor units unless the decimals are named", async () => {
    const one = [owner, "--token", token, "--url", service.url];
    expect(await done(...one)).deep.equal({ token, unit: null, credits: [{ owner, amount: FEE }] });
    expect((await credits(...one)).stdout).match(/25,000 minor units/);
    expect((await credits(...one, "--decimals", "6")).stdout).match(/0\.025 units of the token/);
    const native = await done(owner, "--url", service.url);
    expect(native).deep.include({ token: zeroAddress, unit: { symbol: "ETH", decimals: 18 } });
  });

  it("reads one account's from the chain of the escrow that is named, and asks for it where none is", async () => {
    const one = [owner, "--token", token, "--rpc", service.anvil.url];
    const place = ["--chain-id", String(CHAIN_ID), "--escrow", service.deployment.domain.escrow];
    expect((await done(...one, ...place)).credits).deep.equal([{ owner, amount: FEE }]);
    for (const args of [one, [...one, "--url", service.url], [owner], [...one, ...place, "--decimals", "x"]]) {
      expect(await refusal(...args)).include({ exitCode: 64, code: "usage-invalid" });
    }
    expect(await refusal("gone.json", "--url", service.url)).include({ exitCode: 66, code: "file-missing" });
  });
});
