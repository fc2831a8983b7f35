import { encodeFunctionData } from "viem";
import { panelTribunalAbi } from "../abi/panelTribunal.ts";
import type { Determination, Extension } from "../core/intents.ts";
import type { Panel, SeatedSignatures } from "../core/panel.ts";
import type { Terms } from "../core/terms.ts";
import { packTerms } from "../core/termsCodec.ts";
import type { DirectCall } from "./sendCalls.ts";

/** A call of the panel tribunal that anyone can send. */
export type PanelCall = DirectCall & { readonly by: string; readonly what: string };

/** Registers the panel, once for all deals that name it; again it changes nothing. Arbitrators in ascending order. */
export const registerCall = (panel: Panel, tribunal: Terms["tribunal"]): PanelCall => ({
  to: tribunal,
  data: encodeFunctionData({
    abi: panelTribunalAbi,
    functionName: "register",
    args: [panel, panel.arbitrators],
  }),
  value: 0n,
  by: "anyone",
  what: "registers the panel of these terms; send it first, once for all deals of this panel",
});

type Seated = { readonly terms: Terms; readonly panel: Panel; readonly seated: SeatedSignatures };

/** Executes what enough arbitrators decided. */
export const determineCall = (determination: Determination, { terms, panel, seated }: Seated): PanelCall => ({
  to: terms.tribunal,
  data: encodeFunctionData({
    abi: panelTribunalAbi,
    functionName: "determine",
    args: [packTerms(terms), determination, panel, seated.seats, seated.walletSignatures],
  }),
  value: 0n,
  by: "anyone",
  what: "moves the money as the arbitrators decided, once the answer window is over",
});

/** Moves the backstop as enough arbitrators signed. */
export const extendCall = (extension: Extension, { terms, panel, seated }: Seated): PanelCall => ({
  to: terms.tribunal,
  data: encodeFunctionData({
    abi: panelTribunalAbi,
    functionName: "extend",
    args: [packTerms(terms), extension, panel, seated.seats, seated.walletSignatures],
  }),
  value: 0n,
  by: "anyone",
  what: "gives the arbitrators more time",
});
