import * as z from "zod";
import type { SignableKind } from "../core/deal/intentRules.ts";
import { determinationSchema, extensionSchema, intentSchemas } from "../core/deal/intents.ts";
import { panelSchema } from "../core/deal/panel.ts";
import { errorCodes } from "../core/errors.ts";
import { address, bytes32, seconds, uint256 } from "../core/fields.ts";
import { dealActions, typedData } from "./schemas.ts";

/** EIP-712 name and version of the token that the signer pays in. */
const token = z.strictObject({ name: z.string().max(128), version: z.string().max(32) });

const { status, disputedFrom, disputedAt } = intentSchemas.PayBalance.shape;

/** Everything that a wallet must know to sign an intent; nothing of it is a signature. */
export const unsignedIntent = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("PayBalance"), message: intentSchemas.PayBalance }),
    z.strictObject({ kind: z.literal("ShipGoods"), message: intentSchemas.ShipGoods }),
    z.strictObject({ kind: z.literal("AttestDelivery"), message: intentSchemas.AttestDelivery }),
    z.strictObject({ kind: z.literal("ConfirmReceipt"), message: intentSchemas.ConfirmReceipt }),
    z.strictObject({ kind: z.literal("RefundBuyer"), message: intentSchemas.RefundBuyer }),
    z.strictObject({ kind: z.literal("OpenDispute"), message: intentSchemas.OpenDispute }),
    z.strictObject({ kind: z.literal("Settlement"), message: intentSchemas.Settlement }),
    z.strictObject({ kind: z.literal("PostBond"), message: intentSchemas.PostBond, token }),
    z.strictObject({ kind: z.literal("RequestBondWithdrawal"), message: intentSchemas.RequestBondWithdrawal }),
    z.strictObject({ kind: z.literal("WithdrawBond"), message: intentSchemas.WithdrawBond }),
    z.strictObject({ kind: z.literal("WithdrawCredit"), message: intentSchemas.WithdrawCredit }),
    z.strictObject({ kind: z.literal("FundDeal"), deal: bytes32 }),
    z.strictObject({ kind: z.literal("FundDealWithAuthorization"), deal: bytes32, token }),
    z.strictObject({ kind: z.literal("FundDealWithPermit2"), deal: bytes32, nonce: uint256 }),
    z.strictObject({
      kind: z.literal("PayBalanceWithAuthorization"),
      deal: bytes32,
      /** The state of the deal that the signature names, in numbers of the contract. */
      seen: z.strictObject({ status, disputedFrom, disputedAt }),
      token,
    }),
    z.strictObject({ kind: z.literal("Determination"), determination: determinationSchema, panel: panelSchema }),
    z.strictObject({ kind: z.literal("Extension"), extension: extensionSchema, panel: panelSchema }),
  ])
  .meta({ id: "UnsignedIntent" });

/** Not the keys of `intentRules`: pages of the SDK do without that table. */
const kinds: readonly SignableKind[] = unsignedIntent.options.map(({ shape }) => shape.kind.value);

/** What a wallet is asked to sign, who must sign, and whether the relayer would take it now. */
export const intentPreview = z
  .strictObject({
    kind: z.enum(kinds),
    /** The deal's action; null for what is about a bond or a credit. */
    action: z.enum(dealActions).nullable(),
    signers: z.array(z.strictObject({ role: z.enum(["buyer", "seller", "attestor", "arbitrator", "owner"]), address })),
    /** How many of them must sign. */
    threshold: z.int().positive(),
    /** Unix second from which the contract refuses it. */
    deadline: seconds,
    typedData,
    /** EIP-712 digest of the typed data. */
    digest: bytes32,
    /** The contract function that takes the signatures. */
    call: z.strictObject({ contract: z.enum(["escrow", "tribunal"]), to: address, function: z.string() }),
    /**
     * Why it would be refused now. Null where nothing is known against it: signatures are checked
     * at submission, and for payments the balance, the allowance and the nonce.
     */
    refusal: z
      .strictObject({
        code: z.enum(errorCodes),
        details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      })
      .nullable(),
    /** Time of the newest block that is known here; 0 before the first. */
    asOf: seconds,
  })
  .meta({ id: "IntentPreview" });
