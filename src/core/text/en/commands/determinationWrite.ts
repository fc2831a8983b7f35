import { options } from "../options.ts";

export const determinationWrite = {
  summary: "write what a panel decides, for its arbitrators to sign",
  about: [
    "The two amounts must add up to what the deal holds. Compensation comes on top of it, from the part of the seller's",
    "bond that was set aside for this deal; what exceeds that part is recorded as a shortfall. The reasons and the list of",
    "the evidence that was judged are named by their digests: anyone who has the documents can show that they are the ones. It can",
    "be written and signed at once, and executed when the panel's answer window is over. A delivery during the dispute makes",
    "it void, and the answer window starts at the end of the inspection.",
  ],
  examples: ["three quarters of 40,000 to the buyer, and 2,000 from the bond"],
  options: {
    ...options.domain,
    ...options.dispute,
    "to-buyer": "of what is held",
    "to-seller": "of what is held, before the marketplace's fee",
    compensation: "to the buyer from the coverage; 0 unless given",
    reasons: "the written reasons, or their SHA-256",
    evidence: "the list or root of the evidence that was judged, or its SHA-256",
    deadline: "until when it can be executed: 14d, 2026-12-24T18:00:00Z; unless given, 7d after the answer window",
    decimals: "decimals of the token, where the file does not say",
    out: "the determination; FILE must not exist",
  },
  voidIfAPartyGivesIn:
    "If a party gives in before this is executed, nothing is held any more and it has no effect. A second determination, with --to-buyer 0 --to-seller 0 and the same compensation, works in exactly that case.",
} as const;
