import * as z from "zod";
import { type DealAction, type DealActor, dealStatuses, dealTable } from "../core/deal/dealTable.ts";
import { determinationSchema } from "../core/deal/intents.ts";
import { MAX_ARBITRATORS, panelSchema } from "../core/deal/panel.ts";
import { termsSchema } from "../core/deal/terms.ts";
import { type ErrorCode, errorCodes } from "../core/errors.ts";
import { address, amount, bytes32, seconds, signature, uint256, uint256Text } from "../core/fields.ts";
import type { FieldProblem } from "../core/text/fieldProblems.ts";
import { type RelayKind, requestSchema } from "./relayRequests.ts";
import { storableJson } from "./storableJson.ts";

// What goes over the wire, in both directions. The server checks requests with these, the client
// answers, and the OpenAPI document shows them. This file runs in a browser.

/** A number of things, bytes or blocks. */
export const count = z.int().nonnegative();
/** What everybody must know to use a relayer. */
export const configView = z
  .strictObject({
    chainId: z.int().positive(),
    contracts: z.strictObject({ escrow: address, panel: address, registry: address, fromBlock: count }),
    /** Signs receipts of evidence and pays for transactions. */
    relayer: address,
    /**
     * Time of the newest block that is known here, by which deadlines are judged; 0 before the
     * first.
     */
    asOf: seconds,
    /** Bytes and seconds. */
    limits: z.strictObject({ evidenceBytes: count, requestBytes: count, anchorWithin: count, pageSize: count }),
  })
  .meta({ id: "Config" });

const terms = termsSchema.meta({ id: "Terms" });

/**
 * Terms that both sides will see, with the order document behind them if the marketplace wants it
 * kept.
 */
export const dealRegistration = z
  .strictObject({
    terms,
    order: storableJson.optional(),
    /**
     * The seller's EIP-712 signature over the terms; a deal with coverage cannot be funded without
     * it.
     */
    sellerSignature: signature.optional(),
  })
  .meta({ id: "DealRegistration" });

const typedValue = z.union([z.string(), z.boolean()]);

/** Typed data as `eth_signTypedData_v4` takes it; whole numbers are decimal strings. */
export const typedData = z
  .strictObject({
    domain: z.record(z.string(), z.union([z.string(), z.number()])),
    types: z.record(z.string(), z.array(z.strictObject({ name: z.string(), type: z.string() }))),
    primaryType: z.string(),
    message: z.record(z.string(), z.union([typedValue, z.record(z.string(), typedValue)])),
  })
  .meta({ id: "TypedData" });

/** Terms that are kept, with the deal's id and what buyer and seller sign. */
export const registeredDeal = z.strictObject({ id: bytes32, terms, typedData }).meta({ id: "RegisteredDeal" });

/** How the buyer lets money go without gas: exactly one of the three. */
export const dealFunding = z
  .strictObject({
    /**
     * ERC-3009 `receiveWithAuthorization` over the deposit to the escrow, nonce = deal id, valid
     * before `fundBy`.
     */
    authorization: signature.optional(),
    /** EIP-712 over the terms, where the escrow has an allowance. */
    buyerSignature: signature.optional(),
    /** Permit2 `permitWitnessTransferFrom` with the deal as witness. */
    permit: z.strictObject({ nonce: uint256Text, signature }).optional(),
    /** Only where the deal was registered without it. */
    sellerSignature: signature.optional(),
  })
  .refine(
    ({ authorization, buyerSignature, permit }) =>
      [authorization, buyerSignature, permit].filter((given) => given !== undefined).length === 1,
    { path: ["authorization"], message: "payment-ambiguous" satisfies FieldProblem },
  )
  .meta({ id: "DealFunding" });

/** Everything that is relayed for a party; see `core/deal/intents.ts`. */
export const relayRequest = requestSchema.meta({ id: "RelayRequest" });

/**
 * Where something that is relayed stands, in the order in which it goes through them; the last
 * three end it.
 */
