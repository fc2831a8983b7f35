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
  title: (id: string, status: string) => `Deal ${id}: ${status}`,
  held: "held",
  balanceDue: "balance due",
  coverage: "set aside from the bond",
  refunded: "refunded before",
  asOf: "as of",
  noBlock: "no block was read yet",
  paidOut: (action: string, toBuyer: string, toSeller: string, compensation: string) =>
    `Paid out by ${action}: ${toBuyer} to the buyer, ${toSeller} to the seller, ${compensation} compensation.`,
  undecidedAfterDelivery: (hasTail: boolean) =>
    `Disputed after delivery: if nobody decides, the share that both sides agreed to divides what is held${hasTail ? ", and claims on the bond stay open" : ""}.`,
  undecidedBefore: (status: string) =>
    `Disputed while it is ${status}: if nobody decides, the dispute changes nothing but the time.`,
  nothingLeft: "Nothing is left to happen by itself.",
  possibleNow: "Possible now",
  possibleBefore: (actor: string, time: string) => `${actor}, before ${time}`,
} as const;
