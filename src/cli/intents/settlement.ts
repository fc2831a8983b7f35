// A settlement that one side signed, and the amounts of a new one.
import * as z from "zod";
import { type IntentMessage, intentSchemas } from "../../core/deal/intents.ts";
import { signature } from "../../core/fields.ts";
import { type DealFile, unitOf } from "../dealFile.ts";
import { readJson } from "../files.ts";
import { parseInput } from "../parseInput.ts";
import { parseAmount } from "../parseQuantity.ts";
import { inputMalformed, usageInvalid } from "../problems.ts";
import { HELP } from "./options.ts";
import type { Stating } from "./stating.ts";

const partialSettlement = z.strictObject({
  kind: z.literal("Settlement"),
  message: intentSchemas.Settlement,
  buyerSignature: signature.optional(),
  sellerSignature: signature.optional(),
});
export type PartialSettlement = z.output<typeof partialSettlement>;

export async function readSettlement(path: string, deal: DealFile): Promise<PartialSettlement> {
  const settlement = parseInput(partialSettlement, await readJson(path), path);
  if (settlement.message.deal === deal.id) return settlement;
  throw inputMalformed({ path, at: "message.deal" }, "deal-differs");
}

type Complete = Required<PartialSettlement>;

/** The settlement with one signature more; complete once both sides signed. */
export function addSignature(
  settlement: PartialSettlement,
  own: Pick<PartialSettlement, "buyerSignature" | "sellerSignature">,
):
  | { readonly request: Complete; readonly isComplete: true }
  | { readonly request: PartialSettlement; readonly isComplete: false } {
  const { buyerSignature, sellerSignature, ...stated } = { ...settlement, ...own };
  if (buyerSignature !== undefined && sellerSignature !== undefined) {
    return { request: { ...stated, buyerSignature, sellerSignature }, isComplete: true };
  }
  return { request: { ...settlement, ...own }, isComplete: false };
}

export async function splitOf({ deal, values, deadline, position }: Stating): Promise<IntentMessage<"Settlement">> {
  const unit = unitOf(deal, values.decimals);
  const [toBuyer, toSeller] = [values["to-buyer"], values["to-seller"]];
  if (toBuyer === undefined || toSeller === undefined) {
    throw usageInvalid(HELP, "settlement-amounts-missing");
  }
  return {
    deal: deal.id,
    toBuyer: parseAmount(toBuyer, unit),
    toSeller: parseAmount(toSeller, unit),
    compensation: parseAmount(values.compensation ?? "0", unit),
    ...(await position()).seen,
    deadline,
  };
}