export const intentStates = [
  "queued",
  "assigned",
  "broadcast",
  "mined",
  "safe",
  "final",
  "reverted",
  "rejected",
] as const;

const requestKinds = requestSchema.options.map((option) => option.shape.kind.value) as RelayKind[];

/** How far something that is relayed got. */
export const intentView = z
  .strictObject({
    id: bytes32,
    kind: z.enum(requestKinds),
    deal: bytes32.nullable(),
    signer: address.nullable(),
    /**
     * `final`: in a settled block. `reverted`: the contract refused it. `rejected`: it was never
     * sent.
     */
    state: z.enum(intentStates),
    /** Why it ended, or what keeps it waiting. */
    code: z.enum(errorCodes).nullable(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    txHash: bytes32.nullable(),
    blockNumber: count.nullable(),
    succeeded: z.boolean().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "Intent" });
/** An intent as a client reads it. */
export type IntentView = z.output<typeof intentView>;

/** Every action of the table of deals. */
export const dealActions = Object.keys(dealTable) as DealAction[];
const dealActors = [
  "buyer",
  "seller",
  "attestor",
  "tribunal",
  "party",
  "both",
  "anyone",
] as const satisfies DealActor[];

/** Actions by which a deal's money leaves for good. */
export const outcomeActions = [
  "release",
  "refund",
  "expire",
  "lapse",
  "settle",
  "award",
] as const satisfies DealAction[];

const outcome = z.strictObject({
  by: z.enum(outcomeActions),
  toBuyer: amount,
  /** Before the marketplace's fee. */
  toSeller: amount,
  compensation: amount,
  /** What an award exceeds the coverage by and nobody has paid yet. */
  shortfall: amount,
  reasons: bytes32.nullable(),
  /** Root of the evidence that the tribunal judged. */
  evidence: bytes32.nullable(),
  at: seconds,
  txHash: bytes32,
});

/**
 * A deal as the chain has it, or `none` while it is registered only. Amounts are minor units of
 * `terms.token`.
 */
export const dealView = z
  .strictObject({
    id: bytes32,
    terms,
    status: z.enum(dealStatuses),
    amounts: z.strictObject({
      held: amount,
      /** What the buyer still has to pay in before `balanceBy`. */
      balanceDue: amount,
      /** Promised from the seller's bond to this deal. */
      coverage: amount,
      /** Already given back of what is held. */
      refunded: amount,
      /** What the marketplace gets if the seller gets all that is held. */
      fee: amount,
    }),
    /** End of the running inspection, tail or backstop; 0 where the terms state the clock. */
    until: seconds,
    /**
     * The stage of a disputed deal, which moves on while the parties perform; `none` without a
     * dispute.
     */
    disputedFrom: z.enum(dealStatuses),
    /**
     * When the dispute was opened, or the end of the inspection for one that was open at delivery;
     * 0 without one.
     */
    disputedAt: seconds,
    /**
     * What happens if nobody acts but at each deadline, step by step to the end; empty when nothing
     * is left to happen.
     */
    ifNobodyActs: z.array(
      z.strictObject({
        action: z.enum(dealActions),
        at: seconds,
        toBuyer: amount,
        /** Before the marketplace's fee. */
        toSeller: amount,
        /** To the buyer from the seller's coverage, beyond `toBuyer`. */
        compensation: amount,
        /** Where the deal stands afterwards. */
        status: z.enum(dealStatuses),
      }),
    ),
    /**
     * What is possible in this state; half-open windows in Unix seconds, null where there is no
     * bound.
     */
    actions: z.array(
      z.strictObject({
        action: z.enum(dealActions),
        by: z.enum(dealActors),
        /** The accounts that `by` stands for; empty for anyone. */
        who: z.array(address),
        from: seconds.nullable(),
        before: seconds.nullable(),
        /** Possible at `asOf`. */
        open: z.boolean(),
      }),
    ),
    /** Whether the seller's signature over the terms is kept here. */
    sellerSigned: z.boolean(),
    tracking: bytes32.nullable(),
    proof: bytes32.nullable(),
    statement: bytes32.nullable(),
    disputedBy: address.nullable(),
    fundedAt: seconds.nullable(),
    fundingTx: bytes32.nullable(),
    outcome: outcome.nullable(),
    /** Time of the newest block that is known here; 0 before the first. */
    asOf: seconds,
  })
  .meta({ id: "Deal" });
/** A deal as a client reads it: amounts `bigint`. */
export type DealView = z.output<typeof dealView>;

/** Funded deals, those that moved last first. */
export const dealPage = z
  .strictObject({
    deals: z.array(dealView),
    /** Goes into `cursor` for the next page; null on the last. */
    next: z.string().nullable(),
  })
  .meta({ id: "DealPage" });

const MAX_PAGE = 100;

/** Where a list goes on, and how long a page is. */
export const paging = {
  cursor: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).optional(),
};

