import { consentOf } from "../../core/deal/intents.ts";
import { bondKey } from "../project/bond.ts";
import type { Planners, Planning, Requests, SignedPlan } from "./callPlan.ts";
import { callOf, digestOf, idOver } from "./planContext.ts";

/** An intent of an account about its own bond or credit. */
function byOwner(
  request: Requests["RequestBondWithdrawal" | "WithdrawBond" | "WithdrawCredit"],
  planning: Planning,
): SignedPlan {
  const { message, signature } = request;
  const id = digestOf(request, planning);
  const owner = "owner" in message ? message.owner : message.seller;
  return {
    id,
    signed: [{ digest: id, signer: owner, signature }],
    needsSimulation: false,
    orderKey: bondKey(owner, message.token),
    call: callOf(request.kind, { ...request, consent: consentOf(message.deadline, signature) }, planning),
  };
}

/** What an account signs about its own bond or credit. */
export const accountPlanners = {
  RequestBondWithdrawal: byOwner,
  WithdrawBond: byOwner,
  WithdrawCredit: byOwner,
  PostBond: (request, planning) => ({
    id: idOver("PostBond", [digestOf(request, planning), request.authorization]),
    signed: [],
    needsSimulation: true,
    orderKey: bondKey(request.message.seller, request.message.token),
    call: callOf("PostBond", request, planning),
  }),
} as const satisfies Partial<Planners>;
