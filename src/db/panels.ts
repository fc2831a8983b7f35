import { sql } from "kysely";
import type { Hex } from "viem";
import * as z from "zod";
import { type Panel, panelSchema } from "../core/deal/panel.ts";
import type { Connection } from "./database.ts";

const registeredPanel = z
  .object({ panel: z.record(z.string(), z.unknown()), arbitrators: z.array(z.unknown()) })
  .transform(({ panel, arbitrators }) => ({ ...panel, arbitrators }))
  .pipe(panelSchema);

/**
 * The panel that terms name by `rules`; `undefined` where the panel tribunal's events show none by
 * now.
 */
export async function readPanel(db: Connection, rules: Hex): Promise<Panel | undefined> {
  const row = await db
    .selectFrom("events")
    .select("args")
    .where(sql<boolean>`name = 'PanelRegistered'`)
    .where(sql<boolean>`args->>'rules' = ${rules}`)
    .executeTakeFirst();
  return row && registeredPanel.parse(row.args);
}
