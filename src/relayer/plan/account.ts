import type { Address, Hex } from "viem";
import { escrowAbi } from "../../abi/escrow.ts";
import { consentOf, type Intent } from "../../core/deal/intents.ts";
import { bondKey } from "../project/bond.ts";
import type { Planners } from "./callPlan.ts";
import { digestOf, encodeEscrow, idOver, type PlanContext, toEscrow } from "./planContext.ts";

/** What an account signs about its own bond or credit. */
export const accountPlanners = {
  RequestBondWithdrawal: (request, context) => {
    const { message, signature } = request;
    return byOwner(request, context, {
      signer: message.seller,
      signature,
      data: encodeEscrow({
        abi: escrowAbi,
        functionName: "requestBondWithdrawal",
        args: [message.seller, message.token, consentOf(message.deadline, signature)],
      }),
    });
  },
  WithdrawBond: (request, context) => {
    const { message, signature } = request;
    return byOwner(request, context, {
      signer: message.seller,
      signature,
      data: encodeEscrow({
        abi: escrowAbi,
        functionName: "withdrawBond",
        args: [message.seller, message.token, message.amount, message.to, consentOf(message.deadline, signature)],
      }),
    });
  },
  WithdrawCredit: (request, context) => {
    const { message, signature } = request;
    return byOwner(request, context, {
      signer: message.owner,
      signature,
      data: encodeEscrow({
        abi: escrowAbi,
        functionName: "withdrawCredit",
        args: [message.owner, message.token, message.amount, message.to, consentOf(message.deadline, signature)],
      }),
    });
  },
  PostBond: (request, context) => {
    const { message, authorization } = request;
    return {
      id: idOver("PostBond", [digestOf(request, context), authorization]),
      signer: message.seller,
      deadline: message.deadline,
      needsSimulation: true,
      orderKey: bondKey(message.seller, message.token),
      call: toEscrow(
        context,
        encodeEscrow({
          abi: escrowAbi,
          functionName: "postBondWithAuthorization",
          args: [message.seller, message.token, message.amount, message.salt, BigInt(message.deadline), authorization],
        }),
      ),
    };
  },
} as const satisfies Partial<Planners>;

/** An intent of an account about its own bond or credit. */
const byOwner = (
  intent: Intent & { message: { token: Address; deadline: number } },
  context: PlanContext,
  plan: { signer: Address; signature: Hex; data: Hex },
) => {
  const id = digestOf(intent, context);
  return {
    id,
    signer: plan.signer,
    deadline: intent.message.deadline,
    signed: [{ digest: id, signer: plan.signer, signature: plan.signature }],
    orderKey: bondKey(plan.signer, intent.message.token),
    call: toEscrow(context, plan.data),
  };
};
