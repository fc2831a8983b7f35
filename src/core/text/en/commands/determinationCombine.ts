import { options } from "../options.ts";

export const determinationCombine = {
  summary: "put arbitrators' signatures together, ready to be submitted to the chain",
  about: [
    "Checks every signature, takes as many as the panel needs, in the order that the tribunal requires, and prints",
    "the contract call: with it anyone executes the determination or the extension from any wallet, without a relayer. With",
    "--out it also writes the file that `holdfast determination send` sends to a relayer.",
  ],
  examples: ["three of five"],
  options: {
    ...options.domain,
    panel: "JSON with threshold, clocks and arbitrators, where the deal file has none",
    out: "write what `determination send` takes; FILE must not exist",
  },
  enough: (count: number, digest: string) => `${count} signatures over ${digest} are valid, as many as needed.`,
} as const;
