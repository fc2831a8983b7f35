import { type Panel, panelRules } from "../deal/panel.ts";
import type { Section } from "./sections.ts";
import type { Texts } from "./texts.ts";
import { formatDuration } from "./units.ts";

/** Who decides, and by which clocks, in words. */
export function panelSummary(panel: Panel, texts: Pick<Texts, "decision" | "units">): Section {
  const { panel: say } = texts.decision;
  const { threshold, arbitrators, answerWindow, minInspection, minBackstop } = panel;
  const lasting = (seconds: number) => formatDuration(seconds, texts.units);
  return {
    title: say.title(panelRules(panel)),
    rows: [
      [say.arbitrators, arbitrators.join(", ")],
      [say.decide, say.signatures(threshold, arbitrators.length)],
      [say.answerWindow, say.notEarlier(lasting(answerWindow))],
      [say.takesTerms, say.inspection(lasting(minInspection))],
      ["", say.backstop(lasting(minBackstop))],
    ],
  };
}
