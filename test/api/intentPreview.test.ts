import { after, before, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, zeroAddress } from "viem";
import { seenIn } from "../../src/core/deal/dealTable.ts";
import type { UnsignedIntent } from "../../src/core/deal/unsignedIntent.ts";
import { signedRequest } from "../../src/wire/relayRequests.ts";
import { actors } from "../fixtures/deployment.ts";
import { type Service, startService } from "../fixtures/service.ts";
import { tokenDomain as token } from "../fixtures/tokenDomain.ts";

const digest: Hex = `0x${"33".repeat(32)}`;
const FAR = 4_000_000_000;
const PREVIEW = "/v1/intents/preview";
const lower = (address: string) => address.toLowerCase() as Hex;

describe("POST /v1/intents/preview", () => {
  let service: Service;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const signal = () => AbortSignal.timeout(60_000);
  const refusalOf = async (intent: UnsignedIntent) => (await service.client.previewIntent(intent)).refusal;
  /** Previews, signs the JSON that comes back, and submits. */
  const submit = async (account: typeof actors.buyer, intent: Parameters<typeof signedRequest>[0]) => {
    const { typedData, signers, digest } = await service.client.previewIntent(intent);
    expect(signers).deep.equal([{ role: signers[0]?.role, address: lower(account.address) }]);
    const signature = await account.signTypedData(typedData as never);
    const { id } = await service.client.submitIntent(signedRequest(intent, signature));
    await service.client.waitForIntent(id, { signal: signal() });
    return digest;
  };
  const registered = async () => {
    const { deployment, client } = service;
    await deployment.giveStablecoin(actors.buyer, 1_000_000n);
    const terms = await deployment.termsOf({ token: deployment.stablecoin });
    return (await client.registerDeal({ terms })).id;
  };

  it("gives what a wallet signs from payment to dispute, and stores nothing", async () => {
    const { client } = service;
    const deal = await registered();
    const payment = { kind: "FundDealWithAuthorization", deal, token } as const;
    const preview = await client.previewIntent(payment);
    expect(preview).include({ kind: payment.kind, action: "fund", threshold: 1, refusal: null });
    expect(preview.call).include({ to: service.deployment.contracts.escrow, function: "fundWithAuthorization" });
    await service.refusal("intent-unknown", `/v1/intents/${preview.digest}`);
    await submit(actors.buyer, payment);
    await client.waitForDeal(deal, "funded", { signal: signal() });

    const message = { deal, tracking: digest, deadline: FAR };
    const shipped = await submit(actors.seller, { kind: "ShipGoods", message });
    expect((await client.readIntent(shipped)).succeeded).equal(true);
    const seen = seenIn(await client.waitForDeal(deal, "shipped", { signal: signal() }));
    const by = lower(actors.seller.address);
    const dispute = { kind: "OpenDispute", message: { deal, by, statement: digest, ...seen, deadline: FAR } } as const;
    await submit(actors.seller, dispute);
    await client.waitForDeal(deal, "disputed", { signal: signal() });
    expect(await refusalOf(dispute)).deep.include({ code: "action-refused" });
  });

  it("says with its code why an intent would be refused now", async () => {
    const deal = await registered();
    const delivery = { kind: "AttestDelivery", message: { deal, proof: digest, deadline: FAR } } as const;
    expect(await refusalOf(delivery)).deep.equal({
      code: "action-refused",
      details: { action: "deliver", status: "none", why: "status" },
    });
    const late = { ...delivery, message: { ...delivery.message, deadline: 1 } };
    expect((await refusalOf(late))?.code).equal("intent-expired");
    const terms = await service.deployment.termsOf({ token: zeroAddress });
    const native = await service.client.registerDeal({ terms });
    expect((await refusalOf({ kind: "FundDeal", deal: native.id }))?.code).equal("native-not-relayed");
  });

  it("refuses what no wallet could be asked to sign", async () => {
    const deal = await registered();
    const unknown = { kind: "FundDeal", deal: digest };
    await service.refusal("deal-unknown", PREVIEW, { json: unknown });
    const by = lower(actors.marketplace.address);
    const seen = { status: 2, disputedFrom: 0, disputedAt: 0 };
    const dispute = { kind: "OpenDispute", message: { deal, by, statement: digest, ...seen, deadline: FAR } };
    await service.refusal("signature-invalid", PREVIEW, { json: dispute });
    for (const json of [
      { kind: "FundDeal", deal, buyerSignature: "0x12" },
      { kind: "FundDealWithAuthorization", deal },
      { kind: "FundDealWithPermit2", deal, nonce: "9".repeat(78) },
      { kind: "PayBalance", message: { deal, amount: "-1", ...seen, deadline: FAR } },
      { kind: "Nothing" },
    ]) {
      await service.refusal("input-invalid", PREVIEW, { json });
    }
  });

  it("answers as a submission does when the chain is silent, and shows nothing of the node", async () => {
    const deal = await registered();
    await service.anvil.stop();
    const { details } = await service.refusal("rpc-unreachable", PREVIEW, { json: { kind: "FundDeal", deal } });
    expect(details).deep.equal({});
  });
});
