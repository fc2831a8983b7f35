import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { registerDeal } from "../registerDeal.ts";

export const dealRegister = defineCommand({
  summary: "hand the terms of a deal to a relayer, so that it can carry what the parties sign",
  usage: "FILE --url URL",
  about: [
    "A relayer keeps the terms, the order document and the seller's signature if the file has it, and refuses at once",
    "what the escrow would refuse at funding: clocks in the past, a bond that does not carry the coverage. Nothing moves.",
  ].join("\n"),
  examples: [["holdfast deal register signed.json --url http://127.0.0.1:8787", "then the buyer can fund it"]],
  options: { url: urlOption, ...domainOptions },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, { signal }) => {
    const client = connect(values.url, "holdfast deal register");
    const deal = await readDeal(path, values);
    await registerDeal(client, deal, signal);
    return { text: `The relayer keeps the deal ${deal.id}.`, json: { id: deal.id } };
  },
});
