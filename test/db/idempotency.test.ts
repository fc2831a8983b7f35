import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import { keccak256 } from "viem";
import { createDatabase, type Database } from "../../src/db/database.ts";
import { claimKey, releaseKey, saveAnswer } from "../../src/db/idempotency.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";
import { rejection } from "../fixtures/rejection.ts";

const request = { scope: "POST /v1/intents", key: "k", bodyHash: keccak256("0x01") } as const;
const other = { ...request, bodyHash: keccak256("0x02") } as const;
const answer = { status: 202, response: { a: 1 } } as const;

for (const engine of engines) {
  describe(`idempotency keys on ${engine}`, { skip: engineMissing(engine) }, () => {
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

    it("gives the first answer to the same body and none to another", async () => {
      expect(await claimKey(database.db, request)).equal(undefined);
      await rejection(claimKey(database.db, other), "idempotency-mismatch");
      await saveAnswer(database.db, request, answer);
      expect(await claimKey(database.db, request)).deep.equal(answer);
      await rejection(claimKey(database.db, other), "idempotency-mismatch");
    });

    it("leaves the key of a refused request to a corrected one", async () => {
      await claimKey(database.db, request);
      await releaseKey(database.db, request);
      expect(await claimKey(database.db, other)).equal(undefined);
    });

    it("keeps the key while one of two equal requests runs, and for its answer", async () => {
      await Promise.all([claimKey(database.db, request), claimKey(database.db, request)]);
      await releaseKey(database.db, request);
      await rejection(claimKey(database.db, other), "idempotency-mismatch");
      await saveAnswer(database.db, request, answer);
      await rejection(claimKey(database.db, other), "idempotency-mismatch");
      expect(await claimKey(database.db, request)).deep.equal(answer);
    });

    it("keeps an answer when an equal request is refused after it", async () => {
      await Promise.all([claimKey(database.db, request), claimKey(database.db, request)]);
      await saveAnswer(database.db, request, answer);
      await releaseKey(database.db, request);
      expect(await claimKey(database.db, request)).deep.equal(answer);
    });
  });
}
