import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import { sql } from "kysely";
import { keccak256 } from "viem";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { dropLeases, takeLease } from "../../src/db/leases.ts";
import { claim, enqueue, postpone, readOutboxAge } from "../../src/db/queue.ts";
import { assign, markSent, readPending, replaceAttempt, type SignedAttempt } from "../../src/db/transactions.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";

const SIGNER = "0x00000000000000000000000000000000000000aa";
const stream = { signer: SIGNER, chainId: 1, chainNonce: 5 } as const;
const options = { kinds: ["tx"], limit: 10, leaseSeconds: 60 } as const;

const attemptOf = (seed: string): SignedAttempt => ({
  hash: keccak256(new TextEncoder().encode(seed)),
  raw: "0x01",
  gas: 21_000n,
  maxFee: 2n,
  maxPriorityFee: 1n,
  purpose: "call",
});

for (const engine of engines) {
  describe(`the outbox on ${engine}`, { skip: engineMissing(engine) }, () => {
    let databases: Databases;
    let database: Database;
    before(async () => {
      databases = await startDatabases(engine);
    });
    after(() => databases.stop());
    beforeEach(async () => {
      database = await createDatabase(await databases.create());
    });
    afterEach(() => database.close());

    const add = (key: string, orderKey?: string) =>
      enqueue(database.db, {
        naturalKey: key,
        kind: "tx",
        payload: { to: SIGNER, data: "0x" },
        ...(orderKey === undefined ? {} : { orderKey }),
      });
    const claimIds = async (owner: string, leaseSeconds = 60) =>
      (await claim(database.db, owner, { ...options, leaseSeconds })).map(({ id }) => id);
    const assignAll = (owner: string, rowIds: readonly number[]) =>
      assign(database.db, stream, {
        owner,
        rowIds,
        sign: async (id, nonce) => attemptOf(`${owner}:${id}:${nonce}`),
      });

    it("adds a row once, also when it comes twice at the same time", async () => {
      const added = await Promise.all([add("a"), add("a"), add("b")]);
      expect(new Set(added.map(({ id }) => id)).size).equal(2);
      expect(added.filter(({ isNew }) => isNew)).length(2);
    });

    it("gives each row to one of several claimers", async () => {
      for (let i = 0; i < 20; i++) await add(`row ${i}`);
      const claimed = (await Promise.all(["one", "two", "three"].map((owner) => claimIds(owner)))).flat();
      expect(claimed.toSorted((a, b) => a - b)).deep.equal(Array.from({ length: 20 }, (_, i) => i + 1));
    });

    it("gives a row out again when its lease is over, and not to who comes back too late", async () => {
      await add("a");
      const late = await claimIds("late", 0);
      expect(await claimIds("next")).deep.equal(late);
      expect(await assignAll("late", late)).deep.equal([]);
      expect(await assignAll("next", late)).length(1);
      expect(await claimIds("third")).deep.equal([]);
    });

    it("holds back a postponed row and those behind it in the same order", async () => {
      const { id } = await add("a", "deal");
      await add("b", "deal");
      await add("c", "other");
      expect(await claimIds("one")).deep.equal([1, 3]);
      await postpone(database.db, id, { code: "rpc-unreachable", seconds: 60 });
      expect(await claimIds("one")).deep.equal([]);
      expect(await readOutboxAge(database.db)).greaterThan(0);
    });

    it("hands out nonces without a gap or a repetition, from the chain's count on", async () => {
      for (let i = 0; i < 12; i++) await add(`row ${i}`);
      const claims = [await claimIds("one"), await claimIds("two")];
      expect(claims.map((ids) => ids.length)).deep.equal([10, 2]);
      const attempts = await Promise.all([assignAll("one", claims[0]!), assignAll("two", claims[1]!)]);
      const nonces = attempts.flat().map(({ nonce }) => nonce);
      expect(nonces.toSorted((a, b) => a - b)).deep.equal(Array.from({ length: 12 }, (_, i) => 5 + i));
    });

    it("rolls nonce, attempt and state back together", async () => {
      await add("a");
      const ids = await claimIds("one");
      const broken = assign(database.db, stream, {
        owner: "one",
        rowIds: ids,
        sign: async () => attemptOf("x"),
        beforeCommit: () => {
          throw new Error("dies here");
        },
      });
      expect(await broken.catch((error: Error) => error.message)).equal("dies here");
      for (const table of ["signers", "nonces", "attempts"] as const) {
        expect(await database.db.selectFrom(table).selectAll().execute()).deep.equal([]);
      }
      expect(await assignAll("one", ids)).length(1);
    });

    it("replaces an attempt once, whoever tries", async () => {
      await add("a");
      const [first] = await assignAll("one", await claimIds("one"));
      await markSent(database.db, [first!]);
      const tries = await Promise.all(
        ["x", "y"].map((seed) => replaceAttempt(database.db, first!, async () => attemptOf(seed))),
      );
      expect(tries.filter((attempt) => attempt !== undefined)).length(1);
      const [pending] = await readPending(database.db, 10);
      expect(pending!.attempts.map(({ nonce }) => nonce)).deep.equal([5, 5]);
      expect(pending!.row.state).equal("broadcast");
    });

    it("gives out rows and leases that a clock which was put back left in the future", async () => {
      const { id } = await add("a");
      await claimIds("one", 3_600);
      await postpone(database.db, id, { code: "rpc-unreachable", seconds: 3_600 });
      await add("b");
      await claimIds("one", 3_600);
      expect(await claimIds("two")).deep.equal([]);
      const later = sql<Date>`clock_timestamp() + interval '1 hour'`;
      await database.db.updateTable("outbox").set({ updatedAt: later }).execute();
      expect(await claimIds("two")).deep.equal([1, 2]);

      await takeLease(database.db, "index", { owner: "one", seconds: 3_600 });
      expect(await takeLease(database.db, "index", { owner: "two", seconds: 60 })).equal(true);
    });

    it("lets one owner at a time hold a lease", async () => {
      const lease = (owner: string, seconds = 60) => takeLease(database.db, "index", { owner, seconds });
      expect([await lease("one"), await lease("two"), await lease("one", 0)]).deep.equal([true, false, true]);
      expect(await lease("two")).equal(true);
      await dropLeases(database.db, "two");
      expect(await lease("one")).equal(true);
    });
  });
}
