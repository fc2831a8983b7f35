import { panelRules } from "../../core/deal/panel.ts";
import { panelSummary } from "../../core/text/panelSummary.ts";
import { defineCommand } from "../command.ts";
import { readPanel } from "../panelFile.ts";
import { sectionText } from "../terminal/sections.ts";

export const panelShow = defineCommand({
  text: ({ command }) => command.panelShow,
  usage: "FILE",
  examples: ["holdfast panel show deal.json", "holdfast panel show panel.json --json"],
  options: {},
  positionals: [1, 1],
  run: async ({ positionals: [path = ""] }, { texts }) => {
    const panel = await readPanel(path);
    const rules = panelRules(panel);
    return { text: sectionText(panelSummary(panel, texts)), json: { rules, panel } };
  },
});
