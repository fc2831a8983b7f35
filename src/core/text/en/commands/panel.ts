export const panel = {
  summary: "register the arbitrators of deals, and print who they are",
  about: [
    "Terms name their arbitrators by a hash: how many of whom decide, how long the other side can answer, and which clocks",
    "of a deal they accept. The panel with that hash is registered on the chain once, by anyone, before the first deal that",
    "names it is funded. Nobody can change it later.",
  ],
} as const;
