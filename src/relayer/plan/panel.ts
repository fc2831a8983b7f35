import type { Hex } from "viem";
import { determinationDigest, extensionDigest } from "../../core/deal/intents.ts";
import { seatSignatures } from "../../core/deal/panel.ts";
import { ProtocolError } from "../../core/errors.ts";
import type { Planners, Planning, Requests } from "./callPlan.ts";
import { callOf, requireTerms } from "./planContext.ts";

/** What a panel of arbitrators signs about a deal. */
export const panelPlanners = {
  Determination: async (request, planning) => {
    const { determination } = request;
    const terms = requireTerms(planning);
    const id = determinationDigest(determination, { chainId: planning.chainId, tribunal: terms.tribunal });
    const { signed, seated } = await byPanel(request, planning, id);
    return {
      id,
      signed,
      needsSimulation: false,
      orderKey: determination.deal,
      call: callOf("Determination", { ...request, terms, seated }, planning),
    };
  },
  Extension: async (request, planning) => {
    const { extension } = request;
    const terms = requireTerms(planning);
    const id = extensionDigest(extension, { chainId: planning.chainId, tribunal: terms.tribunal });
    const { signed, seated } = await byPanel(request, planning, id);
    return {
      id,
      signed,
      needsSimulation: false,
      orderKey: extension.deal,
      call: callOf("Extension", { ...request, terms, seated }, planning),
    };
  },
} as const satisfies Partial<Planners>;

/** The signatures of at least as many arbitrators as the panel's threshold. */
async function byPanel(
  { panel, signatures }: Requests["Determination" | "Extension"],
  { facts }: Planning,
  digest: Hex,
) {
  const given = new Set(signatures.map(({ signer }) => signer)).size;
  if (given !== signatures.length || given < facts.threshold) {
    throw new ProtocolError("signature-count-wrong", { given: signatures.length, threshold: facts.threshold });
  }
  return {
    signed: signatures.map(({ signer, signature }) => ({ digest, signer, signature })),
    seated: await seatSignatures(panel, digest, signatures),
  };
}
