import type { Hex } from "viem";
import { ProtocolError } from "../../core/errors.ts";
import type { DealProjection, DeterminationProjection } from "../../relayer/fold.ts";
import { readIntent } from "../../store/intents.ts";
import { readProjection } from "../../store/projections.ts";
import type { ApiContext, Handlers } from "../context.ts";
import { viewIntent } from "../intentView.ts";

export const createIntentRoutes = ({
  relayer,
  database: { db },
}: ApiContext): Handlers<"submitIntent" | "readIntent" | "submitDetermination" | "readDetermination"> => {
  const requireIntent = async (id: Hex) => {
    const intent = await readIntent(db, id);
    if (intent === undefined) throw new ProtocolError("intent-unknown", { intent: id });
    return intent;
  };

  return {
    submitIntent: async ({ body }) => ({ status: 202, body: viewIntent(await relayer.accept(body)) }),

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
      const [told, deal] = await Promise.all([
        readProjection(db, "determination", intent.dealId),
        readProjection(db, "deal", intent.dealId),
      ]);
      const { outcome = null } = (deal?.state ?? {}) as Partial<DealProjection>;
      // Another determination of the same panel may have been carried instead of this one.
      const determined = intent.succeeded === true ? (told?.state as DeterminationProjection | undefined) : undefined;
      return {
        status: 200,
        body: {
          intent: viewIntent(intent),
          determined: determined
            ? {
                evidence: determined.evidence,
                signers: determined.signers,
                at: determined.at,
                txHash: determined.txHash,
              }
            : null,
          outcome: determined ? outcome : null,
        },
      };
    },
  };
};
