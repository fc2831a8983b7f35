/**
 * What the parties of the demonstration write: it is signed, hashed or filed, and stays in its
 * language.
 */
export const caseTexts = {
  statement: "The left door of the wardrobe arrived split from top to bottom.",
  reasons: "The wardrobe is not as described. 30,000 back, 6,000 for storage and a second delivery.",
  sellerStatement: "I could not ship, but the money should be mine.",
  tracking: "tracking number",
  proofOfDelivery: "signed for at the door",
  purpose: {
    claim: "shows what was agreed and paid",
    answer: "shows the parcel at delivery",
    further: (instalment: number) => `further instalment ${instalment}: shows the damage`,
  },
  order: {
    furniture: "furniture",
    overpromised: "furniture with too much coverage",
    settled: "a lamp, settled",
    unshipped: ["a rug, never shipped", "a shelf, never shipped", "a mirror, never shipped"],
    stalled: "a wardrobe, disputed instead of shipped",
    undelivered: "a chair, lost on the way",
    accepted: "a desk, nobody acts",
    native: "a table, paid in native currency",
  },
} as const;
