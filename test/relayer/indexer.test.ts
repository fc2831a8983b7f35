import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import type { Hex } from "viem";
import { escrowAbi } from "../../src/abi/escrow.ts";
import { type Chain, createChain } from "../../src/chain/client.ts";
import { dealStatuses, statusNumber } from "../../src/core/deal/dealTable.ts";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { readDeal, saveDeal } from "../../src/db/deals.ts";
import { readCursor } from "../../src/db/events.ts";
import { readProjection } from "../../src/db/projections.ts";
import { rebuildProjections } from "../../src/relayer/applyRange.ts";
import { createIndexer, type Indexer } from "../../src/relayer/indexer.ts";
import { silentLog } from "../../src/relayer/log.ts";
import { bondKey } from "../../src/relayer/project/bond.ts";
import { type Anvil, CHAIN_ID, startAnvil } from "../fixtures/anvil.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";
import { actors, DAY, type Deployment, deploy } from "../fixtures/deployment.ts";

const NATIVE = "0x0000000000000000000000000000000000000000";
const digest: Hex = `0x${"11".repeat(32)}`;

for (const engine of engines) {
  describe(`the indexer on ${engine}`, { skip: engineMissing(engine) }, () => {
    let databases: Databases;
    let anvil: Anvil;
    let deployment: Deployment;
    let database: Database;
    let chain: Chain;
    let indexer: Indexer;
    before(async () => {
      databases = await startDatabases(engine);
    });
    after(() => databases.stop());
    beforeEach(async () => {
      anvil = await startAnvil();
      deployment = await deploy(anvil);
      database = await createDatabase(await databases.create());
      chain = createChain({ rpcUrls: [anvil.url], chainId: CHAIN_ID });
      indexer = newIndexer();
    });
    afterEach(async () => {
      await database.close();
      await anvil.stop();
    });

    const newIndexer = (to = database) =>
      createIndexer({
        database: to,
        chain,
        contracts: deployment.contracts,
        finality: { safe: 0, final: 0 },
        log: silentLog,
      });
    const catchUp = async (one = indexer) => {
      while (await one.indexOnce());
    };
    const dealOf = async (dealId: Hex) => (await readProjection(database.db, "deal", dealId))?.state;
    const bondOf = async () =>
      (await readProjection(database.db, "bond", bondKey(actors.seller.address, NATIVE)))?.state;
    const everything = () => database.db.selectFrom("projections").selectAll().orderBy("kind").orderBy("key").execute();
    const warp = async (seconds: number) => {
      await anvil.ask("evm_increaseTime", [seconds]);
      await anvil.ask("evm_mine");
    };

    /** The projection says what the contract says. */
    const expectAgreement = async (dealId: Hex) => {
      const address = deployment.contracts.escrow;
      const onChain = await deployment.client.readContract({
        address,
        abi: escrowAbi,
        functionName: "dealOf",
        args: [dealId],
      });
      const deal = (await dealOf(dealId))!;
      const status = dealStatuses[onChain.status];
      expect(deal.status).equal(status === "none" ? "closed" : status);
      expect([deal.held, deal.until]).deep.equal([onChain.held, onChain.until]);
      const { disputedFrom, disputedAt } = deal;
      expect([disputedFrom, disputedAt]).deep.equal([dealStatuses[onChain.disputedFrom], onChain.disputedAt]);
      const bond = await deployment.client.readContract({
        address,
        abi: escrowAbi,
        functionName: "bondOf",
        args: [actors.seller.address, NATIVE],
      });
      const projected = (await bondOf()) ?? { balance: 0n, reserved: 0n };
      expect([projected.balance, projected.reserved]).deep.equal([bond.balance, bond.reserved]);
    };

    /** Deals that end in every way that needs no signature, over a bond that some of them reserve. */
    const playDeals = async () => {
      const { act, funded } = deployment;
      const { buyer, seller, attestor } = actors;
      await act(seller, "postBond", { args: [seller.address, NATIVE, 2_000n], value: 2_000n });
      const confirmed = await funded({ feeBps: 250 });
      await act(buyer, "confirm", { args: [confirmed.packed, confirmed.terms.price, statusNumber("funded"), "0x"] });
      const released = await funded({ coverage: 300n });
      await act(seller, "ship", { args: [released.packed, digest, "0x"] });
      await act(attestor, "deliver", { args: [released.packed, digest, "0x"] });
      const disputed = await funded({ coverage: 200n });
      await act(buyer, "dispute", { args: [disputed.packed, buyer.address, digest, "0x"] });
      await act(seller, "ship", { args: [disputed.packed, digest, "0x"] });
      const refunded = await funded();
      const rest = refunded.terms.price - 400n;
      await act(seller, "refund", { args: [refunded.packed, 400n, rest, statusNumber("funded"), "0x"] });
      await act(seller, "refund", { args: [refunded.packed, rest, 0n, statusNumber("funded"), "0x"] });
      const expiring = await funded({
        coverage: 500n,
        price: 2_500n,
        deposit: 500n,
        earnest: true,
        balanceBy: confirmed.terms.fundBy + DAY,
      });
      await act(buyer, "payBalance", { args: [expiring.packed, "0x"], value: 2_000n });
      const givenUp = await funded({ coverage: 100n });
      await act(seller, "dispute", { args: [givenUp.packed, seller.address, digest, "0x"] });
      await act(seller, "ship", { args: [givenUp.packed, digest, "0x"] });
      await act(attestor, "deliver", { args: [givenUp.packed, digest, "0x"] });
      await act(buyer, "confirm", { args: [givenUp.packed, givenUp.terms.price, statusNumber("disputed"), "0x"] });
      const returned = await funded({ coverage: 100n });
      await act(seller, "ship", { args: [returned.packed, digest, "0x"] });
      await act(buyer, "dispute", { args: [returned.packed, buyer.address, digest, "0x"] });
      const whole = [returned.packed, returned.terms.price, 0n, statusNumber("disputed"), "0x"];
      await act(seller, "refund", { args: whole });
      return { confirmed, released, disputed, refunded, expiring, givenUp, returned };
    };

    it("projects each deal, bond and credit as the contract holds them", async () => {
      const deals = await playDeals();
      await catchUp();
      for (const { dealId } of Object.values(deals)) await expectAgreement(dealId);
      const credit = await readProjection(database.db, "credit", bondKey(actors.marketplace.address, NATIVE));
      expect(credit?.state.amount).equal(25_000n);
      expect((await dealOf(deals.released.dealId))?.next?.action).equal("release");
      const { status, disputedFrom, outcome } = (await dealOf(deals.givenUp.dealId))!;
      expect([status, disputedFrom, outcome?.by]).deep.equal(["disputed", "released", "release"]);

      await warp(11 * DAY);
      await deployment.act(actors.deployer, "release", { args: [deals.released.packed] });
      await deployment.act(actors.deployer, "expire", { args: [deals.expiring.packed] });
      await catchUp();
      for (const { dealId } of Object.values(deals)) await expectAgreement(dealId);
      expect((await dealOf(deals.expiring.dealId))?.outcome).include({
        by: "expire",
        toBuyer: 2_500n,
        compensation: 500n,
      });

      await warp(120 * DAY);
      await deployment.act(actors.deployer, "close", { args: [deals.released.packed] });
      await deployment.act(actors.deployer, "lapse", { args: [deals.disputed.packed] });
      await catchUp();
      for (const { dealId } of Object.values(deals)) await expectAgreement(dealId);
      expect((await dealOf(deals.disputed.dealId))?.outcome).include({ by: "expire", toBuyer: 1_000_000n });
      expect((await dealOf(deals.disputed.dealId))?.status).equal("released");
    });

    it("rebuilds the same projections from the events alone", async () => {
      await playDeals();
      await catchUp();
      const before = await everything();
      await database.db.deleteFrom("projections").execute();
      await rebuildProjections(database);
      expect(await everything()).deep.equal(before);
    });

    it("follows a reorganisation of any depth as if the lost blocks had never been", async () => {
      const deals = await playDeals();
      await catchUp();
      const before = await everything();
      const snapshot = await anvil.ask<Hex>("evm_snapshot");
      await anvil.ask("anvil_mine", ["0x50"]);
      await deployment.act(actors.buyer, "confirm", {
        args: [deals.expiring.packed, deals.expiring.terms.price, statusNumber("funded"), "0x"],
      });
      const lost = await deployment.funded({ coverage: 50n });
      await catchUp();
      expect((await dealOf(lost.dealId))?.status).equal("funded");

      // The other branch is longer and holds another deed.
      await anvil.ask("evm_revert", [snapshot]);
      await warp(60);
      await deployment.act(actors.seller, "ship", { args: [deals.expiring.packed, digest, "0x"] });
      await anvil.ask("anvil_mine", ["0x64"]);
      await catchUp();
      expect(await dealOf(lost.dealId)).equal(undefined);
      expect((await dealOf(deals.expiring.dealId))?.status).equal("shipped");
      for (const { dealId } of Object.values(deals)) await expectAgreement(dealId);
      const followed = await everything();
      expect(followed.length).equal(before.length);

      const fresh = await createDatabase(await databases.create());
      await catchUp(newIndexer(fresh));
      const indexedAnew = await fresh.db.selectFrom("projections").selectAll().orderBy("kind").orderBy("key").execute();
      await fresh.close();
      expect(followed).deep.equal(indexedAnew);
    });

    it("keeps the terms of a deal that nobody registered while the chain has its funding", async () => {
      const snapshot = await anvil.ask<Hex>("evm_snapshot");
      const lost = await deployment.funded();
      const registered = await deployment.funded({ price: 7n });
      await saveDeal(database.db, {
        id: registered.dealId,
        terms: registered.terms,
        order: { number: 1 },
        sellerSignature: null,
      });
      await catchUp();
      expect((await readDeal(database.db, lost.dealId))?.terms).deep.equal(lost.terms);
      expect((await readDeal(database.db, registered.dealId))?.projection?.held).equal(7n);

      await anvil.ask("evm_revert", [snapshot]);
      await warp(60);
      await catchUp();
      expect(await readDeal(database.db, lost.dealId)).equal(undefined);
      const kept = await readDeal(database.db, registered.dealId);
      expect([kept?.terms, kept?.projection]).deep.equal([registered.terms, undefined]);

      await deployment.act(actors.buyer, "fund", { args: [lost.packed, "0x", "0x"], value: lost.terms.deposit });
      await catchUp();
      expect((await readDeal(database.db, lost.dealId))?.projection?.status).equal("funded");
      const rows = await database.db.selectFrom("deals").select(["dealId", "registeredAt"]).execute();
      expect(rows.find(({ dealId }) => dealId === lost.dealId)?.registeredAt).equal(null);
    });

    it("follows a chain that was cut short", async () => {
      await deployment.funded();
      await catchUp();
      const before = await everything();
      const snapshot = await anvil.ask<Hex>("evm_snapshot");
      await deployment.funded();
      await catchUp();
      await anvil.ask("evm_revert", [snapshot]);
      await catchUp();
      expect(await everything()).deep.equal(before);
      expect((await readCursor(database.db))?.number).equal(Number(await deployment.client.getBlockNumber()));
    });

    it("catches up over a long chain in chunks and ends where a close follower ends", async () => {
      await deployment.funded();
      await catchUp();
      for (let i = 0; i < 3; i++) {
        await anvil.ask("anvil_mine", ["0x64"]);
        await deployment.funded();
        await catchUp();
      }
      const fresh = await createDatabase(await databases.create());
      const far = createIndexer({
        database: fresh,
        chain,
        contracts: deployment.contracts,
        finality: "tags",
        log: silentLog,
        chunk: 70,
      });
      await catchUp(far);
      const rows = await fresh.db.selectFrom("projections").selectAll().orderBy("kind").orderBy("key").execute();
      await fresh.close();
      expect(rows).deep.equal(await everything());
    });

    it("lets two indexers share a database without doing anything twice", async () => {
      await playDeals();
      await Promise.all([catchUp(), catchUp(newIndexer()), catchUp(newIndexer())]);
      const { count } = await database.db
        .selectFrom("events")
        .select((eb) => eb.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow();
      const before = await everything();
      await rebuildProjections(database);
      expect(await everything()).deep.equal(before);
      expect(Number(count)).greaterThan(10);
    });
  });
}
