import { consentOf } from "../../core/deal/intents.ts";
import type { Planners, Planning, Requests, SignedPlan } from "./callPlan.ts";
import { callOf, digestOf, requireTerms } from "./planContext.ts";

type OfOneParty = Requests[
  | "PayBalance"
  | "ShipGoods"
  | "AttestDelivery"
  | "ConfirmReceipt"
  | "RefundBuyer"
  | "OpenDispute"];

/** What one signer of the terms signs. */
function byParty(request: OfOneParty, planning: Planning): SignedPlan {
  const { message, signature } = request;
  const id = digestOf(request, planning);
  const terms = requireTerms(planning);
  return {
    id,
    signed: planning.facts.signers.map(({ address }) => ({ digest: id, signer: address, signature })),
    needsSimulation: false,
    orderKey: message.deal,
    call: callOf(request.kind, { ...request, terms, consent: consentOf(message.deadline, signature) }, planning),
  };
}

/** What the parties of a deal sign about it. */
export const dealPlanners = {
  PayBalance: byParty,
  ShipGoods: byParty,
  AttestDelivery: byParty,
  ConfirmReceipt: byParty,
  RefundBuyer: byParty,
  OpenDispute: byParty,
  Settlement: (request, planning) => {
    const { message, buyerSignature, sellerSignature } = request;
    const id = digestOf(request, planning);
    const terms = requireTerms(planning);
    const input = {
      terms,
      message,
      buyerConsent: consentOf(message.deadline, buyerSignature),
      sellerConsent: consentOf(message.deadline, sellerSignature),
    };
    return {
      id,
      signed: [
        { digest: id, signer: terms.buyer, signature: buyerSignature },
        { digest: id, signer: terms.seller, signature: sellerSignature },
      ],
      needsSimulation: false,
      orderKey: message.deal,
      call: callOf("Settlement", input, planning),
    };
  },
} as const satisfies Partial<Planners>;
