import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type DealActor, type DealPlace, type DealRule, dealTable, placeOf } from "../../src/core/deal/dealTable.ts";
import { type IntentPreview, previewIntent } from "../../src/core/deal/intentPreview.ts";
import { type IntentSigner, intentRules, type SignableKind } from "../../src/core/deal/intentRules.ts";
import type { Terms } from "../../src/core/deal/terms.ts";
import type { UnsignedIntent } from "../../src/core/deal/unsignedIntent.ts";
import { planCall } from "../../src/relayer/plan/planCall.ts";
import { type RelayRequest, signedRequest } from "../../src/wire/relayRequests.ts";
import {
  ANSWER_WINDOW,
  DAY,
  deployEscrow,
  FAR,
  type Fixture,
  PERMIT2,
  signWith,
  type TestDeal,
} from "../fixtures/escrow.ts";
import { tokenDomain as token } from "../fixtures/tokenDomain.ts";

const connection = await network.create();
const { ethers, networkHelpers } = connection;

async function deployed() {
  const f = await deployEscrow(connection);
  await f.giveTokens();
  const permit2 = await ethers.deployContract("MockPermit2");
  await networkHelpers.setCode(PERMIT2, await ethers.provider.getCode(permit2));
  await f.stablecoin.connect(f.buyer).approve(PERMIT2, 2n ** 256n - 1n);
  return f;
}

/** A deal in a place, in the tests' stablecoin. */
const reach = (f: Fixture, place: DealPlace, changes: Partial<Terms> = {}) =>
  f.reach(place, { token: f.stablecoinAddress, ...changes });

type Scenario = { readonly deal?: TestDeal; readonly intent: UnsignedIntent };

const seenOf = async (f: Fixture, { id }: TestDeal) => ({ deal: id, ...(await f.seenOf(id)), deadline: FAR });

const decided = async (f: Fixture) => {
  const deal = await reach(f, "disputed-shipped");
  await f.time.increase(ANSWER_WINDOW);
  const { held, disputedAt, until } = await f.stateOf(deal.id);
  return { deal, held, until, common: { deal: deal.id, disputedAt, reasons: f.digest("reasons"), deadline: FAR } };
};

const bondOf = (f: Fixture) => ({ seller: f.seller.address.toLowerCase() as Hex, token: f.stablecoinAddress });

/** A deal or an account in which each kind of intent can be signed, and one that is. */
const scenarios: { readonly [K in SignableKind]: (f: Fixture) => Promise<Scenario> } = {
  FundDeal: async (f) => {
    const deal = await reach(f, "none");
    return { deal, intent: { kind: "FundDeal", deal: deal.id } };
  },
  FundDealWithAuthorization: async (f) => {
    const deal = await reach(f, "none");
    return { deal, intent: { kind: "FundDealWithAuthorization", deal: deal.id, token } };
  },
  FundDealWithPermit2: async (f) => {
    const deal = await reach(f, "none");
    return { deal, intent: { kind: "FundDealWithPermit2", deal: deal.id, nonce: 7n } };
  },
  PayBalance: async (f) => {
    const deal = await reach(f, "deposited");
    const amount = deal.terms.price - deal.terms.deposit;
    return { deal, intent: { kind: "PayBalance", message: { ...(await seenOf(f, deal)), amount } } };
  },
  PayBalanceWithAuthorization: async (f) => {
    const deal = await reach(f, "deposited");
    const seen = await f.seenOf(deal.id);
    return { deal, intent: { kind: "PayBalanceWithAuthorization", deal: deal.id, seen, token } };
  },
  ShipGoods: async (f) => {
    const deal = await reach(f, "funded");
    const message = { deal: deal.id, tracking: f.digest("tracking"), deadline: FAR };
    return { deal, intent: { kind: "ShipGoods", message } };
  },
  AttestDelivery: async (f) => {
    const deal = await reach(f, "shipped");
    const message = { deal: deal.id, proof: f.digest("proof"), deadline: FAR };
    return { deal, intent: { kind: "AttestDelivery", message } };
  },
  ConfirmReceipt: async (f) => {
    const deal = await reach(f, "delivered");
    const message = { ...(await seenOf(f, deal)), amount: deal.terms.price };
    return { deal, intent: { kind: "ConfirmReceipt", message } };
  },
  RefundBuyer: async (f) => {
    const deal = await reach(f, "funded");
    const message = { ...(await seenOf(f, deal)), amount: 1n, remaining: deal.terms.price - 1n };
    return { deal, intent: { kind: "RefundBuyer", message } };
  },
  OpenDispute: async (f) => {
    const deal = await reach(f, "shipped");
    const message = { ...(await seenOf(f, deal)), by: deal.terms.seller, statement: f.digest("statement") };
    return { deal, intent: { kind: "OpenDispute", message } };
  },
  Settlement: async (f) => {
    const deal = await reach(f, "disputed-shipped");
    const split = { toBuyer: 1n, toSeller: deal.terms.price - 1n, compensation: 0n };
    return { deal, intent: { kind: "Settlement", message: { ...(await seenOf(f, deal)), ...split } } };
  },
  PostBond: async (f) => {
    const message = { ...bondOf(f), amount: 5n, salt: f.digest("salt"), deadline: FAR };
    return { intent: { kind: "PostBond", message, token } };
  },
  RequestBondWithdrawal: async (f) => {
    await f.postBond(f.seller.address, f.stablecoinAddress, 5n);
    return { intent: { kind: "RequestBondWithdrawal", message: { ...bondOf(f), nonce: 0n, deadline: FAR } } };
  },
  WithdrawBond: async (f) => {
    await f.postBond(f.seller.address, f.stablecoinAddress, 5n);
    await f.escrow.connect(f.seller).requestBondWithdrawal(f.seller, f.stablecoin, "0x");
    await f.time.increase(181 * DAY);
    const nonce = await f.escrow.nonces(f.seller);
    const to = f.marketplace.address.toLowerCase() as Hex;
    return { intent: { kind: "WithdrawBond", message: { ...bondOf(f), amount: 5n, to, nonce, deadline: FAR } } };
  },
  WithdrawCredit: async (f) => {
    const owner = f.marketplace.address.toLowerCase() as Hex;
    await reach(f, "closed", { feeBps: 100, marketplace: owner });
    const amount = await f.escrow.creditOf(owner, f.stablecoin);
    const message = { owner, token: f.stablecoinAddress, amount, to: owner, nonce: 0n, deadline: FAR };
    return { intent: { kind: "WithdrawCredit", message } };
  },
  Determination: async (f) => {
    const { deal, held, common } = await decided(f);
    const split = { toBuyer: held, toSeller: 0n, compensation: 0n };
    const determination = { ...common, ...split, evidence: f.digest("evidence") };
    return { deal, intent: { kind: "Determination", determination, panel: f.panel } };
  },
  Extension: async (f) => {
    const { deal, until, common } = await decided(f);
    const extension = { ...common, until: until + DAY };
    return { deal, intent: { kind: "Extension", extension, panel: f.panel } };
  },
};

