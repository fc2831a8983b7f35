/** What the local stack and the demonstration say. Amounts come formatted. */
export const demo = {
  startingChain: "Starting a local chain",
  deploying: "Deploying the contracts",
  startingRelayer: "Starting relayer, database, evidence store and API",
  videoMade: (file: string) => `0. ${file} written: 60 MB`,
  bond: {
    title: "1. The seller posts a bond, and it limits what can be promised",
    posted: (amount: string) => `bond posted: ${amount}`,
    refused: (amount: string, error: string) => `coverage of ${amount} refused by the contract: ${error}`,
  },
  funding: {
    title: "2. A deal that the bond covers is funded, without gas for the buyer",
    held: (amount: string, coverage: string, id: string) =>
      `${amount} held by ERC-3009, coverage ${coverage}; deal ${id}`,
  },
  performance: {
    title: "3. The seller ships, the courier attests delivery, the buyer disputes: three signatures, no gas",
    disputed: "disputed: the arbitrators can decide after the seller had three days to answer",
  },
  filing: {
    title: "4. Both sides file evidence: encrypted here, stored in IPFS, signed, anchored",
    filed: {
      buyer: (files: number, roots: string) => `buyer: ${files} file(s) under ${roots}`,
      seller: (files: number, roots: string) => `seller: ${files} file(s) under ${roots}`,
    },
  },
  deciding: {
    title: "5. Three of five arbitrators sign one determination; anyone can submit it",
    early: (error: string) => `refused by the contract before the answer window is over: ${error}`,
    paid: (fromPrice: string, fromBond: string, toSeller: string) =>
      `buyer ${fromPrice} of the price and ${fromBond} from the bond, seller ${toSeller} less fee`,
    shortfall: (compensation: string, shortfall: string) =>
      `compensation of ${compensation} exceeds the coverage: shortfall ${shortfall} recorded`,
  },
  further: {
    title: "6. Further deals: every other way in which a deal ends",
    native: (amount: string) => `native currency, funded directly and confirmed: ${amount} to the seller`,
    settled: (amount: string) => `settlement by two signatures: ${amount} back, the rest to the seller`,
    notShipped: "three not shipped in time: refunded in full by the relayer's deadline watch, in one transaction",
    disputedLate: "the seller disputes ten minutes before the last moment to ship, and never ships",
    released: "inspection over and nobody acted: released to the seller",
    notDelivered: "not delivered in time: refunded in full, never a release without proof of delivery",
    silentTribunal: (amount: string) =>
      `tribunal silent to the backstop: ${amount} back to the buyer, as without the dispute`,
  },
  holdings: {
    title: "What each ended up with",
    account: { buyer: "buyer", seller: "seller", marketplace: "marketplace", bond: "bond" },
    asExpected: (account: string) => `${account}: as the terms say`,
    unexpected: (account: string, expected: string) => `${account}: WRONG, expected ${expected}`,
  },
  right: (what: string) => `right: ${what}`,
  wrong: (what: string) => `WRONG: ${what}`,
  check: {
    "coverage-refused": "the escrow refuses coverage that the bond cannot pay",
    "coverage-refused-early": "the relayer refuses it before anybody signs",
    "two-signatures-refused": "two signatures of five are refused",
    "answer-window-kept": "nothing is decided while the seller can still answer",
    "answer-window-kept-early": "the relayer refuses it early as well",
    "shortfall-recorded": "the part of the award beyond the coverage is recorded",
    "deadlines-together": "three deadlines that passed together are one transaction",
    "all-closed": "every deal of the demonstration is closed",
    "silence-refunds": "a seller's dispute that nobody decides refunds the buyer in full",
    "silence-changes-nothing": "it ends as if nobody had disputed",
    "native-paid": "confirmation pays the seller in native currency, less the fee",
    "fee-credited": "the fee is the marketplace's credit",
  },
  verification: {
    title: "Verified offline, each in a fresh process that can reach neither chain nor relayer",
    status: {
      verified: "verified",
      refuted: "refuted",
      missing: "missing",
      unverifiable: "unverifiable",
      none: "no verdict",
    },
    result: (file: string, honest: string, flipped: string, changed: string) =>
      `${file}: ${honest}; one bit flipped: ${flipped} (${changed})`,
    separator: ", ",
    repeat: "Repeat it, with the network off if you like:",
  },
  allRight: (seconds: string) => `Everything came out right, ${seconds} s`,
  notAllRight: (seconds: string) => `NOT everything came out right, ${seconds} s`,
} as const;
