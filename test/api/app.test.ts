import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import express, { type ErrorRequestHandler, type Express } from "express";
import * as z from "zod";
import { en, zhCN } from "zod/locales";
import { createApp } from "../../src/api/app.ts";
import type { ApiContext } from "../../src/api/context.ts";
import { defaultLimits, type Limits } from "../../src/api/limits.ts";
import { answerProblem } from "../../src/api/problem.ts";
import { createChain } from "../../src/chain/client.ts";
import { errorCodes, ProtocolError } from "../../src/core/errors.ts";
import { createDatabase } from "../../src/db/database.ts";
import { openPartialUploads } from "../../src/ipfs/partialUploads.ts";
import { createLog, silentLog } from "../../src/relayer/log.ts";
import { routes } from "../../src/wire/routes.ts";
import { problemView } from "../../src/wire/schemas.ts";
import { CHAIN_ID } from "../fixtures/anvil.ts";
import { createAsker, type Problem, type Service, startService } from "../fixtures/service.ts";

const LIMIT = 4_096;
const verifierPage = await readFile(join(import.meta.dirname, "../../src/web/verifier.html"));

describe("the HTTP API", () => {
  let service: Service;
  before(async () => {
    service = await startService({ limits: { requestBytes: LIMIT } });
  });
  after(() => service.stop());

  describe("its document", () => {
    it("describes every route that is served, and no other", async () => {
      const { json } = await service.ask("/v1/openapi.json");
      const document = json as { openapi: string; paths: Record<string, Record<string, { operationId: string }>> };
      expect(document.openapi).equal("3.1.0");
      const described = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
      );
      const served = Object.entries(routes).map(([name, { method, path }]) => `${name} ${method} ${path}`);
      expect(described.toSorted()).deep.equal(served.toSorted());
    });

    it("resolves every reference that it makes", async () => {
      const { json } = await service.ask("/v1/openapi.json");
      const { components } = json as { components: { schemas: Record<string, unknown> } };
      const references = [...JSON.stringify(json).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
        (match) => match[1] ?? "",
      );
      expect(references.length).greaterThan(20);
      expect(Object.keys(components.schemas)).include.members(references);
    });

    it("explains every code in both languages, at the address that problems name", async () => {
      for (const code of errorCodes) {
        const { status, json } = await service.ask(`/v1/errors/${code}`);
        expect(status).equal(200);
        expect(json).include({ code });
      }
      await service.refusal("input-invalid", "/v1/errors/no-such-code");
    });
  });

  it("serves the offline page byte for byte, with its own policy and in no frame", async () => {
    const response = await fetch(`${service.url}/verify`);
    const body = Buffer.from(await response.arrayBuffer());
    expect(body.equals(verifierPage)).equal(true);
    expect(response.headers.get("content-type")).equal("text/html; charset=utf-8");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).include("connect-src 'none'").and.include("frame-ancestors 'none'").and.not.include("'self'");
    expect(response.headers.get("etag")).equal(`"${createHash("sha256").update(verifierPage).digest("hex")}"`);
  });

  describe("refusing", () => {
    it("names a route that is not there, and a method that a route does not take", async () => {
      await service.refusal("not-found", "/v2/deals");
      await service.refusal("not-found", "/V1/deals");
      const refused = await service.refusal("method-not-allowed", "/v1/deals", { method: "DELETE" });
      expect(refused.details).deep.equal({ allowed: "POST, GET" });
      await service.refusal("method-not-allowed", "/v1/config", { json: {} });
      await service.refusal("input-invalid", "/v1/deals/%zz");
    });

    it("states the methods of a route in Allow when it refuses another one", async () => {
      for (const [path, allowed] of [
        ["/v1/deals", "POST, GET"],
        ["/v1/openapi.json", "GET"],
        ["/health", "GET"],
      ] as const) {
        for (const method of ["DELETE", "OPTIONS"]) {
          const { status, headers } = await service.ask(path, { method });
          expect([status, headers.get("allow")], `${method} ${path}`).deep.equal([405, allowed]);
        }
      }
    });

    it("names malformed JSON without quoting it", async () => {
      const headers = { "content-type": "application/json" };
      for (const body of ['{"terms":', "secret", '"text"', "{'a':1}", "{} {}"]) {
        const refused = await service.refusal("json-malformed", "/v1/deals", { body, headers });
        expect(JSON.stringify(refused)).not.contain("secret");
      }
    });

    it("says what is wrong with a field in English, also where the process speaks Chinese", async () => {
      z.config(zhCN());
      try {
        const { details } = await service.refusal("input-invalid", "/v1/intents", { json: { kind: "ShipGoods" } });
        expect(details).include({ problem: "value-unexpected" });
        expect(details.reason).not.match(/\p{Script=Han}/u);
      } finally {
        z.config(en());
      }
    });

    it("names the path of a field that is unknown, missing or of another type", async () => {
      const pathOf = async (json: unknown) =>
        (await service.refusal("input-invalid", "/v1/deals", { json })).details.path;
      const terms = await service.deployment.termsOf();
      expect(await pathOf({ terms, note: 1 })).equal("note");
      expect(await pathOf({ terms: { ...terms, note: 1 } })).equal("terms.note");
      expect(await pathOf({ terms: { ...terms, price: 5 } })).equal("terms.price");
      expect(await pathOf({ terms: { ...terms, price: "-5" } })).equal("terms.price");
      expect(await pathOf({ terms: { ...terms, price: "1e3" } })).equal("terms.price");
      expect(await pathOf({ terms: { ...terms, price: (2n ** 96n).toString() } })).equal("terms.price");
      expect(await pathOf({ terms: { ...terms, fundBy: 1.5 } })).equal("terms.fundBy");
      expect(await pathOf({ terms: { ...terms, buyer: "0x12" } })).equal("terms.buyer");
      expect(await pathOf([])).equal("body");
      const headers = { "content-type": "application/json" };
      const poisoned = await service.refusal("input-invalid", "/v1/deals", {
        body: `{"__proto__":{"terms":1},"terms":${JSON.stringify(terms, (_, v) => (typeof v === "bigint" ? `${v}` : v))}}`,
        headers,
      });
      expect(poisoned.details.path).equal("__proto__");
      await service.refusal("input-invalid", "/v1/deals", { body: "", headers });
    });

    it("names a content type that it does not take", async () => {
      const refuse = (headers: Record<string, string>) =>
        service.refusal("media-type-unsupported", "/v1/deals", { body: "{}", headers });
      await refuse({ "content-type": "text/plain" });
      await refuse({ "content-type": "application/x-www-form-urlencoded" });
      await refuse({ "content-type": "application/json; charset=utf-16" });
      await refuse({ "content-type": "application/json", "content-encoding": "gzip" });
      const upload = await service.refusal("media-type-unsupported", "/v1/blobs", {
        body: "{}",
        headers: { "content-type": "multipart/form-data; boundary=x" },
      });
      expect(upload.details).deep.equal({ expected: "application/octet-stream" });
    });

    it("names the limit of a body that is too large", async () => {
      const json = { terms: "x".repeat(LIMIT) };
      expect((await service.refusal("request-too-large", "/v1/deals", { json })).details).deep.equal({ limit: LIMIT });
    });

    it("tells nothing of what only the operator can mend, neither in details nor in the text", async () => {
      const app = express().use((_request, _response, next) =>
        next(new ProtocolError("config-invalid", { variable: "SECRET" })),
      );
      const onError: ErrorRequestHandler = (error, request, response, _next) =>
        answerProblem(request, response, { error, log: silentLog });
      await listening(app.use(onError), async (url) => {
        const response = await fetch(url);
        const problem = problemView.parse(await response.json());
        expect(problem).include({ status: 500, detail: "A setting is missing or wrong. Nothing was started." });
        expect(problem.details).deep.equal({});
      });
    });

    it("speaks the language that is asked for", async () => {
      const of = async (language: string) => {
        const { json, headers } = await service.ask("/v1/nothing", { headers: { "accept-language": language } });
        return { text: (json as Problem).detail, language: headers.get("content-language") };
      };
      expect(await of("zh-CN,zh;q=0.9")).include({ language: "zh" });
      expect((await of("zh")).text).match(/^该地址不存在。/);
      expect(await of("fr, en;q=0.5")).include({ language: "en" });
      expect((await of("fr")).text).match(/^There is nothing at this address\. /);
    });
  });

  describe("its headers", () => {
    it("keep answers out of caches and browsers out of trouble, and name no framework", async () => {
      const { headers } = await service.ask("/v1/config");
      expect(headers.get("x-powered-by")).equal(null);
      expect(headers.get("x-content-type-options")).equal("nosniff");
      expect(headers.get("content-security-policy")).contain("default-src 'self'");
      expect(headers.get("cache-control")).equal("no-store");
      expect(headers.get("x-request-id")).match(/^[0-9a-f-]{36}$/);
    });
  });

  describe("for pages of other origins", () => {
    const origin = "https://market.example";

    it("answers a preflight with what a page may send, without counting it as a request", async () => {
      await withApp({ limits: { requestsPerMinute: 1 } }, async (url) => {
        for (const path of ["/v1/deals", "/v1/blobs", "/v1/uploads", `/v1/deals/0x${"11".repeat(32)}/funding`]) {
          const headers = {
            origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type,idempotency-key",
          };
          const { status, headers: given } = await fetch(url + path, { method: "OPTIONS", headers });
          expect(status).equal(204);
          expect(given.get("access-control-allow-origin")).equal("*");
          expect(given.get("access-control-allow-methods")).equal("GET, POST, PATCH, DELETE");
          expect(given.get("access-control-allow-headers")).equal("Content-Type, Idempotency-Key, Upload-Offset");
          expect(Number(given.get("access-control-max-age"))).greaterThan(600);
          expect(given.get("access-control-allow-credentials")).equal(null);
        }
      });
    });

    it("lets them read answers, refusals and the headers that a client needs", async () => {
      await withApp({ limits: { requestsPerMinute: 2 } }, async (url) => {
        const { ask } = createAsker(url);
        const answers = [];
        for (const path of ["internal", "no-such-code", "internal"]) {
          answers.push(await ask(`/v1/errors/${path}`, { headers: { origin } }));
        }
        expect(answers.map(({ status }) => status)).deep.equal([200, 400, 429]);
        for (const { headers } of answers) {
          expect(headers.get("access-control-allow-origin")).equal("*");
          const readable = headers.get("access-control-expose-headers")?.split(", ");
          expect(readable).include.members(["Retry-After", "Upload-Offset", "X-Request-Id"]);
        }
      });
    });

    it("keeps to itself what is not under /v1", async () => {
      const { headers } = await service.ask("/health", { headers: { origin } });
      expect(headers.get("access-control-allow-origin")).equal(null);
    });
  });

  describe("its own state", () => {
    it("is alive, ready, and tells what it works with", async () => {
      expect((await service.ask("/health")).json).deep.equal({ alive: true });
      await service.indexed();
      const ready = await service.ask("/ready");
      expect(ready.status).equal(200);
      expect(ready.json).include({ ready: true, lag: 0 });
      const config = await service.client.readConfig();
      expect(config.chainId).equal(31337);
      expect(config.contracts).deep.equal(service.deployment.contracts);
      expect(config.limits.requestBytes).equal(LIMIT);
    });
  });

  describe("under attack or defect", () => {
    it("tells a client no more than `internal`, and the operator all", async () => {
      const lines: string[] = [];
      const stream = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WritableStream;
      await withApp({ log: createLog("error", stream) }, async (url) => {
        const { refusal } = createAsker(url);
        const refused = await refusal("internal", `/v1/intents/0x${"11".repeat(32)}`);
        expect(refused.details).deep.equal({});
        expect(JSON.stringify(refused)).not.contain("driver");
      });
      expect(lines.join("")).contain("driver");
    });

    it("keeps the ids of uploads, which are the only keys to them, out of the log", async () => {
      const lines: string[] = [];
      const stream = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WritableStream;
      await withApp({ log: createLog("debug", stream) }, async (url) => {
        const { ask, refusal } = createAsker(url);
        const { id } = (await ask("/v1/uploads", { json: { size: 3 } })).json as { id: string };
        await refusal("upload-offset-mismatch", `/v1/uploads/${id}`, {
          method: "PATCH",
          body: new Uint8Array(1),
          headers: { "content-type": "application/octet-stream", "upload-offset": "1" },
        });
        await ask(`/v1/uploads/${id}`);
        await ask(`/v1/uploads/${id}/more`);
        await ask(`/v1/uploads/${id}`, { method: "DELETE" });
        expect(lines.join("")).contain("/v1/uploads/{id}").not.contain(id);
      });
    });

    it("answers 429 with the seconds to wait once one address asks too often", async () => {
      await withApp({ limits: { requestsPerMinute: 3 } }, async (url) => {
        const { ask, refusal } = createAsker(url);
        for (let i = 0; i < 3; i++) expect((await ask("/v1/errors/internal")).status).equal(200);
        const refused = await refusal("rate-limited", "/v1/errors/internal");
        expect(refused.details.seconds).a("number").greaterThan(0).at.most(60);
        expect((await ask("/health")).status).equal(200);
      });
    });

    it("survives a request that is no HTTP", async () => {
      const { port } = new URL(service.url);
      const answer = await new Promise<string>((resolve, reject) => {
        let said = "";
        const socket = connect(Number(port), "127.0.0.1", () => socket.end("nonsense\r\n\r\n"));
        socket.on("data", (bytes) => {
          said += bytes;
        });
        socket.on("close", () => resolve(said));
        socket.on("error", reject);
      });
      expect(answer).match(/^HTTP\/1\.1 400/);
      expect((await service.ask("/health")).status).equal(200);
    });
  });

  /** The API over a database that was closed. */
  const withApp = async (
    { limits: changed, ...changes }: Partial<Omit<ApiContext, "limits">> & Readonly<{ limits?: Partial<Limits> }>,
    use: (url: string) => Promise<void>,
  ) => {
    const { relayer, store } = service.holdfast;
    const limits = { ...defaultLimits, ...changed };
    const chain = createChain({ rpcUrls: [service.anvil.url], chainId: CHAIN_ID });
    const database = await createDatabase({ dataDir: join(service.root, "closed") });
    await database.close();
    const uploads = await openPartialUploads({
      dir: join(service.root, "closed-uploads"),
      store,
      limits,
    });
    const context = { limits, relayer, store, uploads, chain, database, log: silentLog, verifierPage };
    await listening(createApp({ ...context, ...changes }), use);
  };

  const listening = async (app: Express, use: (url: string) => Promise<void>) => {
    const server = app.listen(0, "127.0.0.1");
    try {
      await once(server, "listening");
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };
});
