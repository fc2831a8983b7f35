import type { Hex } from "viem";
import { escrowAbi } from "../../abi/escrow.ts";
import type { SignedDigest } from "../../chain/signature.ts";
import { type PackedTerms, packTerms } from "../../core/deal/termsCodec.ts";
import type { RelayRequest } from "../../wire/relayRequests.ts";
import type { Planners } from "./callPlan.ts";
import {
  encodeEscrow,
  idOver,
  type PlanContext,
  requireTerms,
  requireToken,
  termsDigestOf,
  toEscrow,
} from "./planContext.ts";

/** What moves the buyer's money into a deal. */
export const fundingPlanners = {
  FundDeal: (request, context) =>
    byFunding(request, context, {
      signed: [
        { digest: termsDigestOf(context), signer: requireTerms(context).buyer, signature: request.buyerSignature },
      ],
      unchecked: [],
      dataOf: (terms, consent) =>
        encodeEscrow({ abi: escrowAbi, functionName: "fund", args: [terms, request.buyerSignature, consent] }),
    }),
  FundDealWithAuthorization: (request, context) =>
    byFunding(request, context, {
      signed: [],
      unchecked: [request.authorization],
      dataOf: (terms, consent) =>
        encodeEscrow({
          abi: escrowAbi,
          functionName: "fundWithAuthorization",
          args: [terms, request.authorization, consent],
        }),
    }),
  FundDealWithPermit2: (request, context) =>
    byFunding(request, context, {
      signed: [],
      unchecked: [request.permitSignature],
      dataOf: (terms, consent) =>
        encodeEscrow({
          abi: escrowAbi,
          functionName: "fundWithPermit2",
          args: [terms, BigInt(request.nonce), request.permitSignature, consent],
        }),
    }),
  PayBalanceWithAuthorization: (request, context) => {
    const terms = requireToken(requireTerms(context));
    return {
      id: idOver("PayBalanceWithAuthorization", [request.deal, request.authorization]),
      signer: terms.buyer,
      action: "payBalance",
      deadline: terms.balanceBy,
      needsSimulation: true,
      orderKey: request.deal,
      call: toEscrow(
        context,
        encodeEscrow({
          abi: escrowAbi,
          functionName: "payBalanceWithAuthorization",
          args: [packTerms(terms), request.authorization],
        }),
      ),
    };
  },
} as const satisfies Partial<Planners>;

/** The deposit of a deal, by whichever signature the buyer pays. */
const byFunding = (
  request: Extract<RelayRequest, { kind: `FundDeal${string}` }>,
  context: PlanContext,
  plan: {
    signed: readonly SignedDigest[];
    /** Signatures that only the token or Permit2 can check. */
    unchecked: readonly Hex[];
    dataOf: (terms: PackedTerms, consent: Hex) => Hex;
  },
) => {
  const terms = requireToken(requireTerms(context));
  const cover = coverOf(context, request.sellerSignature);
  return {
    id: idOver(request.kind, [request.deal, ...plan.unchecked]),
    signer: terms.buyer,
    action: "fund" as const,
    deadline: terms.fundBy,
    signed: [...plan.signed, ...cover.signed],
    needsSimulation: true,
    orderKey: request.deal,
    call: toEscrow(context, plan.dataOf(packTerms(terms), cover.signature)),
  };
};

/** The seller's signature over the terms, checked here because a covered deal cannot be funded without it. */
const coverOf = (context: PlanContext, given: Hex | undefined) => {
  const terms = requireTerms(context);
  const signature = given ?? context.sellerSignature ?? "0x";
  const signed = terms.coverage === 0n ? [] : [{ digest: termsDigestOf(context), signer: terms.seller, signature }];
  return { signature: terms.coverage === 0n ? ("0x" as const) : signature, signed };
};
