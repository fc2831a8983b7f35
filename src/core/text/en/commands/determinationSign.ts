import { options } from "../options.ts";

export const determinationSign = {
  summary: "sign a determination or an extension as one of the arbitrators",
  about: [
    "Shows what is decided in words, then signs exactly that (EIP-712), for one chain and one tribunal. One signature",
    "moves nothing: it takes as many as the panel's threshold.",
  ],
  examples: ["then send first.json to the others", "for a determination as the API gives it"],
  options: {
    ...options.wallet,
    ...options.panelDomain,
    out: "write the signature; FILE must not exist",
  },
} as const;
