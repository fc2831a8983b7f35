import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { ensurePanel } from "../ensurePanel.ts";
import { registerDeal } from "../registerDeal.ts";
import { openWallet, walletOptions } from "../wallet.ts";

const HELP = "holdfast deal register";

export const dealRegister = defineCommand({
  summary: "hand the terms of a deal to a relayer, so that it can submit what the parties sign",
  usage: "FILE --url URL",
  about: [
    "A relayer keeps the terms, the order document and the seller's signature if the file has it, and refuses at once",
    "what the escrow would refuse at funding: clocks in the past, a bond that does not carry the coverage, a panel that nobody",
    "registered. With --rpc and --keystore the panel is registered first where that is needed. No money moves.",
  ].join("\n"),
  examples: [["holdfast deal register signed.json --url http://127.0.0.1:8787", "then the buyer can fund it"]],
  options: {
    url: urlOption,
    ...domainOptions,
    rpc: { type: "string", value: "URL", about: "a node of the chain, to register the panel there from --keystore" },
    ...walletOptions,
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) => {
    const { signal } = context;
    const client = connect(values.url, HELP);
    const deal = await readDeal(path, values);
    if (values.rpc !== undefined) {
      const wallet = await openWallet(values, { signal, help: HELP });
      await ensurePanel(deal, { rpcUrl: values.rpc, wallet, context });
    }
    await registerDeal(client, deal, signal);
    return { text: `The relayer keeps the deal ${deal.id}.`, json: { id: deal.id } };
  },
});
