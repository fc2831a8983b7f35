import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import type { Hex } from "viem";
import { fileEvidence } from "../../src/sdk/evidence.ts";
import { CHAIN_ID } from "../fixtures/anvil.ts";
import { actors } from "../fixtures/deployment.ts";
import { photo, READER, streamOf } from "../fixtures/evidence.ts";
import { type Problem, type Service, startService } from "../fixtures/service.ts";

describe("filing over the API, as it is set by default", () => {
  let service: Service;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const submissionBy = async (signer: typeof actors.buyer, dealId: Hex | null) => {
    const { number, hash } = await service.deployment.client.getBlock();
    const { record, submitter, signature, openings } = await fileEvidence(
      { file: streamOf(photo), meta: {}, dealId, beacon: { number: Number(number), hash }, deadline: 4_000_000_000 },
      {
        domain: { chainId: CHAIN_ID, registry: service.deployment.contracts.registry },
        signer,
        recipients: [READER],
        random: (length) => new Uint8Array(randomBytes(length)),
        importCiphertext: async (bytes) => (await service.client.uploadCiphertext(bytes)).cid,
      },
    );
    const opened = openings.case === null ? {} : { case: openings.case };
    return { record, submitter: submitter.address, signature, ...opened };
  };

  it("takes a party's record and answers 403 to a stranger's, in both languages", async () => {
    const { dealId } = await service.deployment.funded();
    await service.indexed();
    const taken = await service.ask("/v1/evidence", { json: await submissionBy(actors.buyer, dealId) });
    expect(taken.status).equal(202);

    for (const deal of [dealId, null]) {
      const json = await submissionBy(actors.deployer, deal);
      const reply = await service.ask("/v1/evidence", { json });
      expect(reply.status).equal(403);
      const submitter = actors.deployer.address.toLowerCase();
      expect(reply.json).deep.include({ code: "filer-not-allowed", details: { submitter, deal } });
      const chinese = await service.ask("/v1/evidence", { json, headers: { "accept-language": "zh" } });
      expect((chinese.json as Problem).detail)
        .contain("托管资金安全")
        .and.contain(submitter);
    }
    expect((await service.client.listEvidence(dealId)).evidence).lengthOf(1);
  });
});
