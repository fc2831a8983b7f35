import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { textsIn } from "../../src/core/text/texts.ts";
import { createDatabase } from "../../src/db/database.ts";
import { CHAIN_ID } from "../fixtures/anvil.ts";
import { runCli } from "../fixtures/cli.ts";
import { type Service, startService } from "../fixtures/service.ts";

describe("holdfast relayer reindex", () => {
  let dir: string;
  let service: Service;
  let env: Readonly<Record<string, string>>;
  const reindex = (...args: string[]) => runCli(["relayer", "reindex", ...args, "--json"], { env });

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "holdfast-reindex-"));
    service = await startService();
    const { escrow, panel, registry, fromBlock } = service.deployment.contracts;
    const deployment = { chainId: CHAIN_ID, escrow, panelTribunal: panel, evidenceRegistry: registry };
    await writeFile(join(dir, "deployment.json"), JSON.stringify({ ...deployment, deployBlock: fromBlock }));
    await writeFile(join(dir, "password.txt"), "correct horse");
    env = {
      HOLDFAST_DATA: service.root,
      HOLDFAST_RPC_URL: service.anvil.url,
      HOLDFAST_DEPLOYMENT: join(dir, "deployment.json"),
      HOLDFAST_RELAYER_KEYSTORE: join(dir, "relayer.json"),
      HOLDFAST_RELAYER_PASSWORD_FILE: join(dir, "password.txt"),
      HOLDFAST_CONFIRMATIONS: "0",
      HOLDFAST_LOG_LEVEL: "silent",
    };
  });
  after(async () => {
    await service.stop();
    await rm(dir, { recursive: true });
  });

  it("refuses while a relayer runs, and mends the database once it is stopped", async () => {
    const { dealId } = await service.deployment.funded();
    await service.indexed();
    const busy = await reindex("--from", "0");
    expect(busy.exitCode).equal(75);
    expect(busy.json().error).include({ code: "data-dir-locked" });
    await service.holdfast.stop();

    const damaged = await createDatabase({ dataDir: join(service.root, "database") });
    await damaged.db.deleteFrom("events").execute();
    await damaged.db.deleteFrom("projections").execute();
    await damaged.close();
    const run = await reindex("--from", "0");
    expect(run.exitCode, run.stdout + run.stderr).equal(0);
    const to = Number(await service.deployment.client.getBlockNumber());
    expect(run.json()).deep.equal({ from: service.deployment.contracts.fromBlock, to });
    expect(run.stderr).include(textsIn("en").command.relayerReindex.wholeUpTo(to));

    const mended = await createDatabase({ dataDir: join(service.root, "database") });
    const rows = await mended.db.selectFrom("projections").select(["kind", "key", "status"]).execute();
    await mended.close();
    expect(rows).deep.equal([{ kind: "deal", key: dealId, status: "funded" }]);
  });

  it("needs the number of a block", async () => {
    for (const args of [[], ["--from", "-1"], ["--from", "latest"]]) {
      const run = await reindex(...args);
      expect(run.exitCode).equal(64);
      expect(run.json().error).include({ code: "usage-invalid" });
    }
  });
});
