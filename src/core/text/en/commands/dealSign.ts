import { options } from "../options.ts";

export const dealSign = {
  summary: "sign the terms of a deal as its seller or buyer",
  about: [
    "Shows the terms in words and signs them. A seller signs when the deal sets a part of the bond aside (coverage):",
    "without that signature nobody can use a bond. A buyer's signature lets anyone fund this deal, once, from the",
    "allowance that the buyer gave the escrow; give it to others only if that is what you want.",
  ],
  examples: ["the deal file with the seller's signature in it", "the bare signature, for a program"],
  options: {
    ...options.domain,
    ...options.wallet,
    out: "write the deal file with the seller's signature; FILE must not exist",
  },
  signedBy: {
    buyer: (signer: string) => `Signed by the buyer ${signer}`,
    seller: (signer: string) => `Signed by the seller ${signer}`,
  },
} as const;
