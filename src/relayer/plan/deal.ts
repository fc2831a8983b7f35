import type { Address, Hex } from "viem";
import { escrowAbi } from "../../abi/escrow.ts";
import { consentOf, type Intent } from "../../core/deal/intents.ts";
import { packTerms } from "../../core/deal/termsCodec.ts";
import { ProtocolError } from "../../core/errors.ts";
import type { CallPlan, Planners } from "./callPlan.ts";
import { digestOf, encodeEscrow, type PlanContext, requireTerms, requireToken, toEscrow } from "./planContext.ts";

/** What the parties of a deal sign about it. */
export const dealPlanners = {
  PayBalance: (request, context) => {
    const { message, signature } = request;
    const terms = requireToken(requireTerms(context));
    return byParty(request, context, {
      signer: terms.buyer,
      signature,
      action: "payBalance",
      signedIn: message,
      data: encodeEscrow({
        abi: escrowAbi,
        functionName: "payBalance",
        args: [packTerms(terms), consentOf(message.deadline, signature)],
      }),
    });
  },
  ShipGoods: (request, context) => {
    const { message, signature } = request;
    const terms = requireTerms(context);
    return byParty(request, context, {
      signer: terms.seller,
      signature,
      action: "ship",
      data: encodeEscrow({
        abi: escrowAbi,
        functionName: "ship",
        args: [packTerms(terms), message.tracking, consentOf(message.deadline, signature)],
      }),
    });
  },
  AttestDelivery: (request, context) => {
    const { message, signature } = request;
    const terms = requireTerms(context);
    return byParty(request, context, {
      signer: terms.attestor,
      signature,
      action: "deliver",
      data: encodeEscrow({
        abi: escrowAbi,
        functionName: "deliver",
        args: [packTerms(terms), message.proof, consentOf(message.deadline, signature)],
      }),
    });
  },
  ConfirmReceipt: (request, context) => {
    const { message, signature } = request;
    const terms = requireTerms(context);
    return byParty(request, context, {
      signer: terms.buyer,
      signature,
      action: "confirm",
      signedIn: message,
      split: { toBuyer: 0n, toSeller: message.amount, compensation: 0n },
      data: encodeEscrow({
        abi: escrowAbi,
        functionName: "confirm",
        args: [packTerms(terms), message.amount, message.status, consentOf(message.deadline, signature)],
      }),
    });
  },
  RefundBuyer: (request, context) => {
    const { message, signature } = request;
    const terms = requireTerms(context);
    return byParty(request, context, {
      signer: terms.seller,
      signature,
      action: "refund",
      signedIn: message,
      split: { toBuyer: message.amount, toSeller: message.remaining, compensation: 0n },
      data: encodeEscrow({
        abi: escrowAbi,
        functionName: "refund",
        args: [
          packTerms(terms),
          message.amount,
          message.remaining,
          message.status,
          consentOf(message.deadline, signature),
        ],
      }),
    });
  },
  OpenDispute: (request, context) => {
    const { message, signature } = request;
    const terms = requireTerms(context);
    if (message.by !== terms.buyer && message.by !== terms.seller) {
      throw new ProtocolError("signature-invalid", { signer: message.by });
    }
    return byParty(request, context, {
      signer: message.by,
      signature,
      action: "dispute",
      signedIn: message,
      data: encodeEscrow({
        abi: escrowAbi,
        functionName: "dispute",
        args: [packTerms(terms), message.by, message.statement, consentOf(message.deadline, signature)],
      }),
    });
  },
  Settlement: (request, context) => {
    const { message, buyerSignature, sellerSignature } = request;
    const { toBuyer, toSeller, compensation, deadline } = message;
    const terms = requireTerms(context);
    const id = digestOf(request, context);
    return {
      id,
      action: "settle",
      deadline,
      signed: [
        { digest: id, signer: terms.buyer, signature: buyerSignature },
        { digest: id, signer: terms.seller, signature: sellerSignature },
      ],
      signedIn: message,
      split: { toBuyer, toSeller, compensation },
      orderKey: message.deal,
      call: toEscrow(
        context,
        encodeEscrow({
          abi: escrowAbi,
          functionName: "settle",
          args: [
            packTerms(terms),
            toBuyer,
            toSeller,
            compensation,
            consentOf(deadline, buyerSignature),
            consentOf(deadline, sellerSignature),
          ],
        }),
      ),
    };
  },
} as const satisfies Partial<Planners>;

/** An intent of one party over a deal. */
const byParty = (
  intent: Intent & { message: { deal: Hex; deadline: number } },
  context: PlanContext,
  plan: Pick<CallPlan, "action"> &
    Partial<Pick<CallPlan, "split" | "signedIn">> & { signer: Address; signature: Hex; data: Hex },
) => {
  const id = digestOf(intent, context);
  return {
    id,
    signer: plan.signer,
    action: plan.action,
    deadline: intent.message.deadline,
    signed: [{ digest: id, signer: plan.signer, signature: plan.signature }],
    split: plan.split ?? null,
    signedIn: plan.signedIn ?? null,
    orderKey: intent.message.deal,
    call: toEscrow(context, plan.data),
  };
};
