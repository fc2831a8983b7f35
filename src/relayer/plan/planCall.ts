import type { RelayKind, RelayRequest } from "../../wire/relayRequests.ts";
import { accountPlanners } from "./account.ts";
import type { CallPlan, Planners } from "./callPlan.ts";
import { dealPlanners } from "./deal.ts";
import { fundingPlanners } from "./funding.ts";
import { panelPlanners } from "./panel.ts";
import type { PlanContext } from "./planContext.ts";

const planners = {
  ...dealPlanners,
  ...fundingPlanners,
  ...accountPlanners,
  ...panelPlanners,
} as const satisfies Planners;

/**
 * Turns a request into the call that submits it.
 * Throws `deal-unknown`, `native-not-relayed`, `panel-mismatch`, `signature-count-wrong`, `signer-not-on-panel`,
 * `signature-invalid`.
 */
export async function planCall(request: RelayRequest, context: PlanContext): Promise<CallPlan> {
  const planner = planners[request.kind] as Planners[RelayKind];
  return {
    signer: null,
    action: null,
    signed: [],
    needsSimulation: false,
    signedIn: null,
    disputedAt: null,
    answerWindow: 0,
    split: null,
    ...(await planner(request as never, context)),
  };
}
