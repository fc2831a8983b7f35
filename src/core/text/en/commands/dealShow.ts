import { options } from "../options.ts";

export const dealShow = {
  summary: "the state of a deal, who can do what, and what happens if nobody acts",
  about: [
    "Asks a relayer for the state of a deal on the chain. The chain decides; a relayer can be late, but everything it",
    "says can be checked with any node of the chain (`holdfast deal pack` and the escrow's view dealOf).",
  ],
  examples: ["amounts in the unit that the file states", "by id, for a program; amounts in minor units"],
  options: {
    ...options.url,
  },
} as const;
