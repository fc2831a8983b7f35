import type { Hex } from "viem";
import { type EscrowDomain, type Terms, termsSchema, termsToJson, termsTypedData } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import { readDeal } from "../../db/deals.ts";
import { listProjections, readProjection } from "../../db/projections.ts";
import { type BondProjection, bondKey } from "../../relayer/project/bond.ts";
import { type CreditProjection, creditKey } from "../../relayer/project/credit.ts";
import type { DealProjection } from "../../relayer/project/deal.ts";
import type { RelayRequest } from "../../wire/relayRequests.ts";
import type { ApiContext, Handlers } from "../context.ts";
import { pageOf, readCursor } from "../cursor.ts";
import { viewDeal } from "../dealView.ts";
import { viewIntent } from "../intentView.ts";
import { readNewestTime } from "../newestTime.ts";
import { typedDataJson } from "../typedDataJson.ts";

export const createDealRoutes = ({
  relayer,
  database,
  chain,
  limits,
}: ApiContext): Handlers<"registerDeal" | "listDeals" | "readDeal" | "fundDeal" | "readBond" | "readCredit"> => {
  const { db } = database;
  const domain: EscrowDomain = { chainId: chain.chainId, escrow: relayer.contracts.escrow };

  const view = async (id: Hex, known: Readonly<{ terms: Terms; projection: DealProjection | undefined }>) =>
    viewDeal({
      id,
      ...known,
      sellerSigned: (await readDeal(db, id))?.sellerSignature != null,
      asOf: await readNewestTime(db),
    });

  return {
    registerDeal: async ({ body: { terms, order, sellerSignature } }) => {
      const { dealId } = await relayer.registerDeal({ terms, order, sellerSignature });
      const typedData = typedDataJson(termsTypedData(terms, domain));
      return { status: 201, body: { id: dealId, terms: termsToJson(terms), typedData } };
    },

    listDeals: async ({ query: { party, status, cursor, limit = limits.pageSize } }) => {
      const after = readCursor(cursor);
      const rows = await listProjections(db, "deal", {
        ...(party === undefined ? {} : { party }),
        ...(status === undefined ? {} : { status }),
        ...(after === undefined ? {} : { after: { blockNumber: after[0], key: after[1] } }),
        limit: limit + 1,
      });
      const { page, next } = pageOf(rows, limit, ({ blockNumber, key }) => [blockNumber, key as Hex]);
      const deals = page.map((row) => {
        const projection = row.state as unknown as DealProjection;
        return view(row.key as Hex, { terms: termsSchema.parse(projection.terms), projection });
      });
      return { status: 200, body: { deals: await Promise.all(deals), next } };
    },

    readDeal: async ({ params: { id } }) => {
      const terms = await relayer.findTerms(id);
      if (terms === undefined) throw new ProtocolError("deal-unknown", { deal: id });
      const row = await readProjection(db, "deal", id);
      return { status: 200, body: await view(id, { terms, projection: row?.state as DealProjection | undefined }) };
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
      const row = await readProjection(db, "bond", bondKey(seller, token));
      const bond = row?.state as BondProjection | undefined;
      const { balance, reserved, unlockAt } = bond ?? { balance: "0", reserved: "0", unlockAt: 0 };
      const available = (BigInt(balance) - BigInt(reserved)).toString();
      return { status: 200, body: { seller, token, balance, reserved, available, unlockAt } };
    },

    readCredit: async ({ params: { owner, token } }) => {
      const row = await readProjection(db, "credit", creditKey(owner, token));
      const credit = row?.state as CreditProjection | undefined;
      return { status: 200, body: { owner, token, amount: credit?.amount ?? "0" } };
    },
  };
};
