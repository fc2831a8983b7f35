import { termsDigest } from "../../core/deal/terms.ts";
import { defineCommand } from "../command.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { dealSummary } from "../dealSummary.ts";

export const dealId = defineCommand({
  text: ({ command }) => command.dealId,
  usage: "FILE",
  examples: ["holdfast deal id deal.json", "holdfast deal id terms.json --chain-id 1 --escrow 0x12..."],
  options: domainOptions,
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }) => {
    const deal = await readDeal(path, values);
    const digest = termsDigest(deal.terms, deal.domain);
    return {
      text: `${dealSummary(deal)}\n\nWhat the parties sign: ${digest}`,
      json: { id: deal.id, digest, ...deal.domain },
    };
  },
});
