import type { Migration } from "kysely/migration";
import { initial } from "./0001-initial.ts";
import { evidenceByLeaf } from "./0002-evidence-by-leaf.ts";
import { idempotencyHolders } from "./0003-idempotency-holders.ts";
import { deadlineBatches } from "./0004-deadline-batches.ts";
import { termsOnce } from "./0005-terms-once.ts";
import { dealsByMovement } from "./0006-deals-by-movement.ts";
import { timestampTokens } from "./0007-timestamp-tokens.ts";
import { panelsByRules } from "./0008-panels-by-rules.ts";

/**
 * Every step of the schema, in order. A step that was released is never edited; a new one is
 * appended.
 */
export const migrations: Record<string, Migration> = {
  "0001-initial": initial,
  "0002-evidence-by-leaf": evidenceByLeaf,
  "0003-idempotency-holders": idempotencyHolders,
  "0004-deadline-batches": deadlineBatches,
  "0005-terms-once": termsOnce,
  "0006-deals-by-movement": dealsByMovement,
  "0007-timestamp-tokens": timestampTokens,
  "0008-panels-by-rules": panelsByRules,
};
