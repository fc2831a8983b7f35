import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { MIN_WINDOW } from "../../src/core/deal/terms.ts";
import { startIdleBlocks } from "../../src/devnet/idleBlocks.ts";
import { silentLog } from "../../src/relayer/log.ts";
import { type Service, startService } from "../fixtures/service.ts";

describe("startIdleBlocks", () => {
  let service: Service;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  it("lets a deal expire while nobody sends anything, with one block more than the refund's own", async () => {
    const { deployment, holdfast, anvil, client } = service;
    const { timestamp } = await deployment.client.getBlock();
    const fundBy = Number(timestamp) + 30;
    const shipBy = fundBy + MIN_WINDOW;
    const { dealId } = await deployment.funded({ fundBy, shipBy });
    await service.indexed();
    expect(await holdfast.relayer.nextDeadline()).equal(shipBy);
    const height = await deployment.client.getBlockNumber();
    const ending = new AbortController();
    const { relayer } = holdfast;
    const idle = startIdleBlocks({ rpcUrl: anvil.url, relayer, signal: ending.signal, log: silentLog });

    await anvil.ask("anvil_setTime", [shipBy]);
    const { outcome } = await client.waitForDeal(dealId, "closed", { signal: AbortSignal.timeout(60_000) });
    expect(outcome?.by).equal("expire");
    expect(await relayer.nextDeadline()).equal(null);

    ending.abort();
    await idle.done;
    expect(await deployment.client.getBlockNumber()).equal(height + 2n);
  });
});
