export const dealUnpack = {
  summary: "turn eight words from calldata or the funding event back into terms",
  about: [
    "The funding event of a deal carries its terms in eight words. This reads them back, so that a reader who has only",
    "the chain's data can find out what was agreed. FILE holds the words, or the event's data, in hex.",
  ],
  examples: ["bare terms; `deal id` then needs --chain-id and --escrow", "packed and unpacked again"],
  options: {},
} as const;
