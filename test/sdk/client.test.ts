import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "chai";
import { keccak256 } from "viem";
import { type ErrorCode, ProtocolError } from "../../src/core/errors.ts";
import { createClient } from "../../src/sdk/client.ts";
import { streamOf } from "../fixtures/evidence.ts";
import { rejection } from "../fixtures/rejection.ts";
import { type Service, startService } from "../fixtures/service.ts";

const id = keccak256("0x01");

/** A client of a server that answers as it likes. */
const against = async (answer: RequestListener, use: (client: ReturnType<typeof createClient>) => Promise<void>) => {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await use(createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const problem = (code: string, details: object = {}) => ({
  type: `/v1/errors/${code}`,
  title: "No",
  status: 404,
  code,
  detail: "No.",
  details,
  instance: "urn:uuid:0",
});

const json =
  (status: number, body: unknown): RequestListener =>
  (request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

describe("createClient", () => {
  describe("against a relayer", () => {
    let service: Service;
    before(async () => {
      service = await startService();
    });
    after(() => service.stop());

    it("reads what it works with, with or without a slash at the end of the address", async () => {
      await service.indexed();
      const config = await createClient({ url: `${service.url}/` }).readConfig();
      expect(config).deep.equal(await service.client.readConfig());
      expect(config.asOf).greaterThan(0);
    });

    it("turns a refusal into its code and details", async () => {
      const refused = await rejection(service.client.readDeal(id), "deal-unknown");
      expect(refused.details).deep.equal({ deal: id });
    });

    it("gives amounts as bigint, and takes them so", async () => {
      const terms = await service.deployment.termsOf({ price: 2n ** 95n, deposit: 2n ** 95n });
      const { id: deal, terms: kept } = await service.client.registerDeal({ terms });
      expect(kept.price).equal(2n ** 95n);
      expect((await service.client.readDeal(deal)).terms).deep.equal(terms);
    });

    it("stops waiting when its signal aborts, with the signal's reason", async () => {
      const { dealId } = await service.deployment.funded();
      await service.indexed();
      const stopping = new AbortController();
      const waiting = service.client.waitForDeal(dealId, "closed", { signal: stopping.signal });
      const reason = new Error("enough");
      stopping.abort(reason);
      expect(await waiting.catch((error: unknown) => error)).equal(reason);
      const ended = service.client.readDeal(dealId, { signal: AbortSignal.abort(reason) });
      expect(await ended.catch((error: unknown) => error)).equal(reason);
    });

    it("breaks an upload off when its signal aborts, though the sender's stream hangs", async () => {
      const stopping = new AbortController();
      const reason = new Error("enough");
      async function* hanging() {
        yield new Uint8Array(1_000_000);
        stopping.abort(reason);
        await wait(60_000, undefined, { ref: false });
      }
      const upload = service.client.uploadCiphertext(hanging(), { signal: stopping.signal });
      expect(await upload.catch((error: unknown) => error)).equal(reason);
    });

    it("uploads pieces of any length", async () => {
      async function* pieces() {
        yield new Uint8Array();
        yield new Uint8Array(3);
        yield new Uint8Array();
        yield new Uint8Array(2_000_000);
      }
      const { cid, size } = await service.client.uploadCiphertext(pieces());
      expect(size).equal(2_000_003);
      const whole = await service.client.uploadCiphertext(streamOf(new Uint8Array(2_000_003)));
      expect(whole.cid).equal(cid);
    });
  });

  describe("against something else", () => {
    it("says that nobody answers", async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      server.close();
      const client = createClient({ url: `http://127.0.0.1:${port}` });
      await rejection(client.readConfig(), "relayer-unreachable");
      await rejection(client.uploadCiphertext(streamOf(randomBytes(3_000_000))), "relayer-unreachable");
    });

    it("does not take a web page, another JSON or a redirect for an answer", async () => {
      await against(
        (_, response) => response.end("<html>"),
        async (client) => {
          await rejection(client.readConfig(), "relayer-answer-invalid");
        },
      );
      await against(json(200, { chainId: "one" }), async (client) => {
        await rejection(client.readConfig(), "relayer-answer-invalid");
      });
      await against(
        (_, response) => response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
        async (client) => {
          await rejection(client.readConfig(), "relayer-unreachable");
        },
      );
    });

    it("does not take a problem with status 200 for an answer, nor a code that it does not know", async () => {
      await against(json(200, problem("deal-unknown")), async (client) => {
        await rejection(client.readDeal(id), "relayer-answer-invalid");
      });
      await against(json(404, problem("of-the-future")), async (client) => {
        const { details } = await rejection(client.readDeal(id), "relayer-answer-invalid");
        expect(details).deep.equal({ status: 404, code: "of-the-future" });
      });
    });

    it("gives the label of the relayer's catalogue, of an older relayer its own, and none that is no label", async () => {
      for (const [body, label] of [
        [{ ...problem("coverage-exceeds-bond"), label: "E-BOND-02" }, "E-BOND-02"],
        [problem("coverage-exceeds-bond"), "E-BOND-01"],
        [problem("deal-unknown"), undefined],
      ] as const) {
        await against(json(404, body), async (client) => {
          expect((await rejection(client.readDeal(id), body.code as ErrorCode)).label).equal(label);
        });
      }
      await against(json(404, { ...problem("deal-unknown"), label: "\u001b[2J" }), async (client) => {
        await rejection(client.readDeal(id), "relayer-answer-invalid");
      });
    });

    it("does not let a relayer pass other bytes off as the uploaded ones", async () => {
      const cid = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
      const lie: RequestListener = (request, response) => {
        request.resume().once("end", () => json(201, { cid, size: 10 })(request, response));
      };
      await against(lie, async (client) => {
        const refused = await rejection(client.uploadCiphertext(streamOf(randomBytes(10))), "relayer-answer-invalid");
        expect(refused.details.actual).equal(cid);
      });
    });

    it("passes the failure of a stream through as it is", async () => {
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(10);
        throw new ProtocolError("cipher-truncated");
      }
      const silent: RequestListener = (request) => {
        request.resume();
      };
      await against(silent, async (client) => {
        await rejection(client.uploadCiphertext(broken()), "cipher-truncated");
      });
    });
  });
});
