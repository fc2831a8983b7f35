import { Writable } from "node:stream";
import { describe, it } from "node:test";
import { expect } from "chai";
import { ProtocolError } from "../../src/core/errors.ts";
import { createLog } from "../../src/relayer/log.ts";

const SECRET = "5ec4e7";
const SIGNATURE = `0x${SECRET.repeat(20)}`;

/** As PGlite and PostgreSQL fail: with the query, its parameters and the row in and around the message. */
const databaseError = () =>
  Object.assign(
    new Error(
      `invalid input syntax for type json: "{${SECRET}"\n    at ${SECRET}\nparams: ["${SIGNATURE}", "${SECRET}"]`,
    ),
    {
      name: "DatabaseError",
      code: "22P02",
      query: `insert into intents values ('${SECRET}')`,
      params: [SIGNATURE, { customer: SECRET }],
      detail: `Token "${SECRET}" is invalid.`,
      where: `JSON data, line 1: ${SECRET}`,
      cause: Object.assign(new Error(SECRET), { params: [SECRET] }),
    },
  );

const collect = () => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, log: createLog("info", stream) };
};

describe("createLog", () => {
  it("says of an error what it is and where it arose, and nothing of what it quotes", () => {
    const { lines, log } = collect();
    log.error({ loop: "submit", err: databaseError() }, "a defect stopped a step");
    log.error(databaseError());
    log.error({ err: databaseError() });
    for (const line of lines) expect(line).not.contain(SECRET);
    const { err, loop, msg } = JSON.parse(lines[0]!);
    expect([loop, msg]).deep.equal(["submit", "a defect stopped a step"]);
    expect(err).include({ type: "DatabaseError", code: "22P02" });
    expect(err.message).match(/^invalid input syntax for type json/);
    expect(err.stack).match(/^\s+at \S.*log\.test\.ts/);
    expect(Object.keys(err).sort()).deep.equal(["code", "message", "stack", "type"]);
  });

  it("keeps which constraint a row broke, and the ids in an error of ours", () => {
    const { lines, log } = collect();
    const text = 'duplicate key value violates unique constraint "evidence_pkey"';
    log.error({ err: new Error(text) }, "said");
    const unknown = new ProtocolError("deal-unknown", { deal: `0x${"11".repeat(32)}` });
    log.error({ err: unknown }, "said");
    expect(lines.map((line) => JSON.parse(line).err.message)).deep.equal([text, unknown.message]);
  });

  it("keeps ids and codes and cuts out what must not leak, at any of two depths", () => {
    const { lines, log } = collect();
    log.info(
      { id: 7, code: "intent-expired", signature: "0xsecret", row: { raw: "0xsecret", key: "secret", id: 8 } },
      "said",
    );
    log.debug({ id: 9 }, "below the level");
    expect(lines).length(1);
    expect(lines[0]).not.contain("secret");
    expect(JSON.parse(lines[0]!)).deep.include({ id: 7, code: "intent-expired", row: { id: 8 }, msg: "said" });
  });
});
