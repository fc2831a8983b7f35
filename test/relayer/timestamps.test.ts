import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { type Hex, hexToBytes, keccak256, numberToHex } from "viem";
import { type TimestampVerdict, verifyTimestamp } from "../../src/core/evidence/timestamp/verifyTimestamp.ts";
import { createDatabase, type Database, type DatabaseOptions } from "../../src/db/database.ts";
import { readTimestamps } from "../../src/db/timestamps.ts";
import { silentLog } from "../../src/relayer/log.ts";
import { RENEW_BEFORE, stampOnce, type TimestampOptions } from "../../src/relayer/timestamps.ts";
import { type Chain, createIssuer, type Issuer, issueChain, opensslMissing } from "../fixtures/authority.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";
import { stampBy, startTsa, type TsaServer } from "../fixtures/tsaServer.ts";

const DAY = 86_400;
const now = Math.floor(Date.now() / 1_000);
const script = join(import.meta.dirname, "../fixtures/killableStamper.ts");

for (const engine of engines) {
  describe(`stampOnce on ${engine}`, { skip: opensslMissing || engineMissing(engine) }, () => {
    let databases: Databases;
    let issuer: Issuer;
    let chain: Chain;
    let other: Chain;
    let options: DatabaseOptions;
    let database: Database;
    let one: TsaServer;
    let two: TsaServer;
    before(async () => {
      databases = await startDatabases(engine);
      issuer = createIssuer();
      chain = issueChain(issuer, "One");
      other = issueChain(issuer, "Two", { key: "rsa" });
    });
    after(() => {
      issuer.remove();
      databases.stop();
    });
    beforeEach(async () => {
      options = await databases.create();
      database = await createDatabase(options);
      one = await startTsa(stampBy(issuer, chain));
      two = await startTsa(stampBy(issuer, other));
    });
    afterEach(async () => {
      await database.close();
      await Promise.all([one.stop(), two.stop()]);
    });

    const seal = async (n: number): Promise<Hex> => {
      const root = keccak256(numberToHex(n));
      await database.db.insertInto("batches").values({ root, size: 1 }).execute();
      return root;
    };
    const stamp = (changes: Partial<TimestampOptions> = {}) =>
      stampOnce({
        database,
        urls: [one.url, two.url],
        log: silentLog,
        now: () => now,
        signal: new AbortController().signal,
        timeoutMs: 5_000,
        retryAfter: 0,
        ...changes,
      });
    const tsasOf = async (root: Hex) => (await readTimestamps(database.db, root)).map(({ tsaUrl }) => tsaUrl);
    const openRows = () =>
      database.db
        .selectFrom("timestampTokens")
        .select(["root", "tsaUrl", "generation", "problem", "tries", "notBefore"])
        .where("token", "is", null)
        .orderBy("tsaUrl")
        .execute();
    const statusOf = async (token: Hex, root: Hex, renews?: Hex): Promise<TimestampVerdict["status"]> => {
      const roots = [chain.root.certificate, other.root.certificate];
      const renewed = renews === undefined ? {} : { renews: hexToBytes(renews) };
      return (await verifyTimestamp(hexToBytes(token), root, { roots, ...renewed })).status;
    };

    it("keeps a token of each authority for each root, before anything is anchored", async () => {
      const roots = [await seal(1), await seal(2)];
      await stamp();
      for (const root of roots) {
        const kept = await readTimestamps(database.db, root);
        expect(kept.map(({ tsaUrl }) => tsaUrl)).deep.equal([one.url, two.url].toSorted());
        for (const { token, time } of kept) {
          expect(await statusOf(token, root)).equal("confirmed");
          expect(time).within(now, now + 600);
        }
      }
      await stamp();
      expect([one.count(), two.count()]).deep.equal([2, 2]);
    });

    it("asks nobody where nobody is named", async () => {
      await seal(1);
      expect(await stamp({ urls: [] })).equal(false);
      expect(await openRows()).deep.equal([]);
    });

    it("says that there is more after a full step, and stamps it all", async () => {
      const roots: Hex[] = [];
      for (let n = 0; n < 18; n++) roots.push(await seal(n));
      expect(await stamp({ urls: [one.url] })).equal(true);
      expect(await stamp({ urls: [one.url] })).equal(false);
      for (const root of roots) expect(await tsasOf(root)).deep.equal([one.url]);
    });

    it("keeps what one authority gives while another is down, and the rest once it is back", async () => {
      const root = await seal(1);
      one.answerBy((_, response) => response.destroy());
      await stamp();
      expect(await tsasOf(root)).deep.equal([two.url]);
      const [row] = await openRows();
      expect(row).deep.include({ tsaUrl: one.url, problem: "tsa-unreachable", tries: 1 });
      one.answerBy(stampBy(issuer, chain));
      await stamp();
      expect(await tsasOf(root)).have.members([one.url, two.url]);
      expect(two.count()).equal(1);
    });

    it("does not let one that says nothing keep another from answering", async () => {
      const root = await seal(1);
      const ending = new AbortController();
      one.answerBy(() => {});
      const step = stamp({ signal: ending.signal }).catch((error: unknown) => error);
      // The embedded database answers without letting anything else happen in between.
      while ((await tsasOf(root)).length === 0) await setImmediate();
      ending.abort(new Error("ends"));
      expect(await step).instanceOf(Error);
      expect(await tsasOf(root)).deep.equal([two.url]);
      expect((await openRows())[0]).deep.include({ tries: 0, problem: null });
    });

    it("waits longer after each failure, with everything that waits for the same authority", async () => {
      await seal(1);
      await seal(2);
      one.answerBy((_, response) => response.writeHead(503).end());
      const urls = [one.url];
      await stamp({ urls, retryAfter: 1_000 });
      const first = await openRows();
      expect(first.map(({ tries }) => tries).toSorted()).deep.equal([0, 1]);
      for (const { notBefore } of first) expect(Number(notBefore) / 1_000).within(now + 900, now + 1_600);
      await stamp({ urls, retryAfter: 1_000 });
      expect(one.count()).equal(1);

      await database.db.updateTable("timestampTokens").set({ notBefore: null, tries: 1 }).execute();
      await stamp({ urls, retryAfter: 1_000 });
      for (const { notBefore } of await openRows()) {
        expect(Number(notBefore) / 1_000).within(now + 1_900, now + 2_600);
      }
      await database.db.updateTable("timestampTokens").set({ notBefore: null, tries: 12 }).execute();
      await stamp({ urls, retryAfter: 1_000 });
      for (const { notBefore } of await openRows()) {
        expect(Number(notBefore) / 1_000).within(now + 3_500, now + 4_200);
      }
    });

    it("renews a token before its certificate ends, by one over root and token", async () => {
      const root = await seal(1);
      const urls = [one.url];
      one.answerBy(
        stampBy(issuer, issueChain(issuer, "Ends", { validity: { from: now - DAY, until: now + 20 * DAY } })),
      );
      await stamp({ urls });
      await stamp({ urls });
      // The same certificate again would renew nothing.
      expect((await readTimestamps(database.db, root)).length).equal(1);
      expect((await openRows())[0]).deep.include({ generation: 1, problem: "tsa-certificate-not-newer" });
      await database.db.updateTable("timestampTokens").set({ notBefore: null }).execute();

      one.answerBy(stampBy(issuer, chain));
      await stamp({ urls });
      const [first, second, third] = await readTimestamps(database.db, root);
      expect(third).equal(undefined);
      expect([first!.certificateExpires, second!.generation]).deep.equal([now + 20 * DAY, 1]);
      expect(await statusOf(second!.token, root, first!.token)).equal("confirmed");
      expect(await statusOf(second!.token, root)).equal("invalid");
      const asked = one.count();
      await stamp({ urls });
      expect(one.count()).equal(asked);
    });

    it("renews nothing that ends late, or that has ended", async () => {
      await seal(1);
      const urls = [one.url];
      await stamp({ urls });
      const [{ certificateExpires: end }] = (await database.db
        .selectFrom("timestampTokens")
        .select("certificateExpires")
        .execute()) as [{ certificateExpires: number }];
      for (const time of [end - RENEW_BEFORE, end, end + 1]) await stamp({ urls, now: () => time });
      expect(await openRows()).deep.equal([]);
      one.answerBy((_, response) => response.destroy());
      await stamp({ urls, now: () => end - 1 });
      expect((await openRows())[0]).deep.include({ generation: 1, problem: "tsa-unreachable" });
      const asked = one.count();
      await stamp({ urls, now: () => end });
      expect(one.count()).equal(asked);
    });

    it("keeps one token however often it is killed between the request and keeping it", async () => {
      const root = await seal(1);
      await database.close();
      const run = (): ChildProcess =>
        spawn(
          process.execPath,
          ["--disable-warning=ExperimentalWarning", script, JSON.stringify(options), JSON.stringify([one.url])],
          {
            stdio: ["ignore", "inherit", "inherit"],
          },
        );
      const stampNow = stampBy(issuer, chain);

      // Before the authority answers.
      const unanswered = run();
      one.answerBy(() => unanswered.kill("SIGKILL"));
      expect(await once(unanswered, "exit")).deep.equal([null, "SIGKILL"]);

      // Once the answer is on its way; it may have been kept or not.
      const answered = run();
      one.answerBy(async (query, response, request) => {
        response.on("finish", () => answered.kill("SIGKILL"));
        await stampNow(query, response, request);
      });
      await once(answered, "exit");

      one.answerBy(stampNow);
      expect(await once(run(), "exit")).deep.equal([0, null]);
      database = await createDatabase(options);
      const kept = await readTimestamps(database.db, root);
      expect(kept.length).equal(1);
      expect(await statusOf(kept[0]!.token, root)).equal("confirmed");
      expect(await openRows()).deep.equal([]);
    });
  });
}
