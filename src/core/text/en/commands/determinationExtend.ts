import { options } from "../options.ts";

export const determinationExtend = {
  summary: "write an extension of a dispute, for its arbitrators to sign",
  about: [
    "Until the backstop the arbitrators can decide; from then on anyone can end the dispute. An extension moves the backstop to a",
    "later second: at most 180 days from the moment it is executed, and never beyond three years from the dispute, or from the end",
    "of the inspection for one that was open at delivery. It is signed, combined and sent like a determination, needs as many",
    "signatures, and moves no money. A delivery makes it void.",
  ],
  examples: ["90 days from now", "then `determination combine` and `determination send`"],
  options: {
    ...options.domain,
    ...options.dispute,
    until: "the new backstop: 90d, 2026-12-24T18:00:00Z",
    reasons: "the written reasons, or their SHA-256",
    deadline: "until when it can be executed: 7d, 2026-12-24T18:00:00Z; 7d unless given",
    out: "the extension; FILE must not exist",
  },
} as const;
