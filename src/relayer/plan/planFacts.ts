import { zeroAddress } from "viem";
import { dealOfIntent, type IntentFacts, intentFacts, type StatedIntent } from "../../core/deal/intentFacts.ts";
import { ProtocolError } from "../../core/errors.ts";
import { type PlanContext, requireTerms } from "./planContext.ts";

/**
 * What follows from an intent that this relayer could submit, before anybody signs it.
 * Throws `deal-unknown`, `native-not-relayed`, `panel-mismatch`, `signature-invalid`.
 */
export function planFacts(intent: StatedIntent, context: PlanContext): IntentFacts {
  const facts = intentFacts(intent, context.terms);
  if (facts.action === "fund" || facts.action === "payBalance") requireToken(context);
  if ("panel" in intent && requireTerms(context).tribunal !== context.contracts.panel) {
    throw new ProtocolError("panel-mismatch", { deal: dealOfIntent(intent) ?? null });
  }
  return facts;
}

// A relayer submits signatures; it does not lay out its own money.
function requireToken(context: PlanContext): void {
  const { token } = requireTerms(context);
  if (token === zeroAddress) throw new ProtocolError("native-not-relayed", { token });
}
