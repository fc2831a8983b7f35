import { options } from "../options.ts";

export const dealPayShortfall = {
  summary: "pay the buyer the part of an award that exceeds the seller's coverage",
  about: [
    "The part of an award beyond the coverage is recorded on the chain as a shortfall of the seller. Anyone can pay it,",
    "whole or in parts: the money goes directly to the buyer and the shortfall is reduced. Without --send this prints the",
    "calls. Without --amount it takes the whole shortfall from the node at --rpc.",
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
