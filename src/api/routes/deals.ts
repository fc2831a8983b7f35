import { type EscrowDomain, termsToJson, termsTypedData } from "../../core/deal/terms.ts";
import { typedDataJson } from "../../core/deal/typedDataJson.ts";
import { ProtocolError } from "../../core/errors.ts";
import { listDeals, readDeal } from "../../db/deals.ts";
import { readProjection } from "../../db/projections.ts";
import { bondKey } from "../../relayer/project/bond.ts";
import { creditKey } from "../../relayer/project/credit.ts";
import type { RelayRequest } from "../../wire/relayRequests.ts";
import type { ApiContext, Handlers } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { viewDeal } from "../dealView.ts";
import { viewIntent } from "../intentView.ts";

/** Registering, funding and reading deals, and reading bonds and credits. */
export function createDealRoutes({
  relayer,
  database,
  chain,
  limits,
}: ApiContext): Handlers<"registerDeal" | "listDeals" | "readDeal" | "fundDeal" | "readBond" | "readCredit"> {
  const { db } = database;
  const domain: EscrowDomain = { chainId: chain.chainId, escrow: relayer.contracts.escrow };

  return {
    registerDeal: async ({ body: { terms, order, sellerSignature } }) => {
      const { dealId } = await relayer.registerDeal({ terms, order, sellerSignature });
      const typedData = typedDataJson(termsTypedData(terms, domain));
      return { status: 201, body: { id: dealId, terms: termsToJson(terms), typedData } };
    },

    listDeals: async ({ query: { party, status, cursor, limit = limits.pageSize } }) => {
      const after = readCursor(cursor);
      const deals = await listDeals(db, {
        ...(party === undefined ? {} : { party }),
        ...(status === undefined ? {} : { status }),
        ...(after === undefined ? {} : { after: { blockNumber: after[0], id: after[1] } }),
        limit: limit + 1,
      });
      const { page, next } = pageOf(deals, limit, ({ blockNumber, id }) => [blockNumber, id]);
      return { status: 200, body: { deals: page.map(viewDeal), next } };
    },

    readDeal: async ({ params: { id } }) => {
      const deal = await readDeal(db, id);
      if (deal === undefined) throw new ProtocolError("deal-unknown", { deal: id });
      return { status: 200, body: viewDeal(deal) };
    },

    fundDeal: async ({ params: { id: deal }, body }) => {
      const { authorization, buyerSignature, permit, sellerSignature } = body;
      const base = { deal, sellerSignature };
      let request: RelayRequest;
      if (authorization !== undefined) request = { kind: "FundDealWithAuthorization", ...base, authorization };
      else if (buyerSignature !== undefined) request = { kind: "FundDeal", ...base, buyerSignature };
      else {
        const { nonce, signature: permitSignature } = permit!;
        request = { kind: "FundDealWithPermit2", ...base, nonce, permitSignature };
      }
      return { status: 202, body: viewIntent(await relayer.accept(request)) };
    },

    readBond: async ({ params: { seller, token } }) => {
      const bond = await readProjection(db, "bond", bondKey(seller, token));
      const { balance, reserved, unlockAt } = bond?.state ?? { balance: 0n, reserved: 0n, unlockAt: 0 };
      const amounts = {
        balance: balance.toString(),
        reserved: reserved.toString(),
        available: (balance - reserved).toString(),
      };
      return { status: 200, body: { seller, token, ...amounts, unlockAt } };
    },

    readCredit: async ({ params: { owner, token } }) => {
      const credit = await readProjection(db, "credit", creditKey(owner, token));
      return { status: 200, body: { owner, token, amount: (credit?.state.amount ?? 0n).toString() } };
    },
  };
}
