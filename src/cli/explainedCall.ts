import type { Call } from "../chain/transactions.ts";

/** A call with what a person must know about it: who can send it, and what it does. */
export type ExplainedCall = Call & { readonly by: string; readonly what: string };

/** What is said of each call of the panel tribunal. */
export const panelCallTexts = {
  register: {
    by: "anyone",
    what: "registers the panel of these terms; send it first, once for all deals of this panel",
  },
  determine: { by: "anyone", what: "moves the money as the arbitrators decided, once the answer window is over" },
  extend: { by: "anyone", what: "gives the arbitrators more time" },
} as const;
