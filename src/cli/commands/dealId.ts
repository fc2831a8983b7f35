import { termsDigest } from "../../core/deal/terms.ts";
import { defineCommand } from "../command.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { dealSummary } from "../dealSummary.ts";

export const dealId = defineCommand({
  summary: "compute the id of a deal from its terms, and read them in words",
  usage: "FILE",
  about: [
    "The id is a hash of the chain, the escrow and the terms. Compute it yourself before you sign or pay: if it is the id",
    "that the other side or the chain shows, then these are the terms. What a wallet signs is another hash, the EIP-712",
    "digest of the same terms: it is printed beside the id, to be compared with what a wallet shows.",
  ].join("\n"),
  examples: [
    ["holdfast deal id deal.json", "the terms in words, with the id"],
    ["holdfast deal id terms.json --chain-id 1 --escrow 0x12...", "for bare terms, as the API gives them"],
  ],
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
