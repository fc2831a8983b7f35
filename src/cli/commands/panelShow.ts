import { panelRules } from "../../core/deal/panel.ts";
import { defineCommand } from "../command.ts";
import { panelSummary, readPanel } from "../panelFile.ts";

export const panelShow = defineCommand({
  summary: "read a panel in words, with the hash that terms carry",
  usage: "FILE",
  about: [
    "FILE is a panel of its own, a template of terms or a deal file. The hash is the `rules` of every deal that these",
    "arbitrators decide.",
  ].join("\n"),
  examples: [
    ["holdfast panel show deal.json", "who decides this deal"],
    ["holdfast panel show panel.json --json", "the hash, for a program"],
  ],
  options: {},
  positionals: [1, 1],
  run: async ({ positionals: [path = ""] }) => {
    const panel = await readPanel(path);
    const rules = panelRules(panel);
    return { text: `Panel ${rules}\n\n${panelSummary(panel)}`, json: { rules, panel } };
  },
});
