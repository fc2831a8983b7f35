import { Writable } from "node:stream";
import { describe, it } from "node:test";
import { expect } from "chai";
import { createLog } from "../../src/relayer/log.ts";

describe("createLog", () => {
  it("keeps ids and codes and cuts out what must not leak, at any of two depths", () => {
    const lines: string[] = [];
    const stream = new Writable({
      write: (chunk, _, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const log = createLog("info", stream);
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
