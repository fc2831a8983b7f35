import type { Hex } from "viem";
import type { SignedDigest } from "../../chain/signature.ts";
import type { Planners, Planning, Requests, SignedPlan } from "./callPlan.ts";
import { callOf, idOver, requireTerms, termsDigestOf } from "./planContext.ts";

/** What moves the buyer's money into a deal. */
export const fundingPlanners = {
  FundDeal: (request, planning) => {
    const { buyer } = requireTerms(planning);
    const signed = { digest: termsDigestOf(planning), signer: buyer, signature: request.buyerSignature };
    return byFunding(request, planning, { signed: [signed], unchecked: [] });
  },
  FundDealWithAuthorization: (request, planning) =>
    byFunding(request, planning, { signed: [], unchecked: [request.authorization] }),
  FundDealWithPermit2: (request, planning) =>
    byFunding(request, planning, { signed: [], unchecked: [request.permitSignature] }),
  PayBalanceWithAuthorization: (request, planning) => ({
    id: idOver("PayBalanceWithAuthorization", [request.deal, request.authorization]),
    signed: [],
    needsSimulation: true,
    orderKey: request.deal,
    call: callOf("PayBalanceWithAuthorization", { ...request, terms: requireTerms(planning) }, planning),
  }),
} as const satisfies Partial<Planners>;

type OwnSignatures = Readonly<{
  signed: readonly SignedDigest[];
  /** Signatures that only the token or Permit2 can check. */
  unchecked: readonly Hex[];
}>;

/** The deposit of a deal, by whichever signature the buyer pays. */
function byFunding(
  request: Requests["FundDeal" | "FundDealWithAuthorization" | "FundDealWithPermit2"],
  planning: Planning,
  { signed, unchecked }: OwnSignatures,
): SignedPlan {
  const terms = requireTerms(planning);
  const cover = coverOf(planning, request.sellerSignature);
  const input = { ...request, terms, sellerSignature: cover.signature };
  return {
    id: idOver(request.kind, [request.deal, ...unchecked]),
    signed: [...signed, ...cover.signed],
    needsSimulation: true,
    orderKey: request.deal,
    call: callOf(request.kind, input, planning),
  };
}

/**
 * The seller's signature over the terms, checked here because a covered deal cannot be funded
 * without it.
 */
function coverOf(planning: Planning, given: Hex | undefined) {
  const terms = requireTerms(planning);
  if (terms.coverage === 0n) return { signature: "0x", signed: [] } as const;
  const signature = given ?? planning.sellerSignature ?? "0x";
  return { signature, signed: [{ digest: termsDigestOf(planning), signer: terms.seller, signature }] };
}
