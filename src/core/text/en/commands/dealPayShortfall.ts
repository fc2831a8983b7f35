import { options } from "../options.ts";

export const dealPayShortfall = {
  summary: "pay the buyer what an award exceeded the seller's coverage by",
  about: [
    "What arbitrators award beyond the coverage is on record on the chain, against the seller. Anyone can pay it, whole or in",
    "parts: the money goes straight to the buyer and the record shrinks. Without --send this prints the calls. Without",
    "--amount it takes the whole shortfall from the node at --rpc.",
  ],
  examples: ["pay everything that is owed", "the calls that pay a part, for any wallet"],
  options: {
    ...options.domain,
    ...options.wallet,
    amount: "how much, like 1200.50; the whole shortfall unless given",
    decimals: "decimals of the token, where the file does not say",
    send: "send it from --keystore through the node at --rpc",
    rpc: "a node of the chain",
  },
} as const;
