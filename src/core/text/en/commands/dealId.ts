import { options } from "../options.ts";

export const dealId = {
  summary: "compute the id of a deal from its terms, and print the terms in words",
  about: [
    "The id is a hash of the chain, the escrow and the terms. Compute it yourself before you sign or pay: if it is the id",
    "that the other side or the chain shows, then these are the terms. What a wallet signs is another hash, the EIP-712",
    "digest of the same terms: it is printed beside the id, to be compared with what a wallet shows.",
  ],
  examples: ["the terms in words, with the id", "for bare terms, as the API gives them"],
  options: {
    ...options.domain,
  },
  whatPartiesSign: (digest: string) => `What the parties sign: ${digest}`,
} as const;
