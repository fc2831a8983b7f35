export const panelShow = {
  summary: "print a panel in words, with the hash that terms carry",
  about: [
    "FILE is a panel of its own, a template of terms or a deal file. The hash is the `rules` of every deal that these",
    "arbitrators decide.",
  ],
  examples: ["who decides this deal", "the hash, for a program"],
  options: {},
} as const;
