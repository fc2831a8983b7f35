export const determination = {
  summary: "decide a disputed deal as its arbitrators",
  about: [
    "One arbitrator writes the determination (write) and sends the file to the others; each signs it (sign); anyone puts",
    "enough signatures together (combine) and submits them to the chain, with a relayer (send) or by a call from any wallet.",
    "Arbitrators can only split what is held between the two parties and compensate from that deal's coverage, and not before",
    "the answer window of the panel is over. Where they need more time they extend the dispute (extend).",
  ],
} as const;
