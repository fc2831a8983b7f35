import { options } from "../options.ts";

export const dealPack = {
  summary: "turn terms into the eight words that the contract takes",
  about: [
    "Every call of the escrow takes the terms packed into eight 32-byte words. With them anyone can act from any wallet",
    "or script, without a relayer and without this program. `holdfast deal call` prints whole calls.",
  ],
  examples: ["eight words, one a line", "ask the contract for the id"],
  options: {
    ...options.domain,
  },
} as const;
