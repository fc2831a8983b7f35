import { options } from "../options.ts";

export const dealRegister = {
  summary: "register the terms of a deal with a relayer, so that it can submit what the parties sign",
  about: [
    "A relayer keeps the terms, the order document and the seller's signature if the file has it, and refuses at once",
    "what the escrow would refuse at funding: clocks in the past, a bond smaller than the coverage, a panel that is not",
    "registered. With --rpc and --keystore the panel is registered first where that is needed. No money moves.",
  ],
  examples: ["then the buyer can fund it"],
  options: {
    ...options.url,
    ...options.domain,
    ...options.wallet,
    rpc: "a node of the chain, to register the panel there from --keystore",
  },
  registered: (id: string) => `The relayer has registered the deal ${id}.`,
} as const;
