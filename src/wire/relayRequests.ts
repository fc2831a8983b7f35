import type { Hex } from "viem";
import * as z from "zod";
import { determinationSchema, extensionSchema, intentSchemas } from "../core/deal/intents.ts";
import { MAX_ARBITRATORS, panelSchema } from "../core/deal/panel.ts";
import type { UnsignedIntent } from "../core/deal/unsignedIntent.ts";
import { address, bytes32, signature, uint256Text } from "../core/fields.ts";

const panelSignatures = z
  .array(z.strictObject({ signer: address, signature }))
  .min(1)
  .max(MAX_ARBITRATORS);

/**
 * Everything that a relayer submits for others: a party's intent with its signature, money that
 * moves by a signature of its owner, a settlement with both signatures, what a panel decides.
 * `deal` names terms that were registered before or that are on the chain.
 */
export const requestSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("PayBalance"), message: intentSchemas.PayBalance, signature }),
  z.strictObject({ kind: z.literal("ShipGoods"), message: intentSchemas.ShipGoods, signature }),
  z.strictObject({ kind: z.literal("AttestDelivery"), message: intentSchemas.AttestDelivery, signature }),
  z.strictObject({ kind: z.literal("ConfirmReceipt"), message: intentSchemas.ConfirmReceipt, signature }),
  z.strictObject({ kind: z.literal("RefundBuyer"), message: intentSchemas.RefundBuyer, signature }),
  z.strictObject({ kind: z.literal("OpenDispute"), message: intentSchemas.OpenDispute, signature }),
  z.strictObject({
    kind: z.literal("RequestBondWithdrawal"),
    message: intentSchemas.RequestBondWithdrawal,
    signature,
  }),
  z.strictObject({ kind: z.literal("WithdrawBond"), message: intentSchemas.WithdrawBond, signature }),
  z.strictObject({ kind: z.literal("WithdrawCredit"), message: intentSchemas.WithdrawCredit, signature }),
  z.strictObject({
    kind: z.literal("Settlement"),
    message: intentSchemas.Settlement,
    buyerSignature: signature,
    sellerSignature: signature,
  }),
  z.strictObject({ kind: z.literal("PostBond"), message: intentSchemas.PostBond, authorization: signature }),
  z.strictObject({
    kind: z.literal("FundDeal"),
    deal: bytes32,
    buyerSignature: signature,
    sellerSignature: signature.optional(),
  }),
  z.strictObject({
    kind: z.literal("FundDealWithAuthorization"),
    deal: bytes32,
    authorization: signature,
    sellerSignature: signature.optional(),
  }),
  z.strictObject({
    kind: z.literal("FundDealWithPermit2"),
    deal: bytes32,
    nonce: uint256Text,
    permitSignature: signature,
    sellerSignature: signature.optional(),
  }),
  z.strictObject({ kind: z.literal("PayBalanceWithAuthorization"), deal: bytes32, authorization: signature }),
  z.strictObject({
    kind: z.literal("Determination"),
    determination: determinationSchema,
    panel: panelSchema,
    signatures: panelSignatures,
  }),
  z.strictObject({
    kind: z.literal("Extension"),
    extension: extensionSchema,
    panel: panelSchema,
    signatures: panelSignatures,
  }),
]);

/** A request in code: amounts `bigint`. */
export type RelayRequest = z.output<typeof requestSchema>;

/** Name of a kind of request. */
export type RelayKind = RelayRequest["kind"];

/** An intent that one account signs. */
type OfOneSigner = Exclude<UnsignedIntent, Readonly<{ kind: "Settlement" | "Determination" | "Extension" }>>;

/**
 * What a relayer takes once the signer of an intent has signed its typed data.
 *
 * @example
 * const intent = { kind: "ShipGoods", message } as const;
 * const signature = await seller.signTypedData(unsignedTypedData(intent, { domain, terms }));
 * await client.submitIntent(signedRequest(intent, signature));
 */
export function signedRequest(intent: OfOneSigner, signature: Hex): RelayRequest {
  switch (intent.kind) {
    case "FundDeal":
      return { ...intent, buyerSignature: signature };
    case "FundDealWithPermit2":
      return { ...intent, nonce: intent.nonce.toString(), permitSignature: signature };
    case "FundDealWithAuthorization":
    case "PayBalanceWithAuthorization":
      return { kind: intent.kind, deal: intent.deal, authorization: signature };
    case "PostBond":
      return { kind: intent.kind, message: intent.message, authorization: signature };
    default:
      return { ...intent, signature };
  }
}
