import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import type { Hex } from "viem";
import { readTimestampResponse, timestampRequest } from "../../../../src/core/evidence/timestamp/exchange.ts";
import { mergeTimestamps } from "../../../../src/core/evidence/timestamp/mergeTimestamps.ts";
import { type Chain, createIssuer, type Issuer, issueChain, opensslMissing } from "../../../fixtures/authority.ts";
import { named } from "../../../fixtures/evidence.ts";

describe("time stamps that came later", { skip: opensslMissing }, () => {
  const root = named("root");
  const trust = { root, roots: [], revocationLists: [], clockTolerance: 120 };
  let issuer: Issuer;
  let chain: Chain;
  let [first, renewal, other, wrong] = ["", "", "", ""];
  before(() => {
    issuer = createIssuer();
    chain = issueChain(issuer, "Court's", { key: "ec" });
    first = stamp();
    renewal = stamp({ renews: first });
    other = stamp();
    wrong = stamp({ over: named("other root") });
  });
  after(() => issuer.remove());

  const stamp = ({ over = root, renews }: { over?: Hex; renews?: string } = {}) => {
    const before = renews === undefined ? {} : { renews: new Uint8Array(Buffer.from(renews, "base64")) };
    const request = timestampRequest(over, { nonce: 2n ** 64n + 5n, ...before });
    const answer = readTimestampResponse(issuer.reply(request, chain.stamper, { chain: [chain.middle] }));
    if (answer.status !== "granted") throw new Error("refused");
    return Buffer.from(answer.token).toString("base64");
  };
  const merge = (kept: string[][], offered: string[][], now?: number) =>
    mergeTimestamps(kept, offered, { ...trust, now });

  it("go behind what they renew, and other authorities to the end", async () => {
    expect(await merge([[first]], [[other], [first, renewal]])).deep.equal({
      timestamps: [[first, renewal], [other]],
      added: 2,
      refused: 0,
    });
    expect(await merge([[first, renewal]], [[first]])).deep.include({ timestamps: [[first, renewal]], added: 0 });
  });

  it("are not added where they do not verify, nor lies what comes behind them", async () => {
    for (const offered of [[[wrong]], [["QUJD"]], [[renewal]]]) {
      expect(await merge([[first]], offered)).deep.equal({ timestamps: [[first]], added: 0, refused: 1 });
    }
    expect(await merge([[first]], [[first, renewal, wrong]])).deep.equal({
      timestamps: [[first, renewal]],
      added: 1,
      refused: 1,
    });
    expect(await merge([], [[first]], 1_700_000_000)).deep.equal({ timestamps: [], added: 0, refused: 1 });
  });

  it("never push out or reorder what is there, though it proves nothing or another relayer says otherwise", async () => {
    const kept = [["QUJD"], [first, renewal]];
    expect((await merge(kept, [[first, other]])).timestamps).deep.equal(kept);
    const full = [["QUJD"], ["QUJE"], ["QUJF"], ["QUJG"]];
    expect(await merge(full, [[first]])).deep.equal({ timestamps: full, added: 0, refused: 0 });
  });
});
