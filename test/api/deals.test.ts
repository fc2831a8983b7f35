import { after, before, beforeEach, describe, it } from "node:test";
import { expect } from "chai";
import { type Hex, hashTypedData, keccak256, zeroHash } from "viem";
import { escrowAbi } from "../../src/abi/escrow.ts";
import { seenIn, statusNumber, undisputed } from "../../src/core/deal/dealTable.ts";
import {
  type Determination,
  determinationTypedData,
  type Intent,
  intentDigest,
  intentTypedData,
} from "../../src/core/deal/intents.ts";
import { dealIdOf, type Terms, termsDigest, termsToJson, termsTypedData } from "../../src/core/deal/terms.ts";
import { authorizationTypedData } from "../../src/core/deal/tokenTypedData.ts";
import type { RelayRequest } from "../../src/wire/relayRequests.ts";
import { CHAIN_ID } from "../fixtures/anvil.ts";
import { actors, panel } from "../fixtures/deployment.ts";
import { type Service, startService } from "../fixtures/service.ts";
import { tokenDomain } from "../fixtures/tokenDomain.ts";

const digest: Hex = `0x${"22".repeat(32)}`;
const FAR = 4_000_000_000;
type Account = typeof actors.buyer;

describe("the API over deals", () => {
  let service: Service;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const signal = () => AbortSignal.timeout(30_000);
  const sign = (account: Account, intent: Intent, changes: Partial<{ chainId: number; escrow: Hex }> = {}) =>
    account.signTypedData(intentTypedData(intent, { ...service.deployment.domain, ...changes }) as never);
  const signed = async (account: Account, intent: Intent) =>
    ({ ...intent, signature: await sign(account, intent) }) as RelayRequest;
  const relay = async (account: Account, intent: Intent) => {
    const { id } = await service.client.submitIntent(await signed(account, intent));
    return service.client.waitForIntent(id, { signal: signal() });
  };
  const authorize = ({ terms, id }: { terms: Terms; id: Hex }, changes: { value?: bigint; chainId?: number } = {}) =>
    actors.buyer.signTypedData(
      authorizationTypedData(
        { from: terms.buyer, value: changes.value ?? terms.deposit, validBefore: terms.fundBy, nonce: id },
        {
          chainId: changes.chainId ?? CHAIN_ID,
          escrow: service.deployment.domain.escrow,
          ...tokenDomain,
          token: terms.token,
        },
      ),
    );
  const register = async (changes: Partial<Terms> = {}) => {
    const { deployment, client } = service;
    await service.indexed();
    const terms = await deployment.termsOf({ token: deployment.stablecoin, ...changes });
    const sellerSignature = await actors.seller.signTypedData(termsTypedData(terms, deployment.domain));
    const { id } = await client.registerDeal({ terms, sellerSignature });
    return { terms, id };
  };
  const fundGasless = async (changes: Partial<Terms> = {}) => {
    const deal = await register(changes);
    await service.deployment.giveStablecoin(actors.buyer, deal.terms.deposit);
    const authorization = await authorize(deal);
    const { id } = await service.client.fundDeal(deal.id, { authorization });
    await service.client.waitForIntent(id, { signal: signal() });
    await service.client.waitForDeal(deal.id, (now) => now.status !== "none", { signal: signal() });
    return deal;
  };
  const ship = (deal: Hex): Intent => ({ kind: "ShipGoods", message: { deal, tracking: digest, deadline: FAR } });
  const deliver = (deal: Hex): Intent => ({ kind: "AttestDelivery", message: { deal, proof: digest, deadline: FAR } });
  const disputed = async (changes: Partial<Terms> = {}) => {
    const deal = await fundGasless(changes);
    await relay(actors.seller, ship(deal.id));
    await service.client.waitForDeal(deal.id, "shipped", { signal: signal() });
    await relay(actors.attestor, deliver(deal.id));
    await service.client.waitForDeal(deal.id, "delivered", { signal: signal() });
    await relay(actors.buyer, {
      kind: "OpenDispute",
      message: {
        deal: deal.id,
        by: deal.terms.buyer,
        statement: digest,
        ...seenIn(undisputed("delivered")),
        deadline: FAR,
      },
    });
    await service.client.waitForDeal(deal.id, "disputed", { signal: signal() });
    return deal;
  };

  describe("from payment to payout", () => {
    it("registers, funds gasless, ships, delivers, disputes and settles", async () => {
      const { deployment, client } = service;
      const { stablecoinOf } = deployment;
      const before = {
        buyer: await stablecoinOf(actors.buyer.address),
        seller: await stablecoinOf(actors.seller.address),
      };
      const { id, terms } = await disputed();
      const message = {
        deal: id,
        toBuyer: 300_000n,
        toSeller: 700_000n,
        compensation: 0n,
        ...seenIn(await client.readDeal(id)),
        deadline: FAR,
      };
      const settlement = { kind: "Settlement", message } as const;
      const intent = await client.submitIntent({
        ...settlement,
        buyerSignature: await sign(actors.buyer, settlement),
        sellerSignature: await sign(actors.seller, settlement),
      });
      const mined = await client.waitForIntent(intent.id, { signal: signal(), until: "final" });
      expect(mined).include({ state: "final", succeeded: true, kind: "Settlement", deal: id });
      expect(mined.txHash).match(/^0x[0-9a-f]{64}$/);
      const closed = await client.waitForDeal(id, "closed", { signal: signal() });
      expect(closed.outcome).include({ by: "settle", toBuyer: 300_000n, toSeller: 700_000n, compensation: 0n });
      expect(closed.ifNobodyActs).deep.equal([]);
      expect(closed.actions).deep.equal([]);
      expect(await stablecoinOf(terms.buyer)).equal(before.buyer + 300_000n);
      expect(await stablecoinOf(terms.seller)).equal(before.seller + 700_000n);
    });

    it("relays a determination of the panel and tells what came of it", async () => {
      const { client } = service;
      const { stablecoinOf } = service.deployment;
      const before = await stablecoinOf(actors.seller.address);
      const { id, terms } = await disputed();
      const determination: Determination = {
        deal: id,
        disputedAt: (await client.readDeal(id)).disputedAt,
        toBuyer: 600_000n,
        toSeller: 400_000n,
        compensation: 0n,
        reasons: digest,
        evidence: digest,
        deadline: FAR,
      };
      const typedData = determinationTypedData(determination, { chainId: CHAIN_ID, tribunal: terms.tribunal });
      const [first, second] = await Promise.all(
        actors.arbitrators.slice(0, 2).map(async (arbitrator) => ({
          signer: arbitrator.address.toLowerCase() as Hex,
          signature: await arbitrator.signTypedData(typedData),
        })),
      );
      const stranger = {
        signer: actors.seller.address.toLowerCase() as Hex,
        signature: await actors.seller.signTypedData(typedData),
      };
      const elsewhere = determinationTypedData(determination, { chainId: 1, tribunal: terms.tribunal });
      const foreign = { ...second!, signature: await actors.arbitrators[1]!.signTypedData(elsewhere) };
      const submission = { determination, panel: { ...panel, arbitrators: [...panel.arbitrators] } };
      const refuse = (signatures: readonly unknown[], changes = {}) => ({
        json: { ...submission, determination: { ...determination, ...changes }, signatures },
      });
      const path = "/v1/determinations";
      const short = await service.refusal("signature-count-wrong", path, refuse([first]));
      expect(short.details).deep.equal({ given: 1, threshold: 2 });
      await service.refusal("signature-count-wrong", path, refuse([first, first]));
      await service.refusal("signer-not-on-panel", path, refuse([first, stranger]));
      await service.refusal("signature-invalid", path, refuse([first, foreign]));
      await service.refusal("signature-invalid", path, refuse([first, second], { reasons: zeroHash }));
      const unequal = await service.refusal("amounts-do-not-sum", path, refuse([first, second], { toSeller: 1n }));
      expect(unequal.details).deep.equal({ sum: "600001", held: "1000000" });
      const panelOfOne = { ...panel, threshold: 1, arbitrators: [first!.signer] };
      await service.refusal("panel-mismatch", path, {
        json: { determination, panel: panelOfOne, signatures: [first] },
      });
      const untouched = await client.readDeal(id);
      expect(untouched).include({ status: "disputed" });
      expect(untouched.amounts.held).equal(1_000_000n);

      const early = await service.refusal("answer-window-open", path, refuse([first, second]));
      expect(early.details).deep.equal({ until: untouched.disputedAt + panel.answerWindow });
      await service.anvil.ask("evm_increaseTime", [panel.answerWindow]);
      await service.anvil.ask("evm_mine");
      await client.waitForDeal(id, ({ asOf }) => asOf >= untouched.disputedAt + panel.answerWindow, {
        signal: signal(),
      });
      const intent = await client.submitDetermination({ ...submission, signatures: [second!, first!] });
      await client.waitForIntent(intent.id, { signal: signal() });
      const closed = await client.waitForDeal(id, "closed", { signal: signal() });
      expect(closed.outcome).include({ by: "award", toBuyer: 600_000n, toSeller: 400_000n, reasons: digest });
      expect(await stablecoinOf(terms.seller)).equal(before + 400_000n);
      const told = await client.readDetermination(intent.id);
      expect(told.intent.succeeded).equal(true);
      expect(told.determined).include({ evidence: digest, txHash: closed.outcome?.txHash });
      expect(told.outcome).deep.equal(closed.outcome);
      const notOne = await relay(actors.seller, ship((await fundGasless()).id));
      await service.refusal("intent-unknown", `/v1/determinations/${notOne.id}`);
    });
  });

  describe("registering", () => {
    it("gives the typed data that the parties sign over the terms", async () => {
      const terms = await service.deployment.termsOf();
      const { id, typedData, terms: kept } = await service.client.registerDeal({ terms });
      expect(kept).deep.equal(terms);
      expect(hashTypedData(typedData as never)).equal(termsDigest(terms, service.deployment.domain));
      expect(id).equal(dealIdOf(terms, service.deployment.domain));
      const deal = await service.client.readDeal(id);
      expect(deal).include({ id, status: "none", sellerSigned: false, outcome: null });
      expect(deal.ifNobodyActs).deep.equal([]);
      expect(deal.actions.map(({ action, who, before, open }) => ({ action, who, before, open }))).deep.equal([
        { action: "fund", who: [terms.buyer], before: terms.fundBy, open: true },
      ]);
    });

    it("refuses coverage that the bond cannot carry, with the amounts, and keeps nothing", async () => {
      const { deployment } = service;
      await deployment.giveStablecoin(actors.seller, 500n);
      await deployment.act(actors.seller, "postBond", {
        args: [actors.seller.address, deployment.stablecoin, 500n],
      });
      await service.indexed();
      const bond = await service.client.readBond(actors.seller.address, deployment.stablecoin);
      expect(bond).include({ balance: 500n, reserved: 0n, available: 500n });
      const terms = await deployment.termsOf({ token: deployment.stablecoin, coverage: 501n });
      const refused = await service.refusal("coverage-exceeds-bond", "/v1/deals", {
        json: { terms: termsToJson(terms) },
      });
      expect(refused.details).deep.equal({ coverage: "501", available: "500" });
      expect(refused.label).equal("E-BOND-01");
      expect(refused.detail).contain("501").and.contain("500");
      const id = hashTypedData(termsTypedData(terms, deployment.domain));
      expect(await service.refusal("deal-unknown", `/v1/deals/${id}`)).not.have.property("label");
    });

    it("refuses terms that the escrow would refuse, naming the fact", async () => {
      const factOf = async (changes: Partial<Terms>) => {
        const terms = await service.deployment.termsOf(changes);
        return (await service.refusal("terms-unsafe", "/v1/deals", { json: { terms: termsToJson(terms) } })).details
          .fact;
      };
      const buyer = actors.buyer.address.toLowerCase() as Hex;
      expect(await factOf({ tribunal: buyer })).equal("tribunal-without-code");
      expect(await factOf({ seller: buyer })).equal("buyer-is-seller");
      expect(await factOf({ fundBy: 1 })).equal("fund-by-passed");
      expect(await factOf({ deliverBy: 1 })).equal("clocks-out-of-order");
    });

    it("refuses an order document that a database could not give back as it was", async () => {
      const terms = termsToJson(await service.deployment.termsOf());
      const deep = Array.from({ length: 65 }).reduce<unknown>((inner) => ({ inner }), "x");
      for (const order of [{ a: "\u0000" }, { "\u0000": 1 }, { a: ["\ud800"] }, { "\udc00": 1 }, deep]) {
        const { details } = await service.refusal("input-invalid", "/v1/deals", { json: { terms, order } });
        expect(details.path).equal("order");
      }
      const order = { 名: "衣柜 🚪", parts: [1, null, { a: [true] }] };
      await service.client.registerDeal({ terms: await service.deployment.termsOf(), order });
    });

    it("refuses a seller's signature of somebody else", async () => {
      const terms = await service.deployment.termsOf();
      const sellerSignature = await actors.buyer.signTypedData(termsTypedData(terms, service.deployment.domain));
      await service.refusal("signature-invalid", "/v1/deals", { json: { terms: termsToJson(terms), sellerSignature } });
    });
  });

  describe("reading", () => {
    it("tells what an account can withdraw, as the escrow holds it", async () => {
      const { act, client: chain, contracts, funded } = service.deployment;
      const owner = actors.marketplace.address.toLowerCase() as Hex;
      const { packed, terms } = await funded({ feeBps: 250 });
      await act(actors.buyer, "confirm", { args: [packed, terms.price, statusNumber("funded"), "0x"] });
      await service.indexed();
      const amount = await chain.readContract({
        address: contracts.escrow,
        abi: escrowAbi,
        functionName: "creditOf",
        args: [owner, terms.token],
      });
      expect(amount >= 25_000n).equal(true);
      expect(await service.client.readCredit(owner, terms.token)).deep.equal({ owner, token: terms.token, amount });
      const seller = actors.seller.address.toLowerCase() as Hex;
      expect(await service.client.readCredit(seller, terms.token)).include({ owner: seller, amount: 0n });
      await service.refusal("input-invalid", `/v1/credits/${owner}/native`);
    });

    it("tells what happens if nobody acts, and who can do what", async () => {
      const { id, terms } = await fundGasless({ feeBps: 200 });
      const deal = await service.client.readDeal(id);
      expect(deal.status).equal("funded");
      expect(deal.amounts).deep.equal({
        held: 1_000_000n,
        balanceDue: 0n,
        coverage: 0n,
        refunded: 0n,
        fee: 20_000n,
      });
      expect(deal.ifNobodyActs).deep.equal([
        {
          action: "expire",
          at: terms.shipBy,
          toBuyer: 1_000_000n,
          toSeller: 0n,
          compensation: 0n,
          status: "closed",
        },
      ]);
      expect(deal.actions.filter(({ open }) => open).map(({ action }) => action)).deep.equal([
        "ship",
        "confirm",
        "refund",
        "dispute",
        "settle",
      ]);
      const expire = deal.actions.find(({ action }) => action === "expire");
      expect(expire).include({ by: "anyone", from: terms.shipBy, open: false });
    });

    it("tells the share of each side when a tribunal stays silent", async () => {
      const { id } = await disputed({ silenceBps: 3_333 });
      const { ifNobodyActs } = await service.client.readDeal(id);
      expect(ifNobodyActs[0]).include({ action: "lapse", toBuyer: 333_300n, toSeller: 666_700n });
    });

    it("lists a party's deals page by page, each once", async () => {
      const { client, deployment } = service;
      const party = actors.deployer.address.toLowerCase() as Hex;
      const ids = new Set<Hex>();
      for (let i = 0; i < 5; i++) ids.add((await deployment.funded({ marketplace: party })).dealId);
      await service.indexed();
      const seen: Hex[] = [];
      let cursor: string | undefined;
      do {
        const page = await client.listDeals({ party, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        expect(page.deals.length).at.most(2);
        seen.push(...page.deals.map(({ id }) => id));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen).lengthOf(5);
      expect(new Set(seen)).deep.equal(ids);
      expect((await client.listDeals({ party, status: "disputed" })).deals).deep.equal([]);
    });

    it("refuses a cursor that it did not write, a limit beyond the most, and an unknown filter", async () => {
      const pathOf = async (query: string) =>
        (await service.refusal("input-invalid", `/v1/deals?${query}`)).details.path;
      expect(await pathOf("cursor=abc")).equal("cursor");
      expect(await pathOf("limit=101")).equal("limit");
      expect(await pathOf("partner=0x00")).equal("partner");
      expect(await pathOf("party=0x00")).equal("party");
      expect(await pathOf(`party=${digest.slice(0, 42)}&party=${digest.slice(0, 42)}`)).equal("party");
    });

    it("refuses ids that are not ids, and those that are not known", async () => {
      expect((await service.refusal("input-invalid", "/v1/deals/1")).details.path).equal("id");
      await service.refusal("deal-unknown", `/v1/deals/${keccak256("0x01")}`);
      await service.refusal("intent-unknown", `/v1/intents/${keccak256("0x01")}`);
      await service.refusal("intent-unknown", `/v1/determinations/${keccak256("0x01")}`);
    });
  });

  describe("funding", () => {
    it("refuses an authorization of another amount or chain, and moves nothing", async () => {
      const deal = await register();
      await service.deployment.giveStablecoin(actors.buyer, deal.terms.price);
      const before = await service.deployment.stablecoinOf(actors.buyer.address);
      const path = `/v1/deals/${deal.id}/funding`;
      for (const changes of [{ value: 1n }, { chainId: 1 }]) {
        const authorization = await authorize(deal, changes);
        await service.refusal("call-reverted", path, { json: { authorization } });
      }
      expect(await service.deployment.stablecoinOf(actors.buyer.address)).equal(before);
      expect((await service.client.readDeal(deal.id)).status).equal("none");
    });

    it("relays a buyer's signature over the terms where there is an allowance", async () => {
      const deal = await register();
      await service.deployment.giveStablecoin(actors.buyer, deal.terms.price);
      const buyerSignature = await actors.buyer.signTypedData(termsTypedData(deal.terms, service.deployment.domain));
      const { id } = await service.client.fundDeal(deal.id, { buyerSignature });
      await service.client.waitForIntent(id, { signal: signal() });
      const funded = await service.client.waitForDeal(deal.id, "funded", { signal: signal() });
      expect(funded.amounts.held).equal(deal.terms.price);
    });

    it("refuses a Permit2 nonce beyond 256 bits, as funding and as an intent", async () => {
      const { id } = await register();
      const nonce = (2n ** 256n).toString();
      const permit = { nonce, signature: "0x" };
      const funding = await service.refusal("input-invalid", `/v1/deals/${id}/funding`, { json: { permit } });
      expect(funding.details.path).equal("permit.nonce");
      const request = { kind: "FundDealWithPermit2", deal: id, nonce, permitSignature: "0x" };
      const intent = await service.refusal("input-invalid", "/v1/intents", { json: request });
      expect(intent.details.path).equal("nonce");
    });

    it("takes exactly one way to pay", async () => {
      const { id } = await register();
      const path = `/v1/deals/${id}/funding`;
      await service.refusal("input-invalid", path, { json: {} });
      await service.refusal("input-invalid", path, { json: { authorization: "0x12", buyerSignature: "0x12" } });
    });
  });

  describe("intents", () => {
    let deal: Awaited<ReturnType<typeof fundGasless>>;
    beforeEach(async () => {
      deal = await fundGasless();
    });

    it("refuses a wrong signer, chain, contract and flipped s, an expired one and one out of turn", async () => {
      const intent = ship(deal.id);
      const refuse = async (signature: Hex, code: Parameters<Service["refusal"]>[0], message = intent.message) =>
        service.refusal(code, "/v1/intents", { json: { ...intent, message, signature } });
      const other = `0x${"ab".repeat(20)}` as const;
      await refuse(await sign(actors.buyer, intent), "signature-invalid");
      await refuse(await sign(actors.seller, intent, { chainId: 1 }), "signature-invalid");
      await refuse(await sign(actors.seller, intent, { escrow: other }), "signature-invalid");
      await refuse(flipped(await sign(actors.seller, intent)), "signature-invalid");
      await refuse("0x", "signature-invalid");
      const late = { kind: "ShipGoods", message: { deal: deal.id, tracking: digest, deadline: 1_000 } } as const;
      const expired = await refuse(await sign(actors.seller, late), "intent-expired", late.message);
      expect(expired.details.deadline).equal(1_000);
      const early = deliver(deal.id);
      const refused = await service.refusal("action-refused", "/v1/intents", {
        json: { ...early, signature: await sign(actors.attestor, early) },
      });
      expect(refused.details).deep.equal({ action: "deliver", status: "funded", why: "status" });
      expect((await service.client.readDeal(deal.id)).status).equal("funded");
      for (const refusedIntent of [intent, late, early]) {
        await service.refusal(
          "intent-unknown",
          `/v1/intents/${intentDigest(refusedIntent, service.deployment.domain)}`,
        );
      }
    });

    it("answers the same intent with the same record", async () => {
      const request = await signed(actors.seller, ship(deal.id));
      const [first, second] = await Promise.all([
        service.client.submitIntent(request),
        service.client.submitIntent(request),
      ]);
      expect(second.id).equal(first.id);
      const mined = await service.client.waitForIntent(first.id, { signal: signal() });
      expect((await service.client.submitIntent(request)).txHash).equal(mined.txHash);
    });

    it("binds an idempotency key to its body", async () => {
      const idempotencyKey = "shipping-1";
      const request = await signed(actors.seller, ship(deal.id));
      const first = await service.client.submitIntent(request, { idempotencyKey });
      expect(await service.client.submitIntent(request, { idempotencyKey })).deep.equal(first);
      const other = await signed(actors.seller, {
        kind: "RefundBuyer",
        message: {
          deal: deal.id,
          amount: 1n,
          remaining: 999_999n,
          ...seenIn(undisputed("funded")),
          deadline: FAR,
        },
      });
      const headers = { "idempotency-key": idempotencyKey };
      await service.refusal("idempotency-mismatch", "/v1/intents", { json: other, headers });
      await service.client.waitForIntent(first.id, { signal: signal() });
      expect((await service.client.readDeal(deal.id)).amounts.held).equal(1_000_000n);
    });

    it("leaves the idempotency key of a refused request free", async () => {
      const headers = { "idempotency-key": "shipping-2" };
      const intent = ship(deal.id);
      const wrong = { ...intent, signature: await sign(actors.buyer, intent) };
      await service.refusal("signature-invalid", "/v1/intents", { json: wrong, headers });
      const { status } = await service.ask("/v1/intents", { json: await signed(actors.seller, intent), headers });
      expect(status).equal(202);
      await service.refusal("input-invalid", "/v1/intents", { json: {}, headers: { "idempotency-key": "a b" } });
    });

    it("refuses what it does not know: kinds, fields, and amounts that are numbers", async () => {
      const intent = ship(deal.id);
      const signature = await sign(actors.seller, intent);
      const pathOf = async (json: unknown) =>
        (await service.refusal("input-invalid", "/v1/intents", { json })).details.path;
      expect(await pathOf({ ...intent, kind: "Ship", signature })).equal("kind");
      expect(await pathOf({ ...intent, signature, note: "x" })).equal("note");
      expect(await pathOf({ ...intent, message: { ...intent.message, by: "x" }, signature })).equal("message.by");
      expect(await pathOf({ ...intent, signature: "0x1" })).equal("signature");
      const refund = {
        deal: deal.id,
        amount: 1,
        remaining: "1",
        status: 2,
        disputedFrom: 0,
        disputedAt: 0,
        deadline: FAR,
      };
      expect(await pathOf({ kind: "RefundBuyer", message: refund, signature })).equal("message.amount");
    });

    it("refuses a nonce that is not a whole number below 2^256", async () => {
      const signature = await sign(actors.seller, ship(deal.id));
      const { seller, buyer } = deal.terms;
      for (const nonce of ["9".repeat(78), "abc"]) {
        const message = { seller, token: buyer, nonce, deadline: FAR };
        const json = { kind: "RequestBondWithdrawal", message, signature };
        const { details } = await service.refusal("input-invalid", "/v1/intents", { json });
        expect(details.path).equal("message.nonce");
        const funding = { json: { permit: { nonce, signature } } };
        const refused = await service.refusal("input-invalid", `/v1/deals/${deal.id}/funding`, funding);
        expect(refused.details.path).equal("permit.nonce");
      }
    });

    it("ends a wait with the reason when the contract refuses on the way", async () => {
      await service.anvil.ask("evm_setAutomine", [false]);
      try {
        // Both are possible when they are handed in; the refund leaves nothing to ship.
        const refund = await signed(actors.seller, {
          kind: "RefundBuyer",
          message: {
            deal: deal.id,
            amount: 1_000_000n,
            remaining: 0n,
            ...seenIn(undisputed("funded")),
            deadline: FAR,
          },
        });
        const first = await service.client.submitIntent(refund);
        const second = await service.client.submitIntent(await signed(actors.seller, ship(deal.id)));
        const mining = setInterval(() => void service.anvil.ask("evm_mine").catch(() => {}), 100);
        try {
          await service.client.waitForIntent(first.id, { signal: signal() });
          const outcome = await service.client.waitForIntent(second.id, { signal: signal() }).then(
            () => "mined",
            (error: Error & { code: string }) => error.code,
          );
          expect(outcome).equal("call-reverted");
        } finally {
          clearInterval(mining);
        }
      } finally {
        await service.anvil.ask("evm_setAutomine", [true]);
      }
    });
  });
});

/** The same signature with `s` in the other half of the curve's order (EIP-2). */
const flipped = (signature: Hex): Hex => {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = order - BigInt(`0x${signature.slice(66, 130)}`);
  const v = signature.endsWith("1b") ? "1c" : "1b";
  return `0x${signature.slice(2, 66)}${s.toString(16).padStart(64, "0")}${v}`;
};
