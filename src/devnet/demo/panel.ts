import { type Panel, sortPanel } from "../../core/deal/panel.ts";
import { createActors } from "./actors.ts";

const DAY = 86_400;

/**
 * The panel that every local chain has registered: three of five of the chain's own accounts, with
 * the clocks of the template.
 */
export const demoPanel: Panel = sortPanel({
  threshold: 3,
  answerWindow: 3 * DAY,
  minInspection: 7 * DAY,
  minBackstop: 30 * DAY,
  arbitrators: createActors().arbitrators.map(({ address }) => address),
});
