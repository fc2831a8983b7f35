import type { Address } from "viem";
import { registerCall } from "../../chain/panelCalls.ts";
import { panelRules } from "../../core/deal/panel.ts";
import { address } from "../../core/fields.ts";
import { panelSummary } from "../../core/text/panelSummary.ts";
import { readChain } from "../chainReads.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { readDeal } from "../dealFile.ts";
import { callsText, panelCall } from "../explainedCall.ts";
import { readJson } from "../files.ts";
import { readPanel } from "../panelFile.ts";
import { usageInvalid } from "../problems.ts";
import { sectionText } from "../terminal/sections.ts";
import { openWallet } from "../wallet.ts";
import { callingOptions, sendFrom } from "./dealCall.ts";

const HELP = "holdfast panel register";

const options = {
  url: { ...urlOption },
  "chain-id": { type: "string", value: "N" },
  tribunal: { type: "string", value: "ADDRESS" },
  ...callingOptions,
} as const;

type Place = { readonly chainId: number; readonly tribunal: Address };

export const panelRegister = defineCommand({
  text: ({ command }) => command.panelRegister,
  usage: "FILE [--send --rpc URL --keystore FILE]",
  examples: [
    "holdfast panel register deal.json --keystore buyer.json --rpc http://127.0.0.1:8545 --send",
    "holdfast panel register panel.json --url http://127.0.0.1:8787",
  ],
  options,
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) => {
    const words = context.texts.command.panelRegister;
    const panel = await readPanel(path);
    const rules = panelRules(panel);
    const { chainId, tribunal } = await findPlace(path, values, context);
    const { rpc } = values;
    const isKnown =
      rpc === undefined
        ? undefined
        : await readChain(rpc, { chainId, escrow: tribunal }, (reader) => reader.isPanelRegistered(rules, tribunal));
    const said = { rules, panel, chainId, tribunal };
    if (isKnown === true) {
      return {
        text: words.alreadyRegistered(rules),
        json: { ...said, isRegistered: true, calls: [] },
      };
    }
    const calls = [panelCall(registerCall(panel, tribunal), "registerPanel", context.texts)];
    if (values.send !== true) {
      const summary = panelSummary(panel, context.texts);
      return {
        text: `${sectionText({ ...summary, title: words.onChain(rules, chainId) })}\n\n${callsText(calls, context.texts)}`,
        json: { ...said, isRegistered: isKnown ?? null, calls },
      };
    }
    const wallet = await openWallet(values, { ...context, help: HELP });
    const { sender, transactions } = await sendFrom(wallet, calls, { rpc, chainId, help: HELP, context });
    return {
      text: words.registered(rules, String(transactions.at(-1))),
      json: { ...said, isRegistered: true, sender, transactions },
    };
  },
});

/** Chain and tribunal from the deal file, the relayer, or the options. */
const findPlace = async (
  path: string,
  values: { url?: string; "chain-id"?: string; tribunal?: string; rpc?: string },
  { signal }: Pick<CommandContext, "signal">,
): Promise<Place> => {
  const input = await readJson(path);
  if (typeof input === "object" && input !== null && "format" in input) {
    const { terms, domain } = await readDeal(path);
    return { chainId: domain.chainId, tribunal: terms.tribunal };
  }
  if (values.url !== undefined) {
    const { chainId, contracts } = await connect(values.url, HELP).readConfig({ signal });
    return { chainId, tribunal: contracts.panel };
  }
  const tribunal = address.safeParse(values.tribunal);
  const chainId = Number(values["chain-id"]);
  if (!tribunal.success || !Number.isSafeInteger(chainId) || chainId <= 0) {
    throw usageInvalid(HELP, "panel-place-missing", { path });
  }
  return { chainId, tribunal: tribunal.data };
};
