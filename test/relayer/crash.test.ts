import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { createDatabase, type DatabaseOptions } from "../../src/db/database.ts";
import type { Step } from "../../src/relayer/sender.ts";
import { type Anvil, COUNTER_CODE, startAnvil } from "../fixtures/anvil.ts";
import { type Databases, engineMissing, engines, startDatabases } from "../fixtures/database.ts";
import { COUNTER, countOf, enqueueCount } from "../fixtures/sender.ts";

const script = join(import.meta.dirname, "../fixtures/crashingRelayer.ts");
const INTENTS = 40;

const fatalSteps = [
  "claimed",
  "simulated",
  "signed",
  "assigned",
  "sent",
  "marked-sent",
  "receipt-read",
  "mined",
] as const satisfies Step[];

const run = async (options: DatabaseOptions, url: string, args: readonly [owner: string, step: string, n: string]) => {
  const child = spawn(process.execPath, [script, JSON.stringify(options), url, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code, signal] = await once(child, "exit");
  return signal ?? code;
};

for (const engine of engines) {
  describe(`a relayer that is killed, on ${engine}`, { skip: engineMissing(engine) }, () => {
    let databases: Databases;
    let anvil: Anvil;
    before(async () => {
      databases = await startDatabases(engine);
      anvil = await startAnvil();
      await anvil.ask("anvil_setCode", [COUNTER, COUNTER_CODE]);
    });
    after(async () => {
      databases.stop();
      await anvil.stop();
    });

    const prepare = async (from: number) => {
      const options = await databases.create();
      const database = await createDatabase(options);
      for (let i = 0; i < INTENTS; i++) await enqueueCount(database, from + i);
      await database.close();
      return options;
    };
    const counts = (from: number) => Promise.all(Array.from({ length: INTENTS }, (_, i) => countOf(anvil, from + i)));
    const once = Array(INTENTS).fill(1);

    it("loses and doubles nothing, at whatever step", async () => {
      const options = await prepare(0);
      for (const step of fatalSteps) expect(await run(options, anvil.url, ["one", step, "1"])).equal("SIGKILL");
      expect(await run(options, anvil.url, ["one", "none", "0"])).equal(0);
      expect(await counts(0)).deep.equal(once);
    });

    if (engine === "postgres") {
      it("shares the work with a replica that is killed again and again", async () => {
        const options = await prepare(1000);
        const replicas = [
          run(options, anvil.url, ["steady", "none", "0"]),
          (async () => {
            for (const step of ["simulated", "assigned", "sent"]) await run(options, anvil.url, ["shaky", step, "2"]);
            return run(options, anvil.url, ["shaky", "none", "0"]);
          })(),
        ];
        expect(await Promise.all(replicas)).deep.equal([0, 0]);
        expect(await counts(1000)).deep.equal(once);
      });
    }
  });
}
