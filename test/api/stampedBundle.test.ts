import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { parseBundle, serializeBundle } from "../../src/core/evidence/bundle.ts";
import { verifyBundle } from "../../src/core/evidence/verify/verifyBundle.ts";
import { blocksOf, fileAndAnchor } from "../../src/sdk/fileAndAnchor.ts";
import { type Chain, createIssuer, type Issuer, issueChain, opensslMissing } from "../fixtures/authority.ts";
import { actors } from "../fixtures/deployment.ts";
import { photo, READER, streamOf } from "../fixtures/evidence.ts";
import { type Service, startService } from "../fixtures/service.ts";
import { stampBy, startTsa, type TsaServer } from "../fixtures/tsaServer.ts";

describe("the tokens of time-stamping authorities over the API", { skip: opensslMissing }, () => {
  let issuer: Issuer;
  let chain: Chain;
  let authority: TsaServer;
  let service: Service;
  before(async () => {
    issuer = createIssuer();
    chain = issueChain(issuer, "Ours");
    authority = await startTsa(stampBy(issuer, chain));
    service = await startService({ tsaUrls: [authority.url], filers: "anyone" });
    await service.indexed();
  });
  after(async () => {
    await service.stop();
    await authority.stop();
    issuer.remove();
  });

  it("make a bundle that confirms its time offline, to a reader who trusts the authority and no chain", async () => {
    const [filed] = await fileAndAnchor([{ id: "photo", source: () => streamOf(photo), meta: { name: "photo.jpg" } }], {
      client: service.client,
      signer: actors.buyer,
      recipients: [READER],
      dealId: null,
      readBlock: blocksOf(service.deployment.client),
    });
    const signal = AbortSignal.timeout(60_000);
    let { timestamps } = await service.client.readAnchored(filed!.digest);
    while (timestamps.length === 0) {
      signal.throwIfAborted();
      await setImmediate();
      ({ timestamps } = await service.client.readAnchored(filed!.digest));
    }
    const bundle = serializeBundle({ ...parseBundle(filed!.bundle), timestamps });
    const verified = async (roots: readonly Uint8Array[]) =>
      (await verifyBundle(bundle, { file: streamOf(photo), trusted: { authorities: { roots } } })).time.status;
    expect(await verified([chain.root.certificate])).equal("confirmed");
    expect(await verified([])).equal("stated");
  });
});
