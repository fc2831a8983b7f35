import type { Hex } from "viem";
import { determineCall, extendCall } from "../../chain/panelCalls.ts";
import type { Call } from "../../chain/transactions.ts";
import { determinationDigest, extensionDigest, type PanelDomain } from "../../core/deal/intents.ts";
import {
  type Panel,
  panelRules,
  type SeatedSignatures,
  type SignerAndSignature,
  seatSignatures,
} from "../../core/deal/panel.ts";
import type { Terms } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import type { CallPlan, Planners } from "./callPlan.ts";
import { type PlanContext, requireTerms } from "./planContext.ts";

/** What a panel of arbitrators signs about a deal. */
export const panelPlanners = {
  Determination: async (request, context) => {
    const { determination, panel } = request;
    const { toBuyer, toSeller, compensation } = determination;
    return byPanel(request, context, {
      digestIn: (domain) => determinationDigest(determination, domain),
      message: determination,
      action: "award",
      answerWindow: panel.answerWindow,
      split: { toBuyer, toSeller, compensation },
      callOf: (terms, seated) => determineCall(determination, { terms, panel, seated }),
    });
  },
  Extension: async (request, context) => {
    const { extension, panel } = request;
    return byPanel(request, context, {
      digestIn: (domain) => extensionDigest(extension, domain),
      message: extension,
      action: "extendBackstop",
      callOf: (terms, seated) => extendCall(extension, { terms, panel, seated }),
    });
  },
} as const satisfies Partial<Planners>;

/** What a panel signed about a deal of its own. */
const byPanel = async (
  { panel, signatures }: Readonly<{ panel: Panel; signatures: readonly SignerAndSignature[] }>,
  context: PlanContext,
  plan: Pick<CallPlan, "action"> &
    Partial<Pick<CallPlan, "split" | "answerWindow">> & {
      digestIn: (domain: PanelDomain) => Hex;
      message: Readonly<{ deal: Hex; disputedAt: number; deadline: number }>;
      callOf: (terms: Terms, seated: SeatedSignatures) => Call;
    },
) => {
  const { digestIn, message, callOf, ...own } = plan;
  const terms = requireTerms(context);
  if (panelRules(panel) !== terms.rules || terms.tribunal !== context.contracts.panel) {
    throw new ProtocolError("panel-mismatch", { deal: message.deal });
  }
  const given = new Set(signatures.map(({ signer }) => signer)).size;
  if (given !== signatures.length || given < panel.threshold) {
    throw new ProtocolError("signature-count-wrong", { given: signatures.length, threshold: panel.threshold });
  }
  const id = digestIn({ chainId: context.chainId, tribunal: terms.tribunal });
  const { to, data } = callOf(terms, await seatSignatures(panel, id, signatures));
  return {
    ...own,
    id,
    deadline: message.deadline,
    disputedAt: message.disputedAt,
    signed: signatures.map(({ signer, signature }) => ({ digest: id, signer, signature })),
    orderKey: message.deal,
    call: { to, data },
  };
};
