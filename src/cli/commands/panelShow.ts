import { panelRules } from "../../core/deal/panel.ts";
import { defineCommand } from "../command.ts";
import { panelSummary, readPanel } from "../panelFile.ts";

export const panelShow = defineCommand({
  text: ({ command }) => command.panelShow,
  usage: "FILE",
  examples: ["holdfast panel show deal.json", "holdfast panel show panel.json --json"],
  options: {},
  positionals: [1, 1],
  run: async ({ positionals: [path = ""] }) => {
    const panel = await readPanel(path);
    const rules = panelRules(panel);
    return { text: `Panel ${rules}\n\n${panelSummary(panel)}`, json: { rules, panel } };
  },
});
