export const deal = {
  summary: "write, sign and act on deals, with a relayer or without",
  about: [
    "A deal is named by a hash of its terms, chain and escrow. The parties write the terms (terms), sign them (sign),",
    "register them with a relayer (register), act by signed intents that anyone can submit (intent), and read its state (show).",
    "Everything also works without a relayer: call prints the transaction that you send from your own wallet.",
  ],
} as const;
