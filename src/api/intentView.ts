import type * as z from "zod";
import type { IntentRecord } from "../db/intents.ts";
import type { intentView } from "../wire/schemas.ts";

type View = z.input<typeof intentView>;

/** How far an intent got, as the API shows it. */
export function viewIntent(intent: IntentRecord): View {
  return {
    id: intent.id,
    kind: intent.kind,
    deal: intent.dealId,
    signer: intent.signer,
    state: intent.state,
    code: intent.code,
    details: { ...intent.detail },
    txHash: intent.txHash,
    blockNumber: intent.blockNumber,
    succeeded: intent.succeeded,
    createdAt: intent.createdAt.toISOString(),
  };
}
