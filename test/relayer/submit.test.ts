import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import type { Hex } from "viem";
import { readNonce } from "../../src/chain/transactions.ts";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { readBatch, saveAnchorProof, saveBatch } from "../../src/db/evidence.ts";
import { enqueue, reopen } from "../../src/db/queue.ts";
import type { Step } from "../../src/relayer/sender.ts";
import { submitOnce } from "../../src/relayer/submit.ts";
import { createTracker } from "../../src/relayer/track.ts";
import { type Anvil, COUNTER_CODE, REFUSER_CODE, startAnvil } from "../fixtures/anvil.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";
import { COUNTER, countOf, createSender, enqueueCount, REFUSER, RELAYER, until, wordOf } from "../fixtures/sender.ts";

const ROOT: Hex = `0x${"33".repeat(32)}`;

const setBalance = (anvil: Anvil, wei: bigint) =>
  anvil.ask("anvil_setBalance", [RELAYER.address, `0x${wei.toString(16)}`]);

for (const engine of engines) {
  describe(`submitting and tracking on ${engine}`, { skip: engineMissing(engine) }, () => {
    let databases: Databases;
    let anvil: Anvil;
    let database: Database;
    before(async () => {
      databases = await startDatabases(engine);
    });
    after(() => databases.stop());
    beforeEach(async () => {
      anvil = await startAnvil();
      await anvil.ask("anvil_setCode", [COUNTER, COUNTER_CODE]);
      await anvil.ask("anvil_setCode", [REFUSER, REFUSER_CODE]);
      database = await createDatabase(await databases.create());
    });
    afterEach(async () => {
      await database.close();
      await anvil.stop();
    });

    const rowOf = (naturalKey: string) =>
      database.db.selectFrom("outbox").selectAll().where("naturalKey", "=", naturalKey).executeTakeFirstOrThrow();
    const saveBatchOf = (outboxId: number) =>
      database.db.transaction().execute((tx) => saveBatch(tx, { root: ROOT, size: 1, outboxId, placements: [] }));
    const proofOf = async () => {
      const { txHash, blockHash } = await rowOf("count:1");
      return { transactionHash: txHash!, blockHash: blockHash! };
    };
    const countOpen = async () => {
      const open = await database.db
        .selectFrom("outbox")
        .select("id")
        .where("state", "not in", ["final", "reverted", "rejected"])
        .execute();
      return open.length;
    };

    it("runs each row once, in order, and settles it", async () => {
      const sender = createSender(database, [anvil.url]);
      for (let i = 0; i < 40; i++) await enqueueCount(database, i);
      expect(await enqueueCount(database, 7)).deep.equal({ id: 8, isNew: false });
      const { trackOnce } = createTracker(sender);
      await until(
        async () => (await countOpen()) === 0,
        async () => {
          await submitOnce(sender);
          await trackOnce();
        },
      );
      for (let i = 0; i < 40; i++) expect(await countOf(anvil, i)).equal(1);
      const row = await rowOf("count:39");
      expect([row.state, row.succeeded, row.code]).deep.equal(["final", true, null]);
      expect(await readNonce(sender.chain, RELAYER.address)).equal(40);
    });

    it("refuses a call that would revert, names the error, and uses no nonce", async () => {
      const sender = createSender(database, [anvil.url]);
      const { id } = await enqueue(database.db, {
        naturalKey: "bad",
        kind: "tx",
        payload: { to: REFUSER, data: "0x" },
      });
      await submitOnce(sender);
      const row = await rowOf("bad");
      expect([row.state, row.code, row.detail]).deep.equal([
        "rejected",
        "call-reverted",
        { error: "Refused", number: "7" },
      ]);
      expect(await database.db.selectFrom("nonces").selectAll().execute()).deep.equal([]);

      await anvil.ask("anvil_setCode", [REFUSER, COUNTER_CODE]);
      await reopen(database.db, id, { to: REFUSER, data: "0x" });
      await submitOnce(sender);
      expect((await rowOf("bad")).state).equal("broadcast");
    });

    it("keeps rows with one order key in order", async () => {
      await anvil.ask("evm_setAutomine", [false]);
      const sender = createSender(database, [anvil.url]);
      for (const i of [0, 1]) {
        const payload = { to: COUNTER, data: wordOf(i) };
        await enqueue(database.db, { naturalKey: `count:${i}`, kind: "tx", payload, orderKey: "deal" });
      }
      expect(await submitOnce(sender)).equal(1);
      expect(await submitOnce(sender)).equal(0);
      await anvil.ask("evm_mine");
      await createTracker(sender).trackOnce();
      expect(await submitOnce(sender)).equal(1);
    });

    it("waits for money and fails nothing", async () => {
      const sender = createSender(database, [anvil.url]);
      await setBalance(anvil, 1n);
      await enqueueCount(database, 1);
      await submitOnce(sender);
      const waiting = await rowOf("count:1");
      expect([waiting.state, waiting.code]).deep.equal(["queued", "relayer-balance-low"]);

      await setBalance(anvil, 10n ** 18n);
      await until(
        async () => (await countOf(anvil, 1)) === 1,
        () => submitOnce(sender),
      );
    });

    it("replaces what is priced too low, and either transaction counts once", async () => {
      await anvil.ask("evm_setAutomine", [false]);
      const sender = createSender(database, [anvil.url], { settings: { replaceAfter: 0 } });
      await enqueueCount(database, 1);
      await submitOnce(sender);
      await anvil.ask("anvil_setNextBlockBaseFeePerGas", ["0x4a817c800"]);
      await anvil.ask("evm_mine");
      expect(await countOf(anvil, 1)).equal(0);

      const { trackOnce } = createTracker(sender);
      await until(
        async () => (await countOpen()) === 0,
        async () => {
          await trackOnce();
          await anvil.ask("evm_mine");
        },
      );
      expect(await countOf(anvil, 1)).equal(1);
      const attempts = await database.db.selectFrom("attempts").selectAll().orderBy("id").execute();
      expect(attempts.length).greaterThan(1);
      expect(new Set(attempts.map(({ nonce }) => nonce)).size).equal(1);
      for (const [i, { maxFee, maxPriorityFee }] of attempts.slice(1).entries()) {
        expect(BigInt(maxFee) >= (BigInt(attempts[i]!.maxFee) * 9n) / 8n).equal(true);
        expect(BigInt(maxPriorityFee) >= (BigInt(attempts[i]!.maxPriorityFee) * 9n) / 8n).equal(true);
      }
    });

    it("lands once when it dies between saving and sending a replacement", async () => {
      await anvil.ask("evm_setAutomine", [false]);
      const sender = createSender(database, [anvil.url], { settings: { replaceAfter: 0 } });
      await enqueueCount(database, 1);
      await submitOnce(sender);
      await anvil.ask("anvil_dropAllTransactions");
      const dying = {
        ...sender,
        onStep: (step: Step) => {
          if (step === "replacement-signed") throw new Error("dies here");
        },
      };
      expect(
        await createTracker(dying)
          .trackOnce()
          .catch((error: Error) => error.message),
      ).equal("dies here");
      const survivor = createSender(database, [anvil.url], { settings: { replaceAfter: 3600 } });
      const { trackOnce } = createTracker(survivor);
      await until(
        async () => (await countOpen()) === 0,
        async () => {
          await trackOnce();
          await anvil.ask("evm_mine");
        },
      );
      expect(await countOf(anvil, 1)).equal(1);
      expect(await database.db.selectFrom("attempts").selectAll().execute()).length(2);
    });

    it("uses up the nonce of a stuck call that would revert by now", async () => {
      await anvil.ask("evm_setAutomine", [false]);
      const sender = createSender(database, [anvil.url], { settings: { replaceAfter: 0 } });
      await enqueueCount(database, 1);
      await submitOnce(sender);
      await anvil.ask("anvil_setCode", [COUNTER, REFUSER_CODE]);
      const { trackOnce } = createTracker(sender);
      await trackOnce();
      await anvil.ask("evm_mine");
      await trackOnce();
      const row = await rowOf("count:1");
      expect([row.state, row.succeeded, row.code]).deep.equal(["rejected", false, "call-reverted"]);
      expect(row.detail).deep.equal({ error: "Refused", number: "7" });
      expect(await readNonce(sender.chain, RELAYER.address)).equal(1);
    });

    it("follows a reorganisation and sends the same bytes again", async () => {
      const sender = { ...createSender(database, [anvil.url]), finality: { safe: 2, final: 5 } };
      await enqueueCount(database, 1);
      await submitOnce(sender);
      const { trackOnce } = createTracker(sender);
      await until(async () => (await rowOf("count:1")).state === "mined", trackOnce);
      const mined = await rowOf("count:1");

      await anvil.ask("anvil_mine", ["0x1"]);
      await anvil.ask("anvil_reorg", [2, []]);
      expect(await countOf(anvil, 1)).equal(0);
      await trackOnce();
      await until(
        async () => (await rowOf("count:1")).state === "final",
        async () => {
          await anvil.ask("evm_mine");
          await trackOnce();
        },
      );
      const row = await rowOf("count:1");
      expect(await countOf(anvil, 1)).equal(1);
      expect(row.txHash).equal(mined.txHash);
      expect(row.blockHash).not.equal(mined.blockHash);
    });

    it("recovers when the chain goes back behind a settled transaction", async () => {
      const sender = createSender(database, [anvil.url]);
      const snapshot = await anvil.ask<Hex>("evm_snapshot");
      await enqueueCount(database, 1);
      await submitOnce(sender);
      const { trackOnce } = createTracker(sender);
      await until(async () => (await rowOf("count:1")).state === "final", trackOnce);

      await anvil.ask("evm_revert", [snapshot]);
      await until(
        async () => (await countOf(anvil, 1)) === 1 && (await countOpen()) === 0,
        () => trackOnce(),
      );
    });

    it("collects an anchor's proof again when the chain goes back behind its block", async () => {
      const sender = createSender(database, [anvil.url]);
      const snapshot = await anvil.ask<Hex>("evm_snapshot");
      const { id } = await enqueueCount(database, 1);
      await submitOnce(sender);
      const { trackOnce } = createTracker(sender);
      const isFinal = async () => (await rowOf("count:1")).state === "final";
      await until(isFinal, trackOnce);
      await saveBatchOf(id);
      const first = await proofOf();
      expect(await saveAnchorProof(database.db, ROOT, first)).equal(true);

      await anvil.ask("evm_revert", [snapshot]);
      await anvil.ask("evm_increaseTime", [77]);
      await until(async () => (await readBatch(database.db, ROOT))?.anchor === null, trackOnce);
      await until(isFinal, trackOnce);
      expect(await saveAnchorProof(database.db, ROOT, first)).equal(false);
      const second = await proofOf();
      expect(second.blockHash).not.equal(first.blockHash);
      expect(await saveAnchorProof(database.db, ROOT, second)).equal(true);
    });

    it("follows young rows, however many wait for their block to settle", async () => {
      const sender = { ...createSender(database, [anvil.url]), finality: { safe: 100_000, final: 100_000 } };
      for (let i = 0; i < 520; i++) await enqueueCount(database, i);
      const { trackOnce } = createTracker(sender);
      const countMined = async () =>
        (await database.db.selectFrom("outbox").select("id").where("state", "=", "mined").execute()).length;
      await until(
        async () => (await countMined()) === 520,
        async () => {
          await submitOnce(sender);
          await trackOnce();
        },
      );

      await anvil.ask("evm_setAutomine", [false]);
      await enqueueCount(database, 520);
      await submitOnce(sender);
      await anvil.ask("anvil_dropAllTransactions");
      await anvil.ask("evm_setAutomine", [true]);
      await until(async () => (await countOf(anvil, 520)) === 1, trackOnce);
    });

    it("ends a call that the machine stops, and lets what waits behind it go", async () => {
      const sender = createSender(database, [anvil.url]);
      await anvil.ask("anvil_setCode", [REFUSER, "0xfe"]);
      const queue = (naturalKey: string, to: Hex) =>
        enqueue(database.db, { naturalKey, kind: "tx", payload: { to, data: wordOf(1) }, orderKey: "deal" });
      await queue("poison", REFUSER);
      await queue("behind", COUNTER);
      await submitOnce(sender);
      const row = await rowOf("poison");
      expect([row.state, row.code, row.detail]).deep.equal(["rejected", "call-reverted", { error: "InvalidOpcode" }]);
      await submitOnce(sender);
      expect((await rowOf("behind")).state).equal("broadcast");
    });

    it("goes on with every row when one cannot be followed", async () => {
      await anvil.ask("evm_setAutomine", [false]);
      const sender = createSender(database, [anvil.url, "http://127.0.0.1:1"], { settings: { resendAfter: 0 } });
      for (const i of [1, 2]) await enqueueCount(database, i);
      await submitOnce(sender);
      await anvil.ask("anvil_dropAllTransactions");
      await anvil.ask("eth_sendTransaction", [{ from: RELAYER.address, to: RELAYER.address, nonce: "0x0" }]);
      await anvil.ask("evm_mine");
      await anvil.ask("evm_setAutomine", [true]);
      const { trackOnce } = createTracker(sender);
      await until(async () => (await rowOf("count:2")).state === "final", trackOnce);
      expect((await rowOf("count:1")).state).equal("broadcast");
    });

    it("takes a new nonce when a stranger with the key used the old one", async () => {
      await anvil.ask("evm_setAutomine", [false]);
      const sender = createSender(database, [anvil.url], { settings: { resendAfter: 3600 } });
      await enqueueCount(database, 1);
      await submitOnce(sender);
      await anvil.ask("anvil_dropAllTransactions");
      await anvil.ask("eth_sendTransaction", [{ from: RELAYER.address, to: RELAYER.address, nonce: "0x0" }]);
      await anvil.ask("evm_mine");
      const { trackOnce } = createTracker(sender);
      await until(
        async () => (await countOpen()) === 0,
        async () => {
          await trackOnce();
          await submitOnce(sender);
          await anvil.ask("evm_mine");
        },
      );
      expect(await countOf(anvil, 1)).equal(1);
      const nonces = await database.db.selectFrom("nonces").select("nonce").orderBy("nonce").execute();
      expect(nonces.map(({ nonce }) => nonce)).deep.equal([0, 1]);
    });
  });
}
