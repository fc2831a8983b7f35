/** What a party reads before it signs an intent. Times and amounts come formatted. */
export const intents = {
  fund: (amount: string, before: string) => `The buyer pays ${amount} into the escrow before ${before}.`,
  payBalance: (amount: string, before: string) => `The buyer pays the balance of ${amount} before ${before}.`,
  ship: "The seller says that the goods are on their way.",
  deliver: "The attestor says that the goods were delivered; the inspection begins.",
  confirm: (amount: string, status: string) =>
    `The buyer confirms: the seller is paid the ${amount} that are held, while the deal is ${status}.`,
  refund: (amount: string, remaining: string, status: string) =>
    `The seller gives ${amount} back; ${remaining} stays held. It works while the deal is ${status}.`,
  dispute:
    "From then on the arbitrators can decide. If nobody decides, nothing changes but the share that the terms give after delivery.",
  settle: (toBuyer: string, toSeller: string, compensation: string) =>
    `${toBuyer} to the buyer, ${toSeller} to the seller, ${compensation} compensation from the bond.`,
  withdrawCredit: (amount: string, to: string) => `${amount} of the credit go to ${to}.`,
  /** `what` is one of the sentences above. */
  toSign: (deal: string, what: string, before: string) =>
    `Deal ${deal}\n${what}\nIt can be submitted before ${before}.`,
  otherSideSigns: "The other side signs with: holdfast deal intent settle DEALFILE --with FILE",
} as const;
