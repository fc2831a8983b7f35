import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { ensurePanel } from "../ensurePanel.ts";
import { registerDeal } from "../registerDeal.ts";
import { openWallet, walletOptions } from "../wallet.ts";

const HELP = "holdfast deal register";

export const dealRegister = defineCommand({
  text: ({ command }) => command.dealRegister,
  usage: "FILE --url URL",
  examples: ["holdfast deal register signed.json --url http://127.0.0.1:8787"],
  options: {
    url: urlOption,
    ...domainOptions,
    rpc: { type: "string", value: "URL" },
    ...walletOptions,
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) => {
    const { signal, texts } = context;
    const client = connect(values.url, HELP);
    const deal = await readDeal(path, values);
    if (values.rpc !== undefined) {
      const wallet = await openWallet(values, { ...context, help: HELP });
      await ensurePanel(deal, { rpcUrl: values.rpc, wallet, context });
    }
    await registerDeal(client, deal, signal);
    return { text: texts.command.dealRegister.registered(deal.id), json: { id: deal.id } };
  },
});
