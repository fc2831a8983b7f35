import { termsDigest } from "../../core/deal/terms.ts";
import { dealSummary } from "../../core/text/dealSummary.ts";
import { defineCommand } from "../command.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { sectionsText } from "../terminal/sections.ts";

export const dealId = defineCommand({
  text: ({ command }) => command.dealId,
  usage: "FILE",
  examples: ["holdfast deal id deal.json", "holdfast deal id terms.json --chain-id 1 --escrow 0x12..."],
  options: domainOptions,
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, { texts }) => {
    const deal = await readDeal(path, values);
    const digest = termsDigest(deal.terms, deal.domain);
    return {
      text: `${sectionsText(dealSummary(deal, texts))}\n\n${texts.command.dealId.whatPartiesSign(digest)}`,
      json: { id: deal.id, digest, ...deal.domain },
    };
  },
});
