import { defineCommand } from "../command.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { dealSummary } from "../dealSummary.ts";

export const dealId = defineCommand({
  summary: "compute the id of a deal from its terms, and read them in words",
  usage: "FILE",
  about: [
    "The id is the EIP-712 digest of the terms for one chain and escrow. Compute it yourself before you sign or pay:",
    "if it is the id that the other side, your wallet or the chain shows, then these are the terms.",
  ].join("\n"),
  examples: [
    ["holdfast deal id deal.json", "the terms in words, with the id"],
    ["holdfast deal id terms.json --chain-id 1 --escrow 0x12...", "for bare terms, as the API gives them"],
  ],
  options: domainOptions,
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }) => {
    const deal = await readDeal(path, values);
    return { text: dealSummary(deal), json: { id: deal.id, ...deal.domain } };
  },
});
