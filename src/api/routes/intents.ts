import type { Hex } from "viem";
import { dealOfIntent } from "../../core/deal/intentFacts.ts";
import { previewIntent } from "../../core/deal/intentPreview.ts";
import type { EscrowDomain } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import { readDeal } from "../../db/deals.ts";
import { readNewestTime } from "../../db/events.ts";
import { readIntent } from "../../db/intents.ts";
import { readProjection } from "../../db/projections.ts";
import type { ApiContext, Handlers } from "../context.ts";
import { viewOutcome } from "../dealView.ts";
import { viewIntent } from "../intentView.ts";
import { statusOf } from "../problem.ts";

/** Previewing, submitting and reading what parties and arbitrators sign. */
export function createIntentRoutes({
  relayer,
  chain,
  database: { db },
}: ApiContext): Handlers<
  "submitIntent" | "previewIntent" | "readIntent" | "submitDetermination" | "readDetermination"
> {
  const domain: EscrowDomain = { chainId: chain.chainId, escrow: relayer.contracts.escrow };

  const requireIntent = async (id: Hex) => {
    const intent = await readIntent(db, id);
    if (intent === undefined) throw new ProtocolError("intent-unknown", { intent: id });
    return intent;
  };

  return {
    submitIntent: async ({ body }) => ({ status: 202, body: viewIntent(await relayer.accept(body)) }),

    previewIntent: async ({ body }) => {
      const deal = dealOfIntent(body);
      const terms = deal === undefined ? undefined : (await readDeal(db, deal))?.terms;
      const { signers, ...preview } = previewIntent(body, { domain, terms });
      const refusal = await relayer.findRefusal(body);
      // A fault of ours is no refusal of the intent, and its details are not for callers.
      if (refusal !== undefined && statusOf[refusal.code] >= 500) throw refusal;
      return {
        status: 200,
        body: {
          ...preview,
          signers: [...signers],
          refusal: refusal === undefined ? null : { code: refusal.code, details: refusal.details },
          asOf: await readNewestTime(db),
        },
      };
    },

    readIntent: async ({ params: { id } }) => ({ status: 200, body: viewIntent(await requireIntent(id)) }),

    submitDetermination: async ({ body }) => {
      const intent = await relayer.accept({ kind: "Determination", ...body });
      return { status: 202, body: viewIntent(intent) };
    },

    readDetermination: async ({ params: { id } }) => {
      const intent = await requireIntent(id);
      if (intent.kind !== "Determination" || intent.dealId === null) {
        throw new ProtocolError("intent-unknown", { intent: id });
      }
      const deal = await readProjection(db, "deal", intent.dealId);
      const outcome = deal?.state.outcome ?? null;
      // Another determination of the same panel may have been executed instead of this one.
      const awarded = intent.succeeded === true && outcome?.by === "award" ? outcome : null;
      return {
        status: 200,
        body: {
          intent: viewIntent(intent),
          determined: awarded && { evidence: awarded.evidence!, at: awarded.at, txHash: awarded.txHash },
          outcome: awarded && viewOutcome(awarded),
        },
      };
    },
  };
}