/** Which deals to list. */
export const dealQuery = z.strictObject({
  /** Buyer, seller, marketplace or attestor. */
  party: address.optional(),
  status: z.enum(dealStatuses).optional(),
  ...paging,
});

/** A determination with at least as many signatures as the panel's threshold. */
export const determinationSubmission = z
  .strictObject({
    determination: determinationSchema.meta({ id: "Determination" }),
    panel: panelSchema.meta({ id: "Panel" }),
    signatures: z
      .array(z.strictObject({ signer: address, signature }))
      .min(1)
      .max(MAX_ARBITRATORS),
  })
  .meta({ id: "DeterminationSubmission" });

/** How far a determination got, and what the chain says about it once it is executed. */
export const determinationView = z
  .strictObject({
    intent: intentView,
    determined: z
      .strictObject({
        evidence: bytes32,
        at: seconds,
        txHash: bytes32,
      })
      .nullable(),
    outcome: outcome.nullable(),
  })
  .meta({ id: "DeterminationStatus" });

/** What a seller's bond holds in one token, in minor units. */
export const bondView = z
  .strictObject({
    seller: address,
    token: address,
    balance: uint256,
    reserved: uint256,
    /** What a further deal can be covered with. */
    available: uint256,
    /** Second from which a requested withdrawal is possible; 0 if none was requested. */
    unlockAt: seconds,
  })
  .meta({ id: "Bond" });

/**
 * What the escrow holds for an account that can withdraw it: fees, and payments that a token
 * refused.
 */
export const creditView = z.strictObject({ owner: address, token: address, amount: uint256 }).meta({ id: "Credit" });

/** The process is alive. */
export const healthView = z.strictObject({ alive: z.literal(true) }).meta({ id: "Health" });

/** Whether the relayer can do its work. */
export const readyView = z
  .strictObject({
    ready: z.boolean(),
    /** Why each part of the relayer that cannot work is blocked, by its name. */
    blockedBy: z.record(z.string(), z.enum(errorCodes)),
    /** Blocks; null while the chain cannot be asked. */
    lag: z.int().nullable(),
    /** Seconds that the oldest call waits to be in a block. */
    outboxAge: z.number(),
    nonceGap: z.int().nullable(),
    /** Seconds since the oldest evidence came in that is not anchored. */
    unanchored: z.number(),
    /**
     * Stored files that the last reading of all of them found damaged and could not repair; null
     * before its end. They do not make the relayer unready: it serves what is whole.
     */
    damagedFiles: z.int().nullable(),
  })
  .meta({ id: "Readiness" });

/**
 * RFC 9457. `code` is what programs match on, `details` the facts that belong to it. `label` is its
 * name in the public catalogue of errors.
 */
export const problemView = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().transform((code) => code as ErrorCode),
    label: z
      .string()
      .regex(/^[A-Z0-9-]{1,32}$/)
      .optional(),
    detail: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    instance: z.string(),
  })
  .meta({ id: "Problem" });

/** One code in all languages. */
export const errorView = z
  .strictObject({ code: z.enum(errorCodes), status: z.int(), en: z.string(), zh: z.string() })
  .meta({ id: "ErrorCode" });
