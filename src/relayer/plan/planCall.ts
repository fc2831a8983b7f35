import type { Address } from "viem";
import type { IntentFacts } from "../../core/deal/intentFacts.ts";
import type { RelayKind, RelayRequest } from "../../wire/relayRequests.ts";
import { accountPlanners } from "./account.ts";
import type { CallPlan, Planners, Planning, Requests } from "./callPlan.ts";
import { dealPlanners } from "./deal.ts";
import { fundingPlanners } from "./funding.ts";
import { panelPlanners } from "./panel.ts";
import type { PlanContext } from "./planContext.ts";
import { planFacts } from "./planFacts.ts";

const planners: Planners = {
  ...dealPlanners,
  ...fundingPlanners,
  ...accountPlanners,
  ...panelPlanners,
};

/**
 * Turns a request into the call that submits it. Throws `deal-unknown`, `native-not-relayed`,
 * `panel-mismatch`, `signature-count-wrong`, `signer-not-on-panel`, `signature-invalid`.
 */
export async function planCall(request: RelayRequest, context: PlanContext): Promise<CallPlan> {
  const facts = planFacts(request, context);
  const signed = await planSigned(request.kind, request, { ...context, facts });
  return { ...facts, signer: onlySigner(facts), ...signed };
}

function planSigned<K extends RelayKind>(kind: K, request: Requests[K], planning: Planning) {
  return planners[kind](request, planning);
}

/** Whose action it is; null where several sign. */
function onlySigner({ signers: [signer, ...others] }: IntentFacts): Address | null {
  return signer === undefined || signer.role === "arbitrator" || others.length > 0 ? null : signer.address;
}
