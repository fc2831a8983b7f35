import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import type { Hex } from "viem";
import { timestampRequest } from "../../src/core/evidence/timestamp/exchange.ts";
import { verifyTimestamp } from "../../src/core/evidence/timestamp/verifyTimestamp.ts";
import { askTsa, type TsaOptions } from "../../src/relayer/askTsa.ts";
import {
  type Chain,
  createIssuer,
  type Issuer,
  issueChain,
  opensslMissing,
  stampExtensions,
} from "../fixtures/authority.ts";
import { queryType, replyType, stampBy, startTsa, type TsaServer } from "../fixtures/tsaServer.ts";

const ROOT: Hex = `0x${"5a".repeat(32)}`;
const OTHER: Hex = `0x${"5b".repeat(32)}`;

describe("askTsa", { skip: opensslMissing }, () => {
  let issuer: Issuer;
  let chain: Chain;
  let tsa: TsaServer;
  before(() => {
    issuer = createIssuer();
    chain = issueChain(issuer, "Ours");
  });
  after(() => issuer.remove());
  beforeEach(async () => {
    tsa = await startTsa(stampBy(issuer, chain));
  });
  afterEach(() => tsa.stop());

  const ask = (options: Partial<TsaOptions> = {}, url = tsa.url) =>
    askTsa(url, ROOT, { signal: new AbortController().signal, ...options });
  const problem = async (...args: Parameters<typeof ask>) => {
    const answer = await ask(...args);
    return "problem" in answer ? answer.problem : "kept";
  };

  it("gets a token that verifies offline, by the media types of RFC 3161", async () => {
    tsa.answerBy((query, response, request) => {
      expect(request.headers["content-type"]).equal(queryType);
      expect(request.method).equal("POST");
      return stampBy(issuer, chain)(query, response, request);
    });
    const answer = await ask();
    if ("problem" in answer) throw new Error(answer.problem);
    const verdict = await verifyTimestamp(answer.token, ROOT, { roots: [chain.root.certificate] });
    expect(verdict).deep.include({
      status: "confirmed",
      time: answer.time,
      certificateExpires: answer.certificateExpires,
    });
  });

  it("gets a token that renews another", async () => {
    const first = await ask();
    if ("problem" in first) throw new Error(first.problem);
    const second = await ask({ renews: first.token });
    if ("problem" in second) throw new Error(second.problem);
    const roots = [chain.root.certificate];
    expect(await verifyTimestamp(second.token, ROOT, { roots, renews: first.token })).deep.include({
      status: "confirmed",
    });
    expect(await verifyTimestamp(second.token, ROOT, { roots })).deep.include({ problem: "token-over-another-root" });
  });

  it("keeps no token with another nonce, over another root, or by a certificate for other things", async () => {
    const replay = issuer.reply(timestampRequest(ROOT, { nonce: 5n }), chain.stamper);
    tsa.answerBy((_, response) => response.writeHead(200, { "content-type": replyType }).end(replay));
    expect(await problem()).equal("token-nonce-wrong");

    tsa.answerBy((_, response) => {
      const other = issuer.reply(timestampRequest(OTHER, { nonce: 5n }), chain.stamper);
      response.writeHead(200, { "content-type": replyType }).end(other);
    });
    expect(await problem()).equal("token-over-another-root");

    const short = { from: 1_700_000_000, until: 1_710_000_000 };
    const stamper = issuer.issue("ended", chain.middle, { validity: short, extensions: stampExtensions });
    tsa.answerBy(stampBy(issuer, { ...chain, stamper }));
    expect(await problem()).equal("token-certificate-expired");
  });

  it("says that the authority refused", async () => {
    tsa.answerBy((query, response) => {
      const answer = issuer.reply(query, chain.stamper, { digests: "sha512" });
      response.writeHead(200, { "content-type": replyType }).end(answer);
    });
    expect(await problem()).equal("tsa-refused");
  });

  it("refuses garbage, another media type, another status and a redirect", async () => {
    tsa.answerBy((_, response) => response.writeHead(200, { "content-type": replyType }).end("garbage"));
    expect(await problem()).equal("tsa-answer-malformed");
    tsa.answerBy((_, response) => response.writeHead(200, { "content-type": replyType }).end());
    expect(await problem()).equal("tsa-answer-malformed");
    tsa.answerBy((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>Welcome"));
    expect(await problem()).equal("tsa-media-type");
    tsa.answerBy((_, response) => response.writeHead(503, { "content-type": replyType }).end());
    expect(await problem()).equal("tsa-http-status");
    tsa.answerBy((_, response) => response.writeHead(307, { location: tsa.url }).end());
    expect(await problem()).equal("tsa-unreachable");
    expect(tsa.count()).equal(5);
  });

  it("stops reading an answer of 32 MB", async () => {
    const { promise: isSent, resolve } = Promise.withResolvers<boolean>();
    tsa.answerBy((_, response) => {
      response.on("close", () => resolve(response.writableFinished));
      response.writeHead(200, { "content-type": replyType }).end(Buffer.alloc(32 * 1024 * 1024));
    });
    expect(await problem()).equal("tsa-answer-too-large");
    expect(await isSent).equal(false);
  });

  it("does not wait longer than it was told for an authority that says nothing", async () => {
    tsa.answerBy(() => {});
    expect(await problem({ timeoutMs: 50 })).equal("tsa-silent");
    tsa.answerBy((_, response) => response.writeHead(200, { "content-type": replyType }).write("0"));
    expect(await problem({ timeoutMs: 200 })).equal("tsa-silent");
  });

  it("says that nobody is there", async () => {
    const { url } = tsa;
    await tsa.stop();
    expect(await problem({}, url)).equal("tsa-unreachable");
    tsa = await startTsa();
  });

  it("ends with the reason of its signal", async () => {
    const ending = new AbortController();
    const reason = new Error("ends");
    tsa.answerBy(() => ending.abort(reason));
    const outcome = await ask({ signal: ending.signal }).catch((error: unknown) => error);
    expect(outcome).equal(reason);
  });
});
