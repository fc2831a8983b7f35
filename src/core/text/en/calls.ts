/**
 * What is said of contract calls: who sends each, and what it does. Times and amounts come
 * formatted.
 */
export const calls = {
  title: (deal: string, chainId: number) => `Deal ${deal} on chain ${chainId}`,
  sent: (action: string, transaction: string) => `${action} is in a block: ${transaction}`,
  column: { sender: "sender", effect: "effect", to: "to", value: "value", data: "data" },
  sender: {
    anyone: "anyone",
    buyer: (account: string) => `buyer ${account}`,
    seller: (account: string) => `seller ${account}`,
    attestor: (account: string) => `attestor ${account}`,
    owner: (account: string) => `owner ${account}`,
    withSigned: (party: string) => `anyone, with what was signed by the ${party}`,
    withBothSignatures: "anyone with both signatures; a party needs only the other's",
  },
  effect: {
    approve: "lets the escrow take exactly this amount; send it first",
    fund: (before: string) => `pays into the escrow, before ${before}`,
    payBalance: (before: string) => `pays the rest of the price, before ${before}`,
    ship: (before: string) => `says that the goods are on their way, before ${before}`,
    deliver: (before: string) => `says that the goods were delivered, before ${before}`,
    confirm: (amount: string, status: string) =>
      `pays the seller ${amount}, if exactly this is held and the deal is ${status}`,
    refund: (amount: string, remaining: string, status: string) =>
      `gives ${amount} back to the buyer, if exactly ${remaining} stays held and the deal is ${status}`,
    release: "pays the seller, from the end of the inspection",
    expire: "gives everything back to the buyer, when shipping or delivery is overdue",
    lapse: "ends a deal whose balance was not paid, or a dispute that nobody decided until the backstop",
    close: "frees the seller's coverage, from the end of the tail",
    dispute: "from then on the arbitrators can decide; if nobody decides, nothing changes but the share after delivery",
    settle: "ends the deal with the split that both signed",
    payShortfall: "pays the buyer what the award exceeded the coverage by; the record shrinks",
    postBond: "adds to the seller's bond in this token",
    requestBond: "asks for the free part of the bond: it can leave 180 days later, for 30 days",
    withdrawBond: "takes this much of the free part of the bond out",
    withdrawCredit: "takes out a fee, or a payment that could not be delivered",
    registerPanel: "registers the panel of these terms; send it first, once for all deals of this panel",
    determine: "moves the money as the arbitrators decided, once the answer window is over",
    extend: "gives the arbitrators more time",
  },
} as const;
