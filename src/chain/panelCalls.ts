import { encodeFunctionData } from "viem";
import { panelTribunalAbi } from "../abi/panelTribunal.ts";
import { argumentsOf, intentRules } from "../core/deal/intentRules.ts";
import type { Determination, Extension } from "../core/deal/intents.ts";
import type { Panel, SeatedSignatures } from "../core/deal/panel.ts";
import type { Terms } from "../core/deal/terms.ts";
import type { Call } from "./transactions.ts";

/**
 * Registers the panel, once for all deals that name it; again it changes nothing. Arbitrators in
 * ascending order.
 */
export function registerCall(panel: Panel, tribunal: Terms["tribunal"]): Call {
  const data = encodeFunctionData({
    abi: panelTribunalAbi,
    functionName: "register",
    args: [panel, panel.arbitrators],
  });
  return { to: tribunal, data, value: 0n };
}

type Seated = Readonly<{ terms: Terms; panel: Panel; seated: SeatedSignatures }>;

/** Executes what enough arbitrators decided; anyone can send it, once the answer window is over. */
export function determineCall(determination: Determination, seated: Seated): Call {
  const args = argumentsOf("Determination", { determination, ...seated });
  const data = encodeFunctionData({ abi: panelTribunalAbi, functionName: intentRules.Determination.call, args });
  return { to: seated.terms.tribunal, data, value: 0n };
}

/** Moves the backstop as enough arbitrators signed; anyone can send it. */
export function extendCall(extension: Extension, seated: Seated): Call {
  const args = argumentsOf("Extension", { extension, ...seated });
  const data = encodeFunctionData({ abi: panelTribunalAbi, functionName: intentRules.Extension.call, args });
  return { to: seated.terms.tribunal, data, value: 0n };
}
