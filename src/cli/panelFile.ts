import * as z from "zod";
import { MAX_ARBITRATORS, type Panel, panelRefusal, panelSchema, sortPanel } from "../core/deal/panel.ts";
import type { Terms } from "../core/deal/terms.ts";
import { ProtocolError } from "../core/errors.ts";
import { address } from "../core/fields.ts";
import { readJson } from "./files.ts";
import { parseInput } from "./parseInput.ts";
import { parseDuration } from "./parseQuantity.ts";

/**
 * Clocks of a panel that names none: three days to answer, a week to inspect, a month to decide.
 */
export const panelDefaults = { answerWindow: "3d", minInspection: "7d", minBackstop: "30d" } as const;

/** A panel as a person writes it, with durations. */
export const panelTemplateSchema = z.strictObject({
  threshold: z.int().min(1).max(MAX_ARBITRATORS),
  answerWindow: z.string().default(panelDefaults.answerWindow),
  minInspection: z.string().default(panelDefaults.minInspection),
  minBackstop: z.string().default(panelDefaults.minBackstop),
  arbitrators: z.array(address).min(1).max(MAX_ARBITRATORS),
});

export type PanelTemplate = z.output<typeof panelTemplateSchema>;

/**
 * The panel that a template states, with its arbitrators in ascending order. Throws
 * `input-malformed` where `PanelTribunal` would refuse to register it.
 */
export function panelFromTemplate(template: PanelTemplate, path: string): Panel {
  const lasts = (field: keyof typeof panelDefaults) => parseDuration(template[field], `${path}: panel.${field}`);
  const panel = {
    threshold: template.threshold,
    answerWindow: lasts("answerWindow"),
    minInspection: lasts("minInspection"),
    minBackstop: lasts("minBackstop"),
    arbitrators: template.arbitrators,
  };
  return sortPanel(parseInput(panelSchema, panel, `${path}: panel`));
}

/**
 * Reads a panel from a file of its own (durations as text, or seconds as numbers), from a template
 * of terms or from a deal file. Throws `file-missing`, `file-unreadable` or `input-malformed`.
 */
export async function readPanel(path: string): Promise<Panel> {
  const input = await readJson(path);
  const stated = typeof input === "object" && input !== null && "panel" in input ? input.panel : input;
  const isInSeconds = z.object({ answerWindow: z.number() }).safeParse(stated).success;
  if (isInSeconds) return sortPanel(parseInput(panelSchema, stated, `${path}: panel`));
  return panelFromTemplate(parseInput(panelTemplateSchema, stated, path), path);
}

/** Throws `terms-unsafe` with the fact for which the panel would refuse the terms at funding. */
export function requireAcceptedBy(panel: Panel | null, terms: Terms): void {
  const refusal = panel === null ? undefined : panelRefusal(panel, terms);
  if (refusal !== undefined) throw new ProtocolError("terms-unsafe", { fact: `panel-${refusal}` });
}