const kinds = Object.keys(intentRules) as SignableKind[];

/** Signs the JSON of a preview, as a wallet outside this code would. */
const sign = async (f: Fixture, { typedData }: IntentPreview, account: string) => {
  const { EIP712Domain: _, ...types } = typedData.types;
  return signWith(f.keyOf(account), { ...typedData, types });
};

const requestOf = (intent: UnsignedIntent, { signers }: IntentPreview, signatures: readonly Hex[]): RelayRequest => {
  const [first = "0x", second = "0x"] = signatures;
  if (intent.kind === "Settlement") return { ...intent, buyerSignature: first, sellerSignature: second };
  if (intent.kind === "Determination" || intent.kind === "Extension") {
    const signed = signatures.map((signature, index) => ({ signer: signers[index]!.address, signature }));
    const panel = { ...intent.panel, arbitrators: [...intent.panel.arbitrators] };
    return { ...intent, panel, signatures: signed };
  }
  return signedRequest(intent, first);
};

/** Sends what a relayer would send for an intent that these accounts signed. */
const submit = async (f: Fixture, { deal, intent }: Scenario, by: (preview: IntentPreview) => readonly string[]) => {
  const preview = previewIntent(intent, { domain: f.domain, terms: deal?.terms });
  const signatures = await Promise.all(by(preview).map((account) => sign(f, preview, account)));
  const { escrow } = f.domain;
  const plan = await planCall(requestOf(intent, preview, signatures), {
    chainId: f.domain.chainId,
    contracts: { escrow, panel: f.panelDomain.tribunal, registry: escrow, fromBlock: 0 },
    terms: deal?.terms,
    sellerSignature: undefined,
  });
  expect(plan.call.to).to.equal(preview.call.to);
  return f.relayer.sendTransaction({ to: plan.call.to, data: plan.call.data });
};

const required = ({ signers, threshold }: IntentPreview) => signers.slice(0, threshold).map(({ address }) => address);

describe("the contracts conform to the table of intents", () => {
  for (const kind of kinds) {
    const { action, contract, call } = intentRules[kind];

    it(`${kind}: ${call} takes it from its signers`, async () => {
      const f = await networkHelpers.loadFixture(deployed);
      const scenario = await scenarios[kind](f);
      expect(f[contract].interface.getFunction(call as never), "function of the ABI").not.to.equal(null);
      const { deal } = scenario;
      const before = deal && placeOf(await f.stateOf(deal.id));
      await (await submit(f, scenario, required)).wait();
      if (deal === undefined || before === undefined || action === null) return;
      const after = placeOf(await f.stateOf(deal.id));
      const rule: DealRule = dealTable[action];
      // A slot that was given back reads as none: the deal is closed.
      expect(rule.in[before]!.to).to.include(after === "none" ? "closed" : after);
    });

    it(`${kind}: ${call} refuses it from anybody else`, async () => {
      const f = await networkHelpers.loadFixture(deployed);
      const scenario = await scenarios[kind](f);
      const { length } = required(previewIntent(scenario.intent, { domain: f.domain, terms: scenario.deal?.terms }));
      for (let place = 0; place < length; place++) {
        const attempt = submit(f, scenario, (preview) => required(preview).with(place, f.stranger.address as Hex));
        await expect(attempt, `signer ${place} is another`).to.be.revert(ethers);
      }
    });
  }

  it("names the signers that the table of deals names", () => {
    const actors = {
      buyer: "buyer",
      seller: "seller",
      attestor: "attestor",
      both: "both",
      panel: "tribunal",
      "message.by": "party",
      "message.seller": undefined,
      "message.owner": undefined,
    } as const satisfies Record<IntentSigner, DealActor | undefined>;
    for (const kind of kinds) {
      const { action, signer } = intentRules[kind];
      expect(actors[signer], kind).to.equal(action === null ? undefined : dealTable[action].by);
    }
  });
});
