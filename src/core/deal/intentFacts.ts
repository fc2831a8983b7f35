import type { Address, Hex } from "viem";
import { ProtocolError } from "../errors.ts";
import type { DealAction, SeenState } from "./dealTable.ts";
import { intentRules } from "./intentRules.ts";
import type { Determination, Extension, Intent } from "./intents.ts";
import { type Panel, panelRules } from "./panel.ts";
import type { Split } from "./payouts.ts";
import type { Terms } from "./terms.ts";

/** What pays the buyer's money into a deal, by a signature over the terms or over the money. */
type Payment =
  | Readonly<{ kind: "FundDeal" | "FundDealWithAuthorization" | "FundDealWithPermit2"; deal: Hex }>
  | Readonly<{ kind: "PayBalanceWithAuthorization"; deal: Hex; seen?: SeenState | undefined }>;

/** What a panel decides. */
type Decision =
  | Readonly<{ kind: "Determination"; determination: Determination; panel: Panel }>
  | Readonly<{ kind: "Extension"; extension: Extension; panel: Panel }>;

/** An intent as its signers state it, with or without their signatures. */
export type StatedIntent = Intent | Payment | Decision;

/** An account that signs, and in which role. */
export type IntendedSigner = Readonly<{
  role: "buyer" | "seller" | "attestor" | "arbitrator" | "owner";
  address: Address;
}>;

/** What follows from an intent, whether it is signed or not. */
export type IntentFacts = Readonly<{
  signers: readonly IntendedSigner[];
  /** How many of them must sign. */
  threshold: number;
  /** Null for what is about a bond or a credit. */
  action: DealAction | null;
  /** Unix second from which the contract refuses it. */
  deadline: number;
  /** The only state of the deal in which the contract takes it; null where it names none. */
  signedIn: SeenState | null;
  /** `disputedAt` of the dispute that a panel decides; null for anything else. */
  disputedAt: number | null;
  /** Seconds from then before which the tribunal refuses it. */
  answerWindow: number;
  /** Division of what is held, in minor units; null where nothing is divided. */
  split: Split | null;
  /** What is paid as the balance of the price, in minor units; null where none is stated. */
  balance: bigint | null;
}>;

/**
 * The deal that an intent is about; `undefined` for one about a bond or a credit.
 *
 * @example dealOfIntent({ kind: "FundDeal", deal }) // deal
 */
export function dealOfIntent(intent: StatedIntent): Hex | undefined {
  const about = "deal" in intent ? intent : messageOf(intent);
  return "deal" in about ? about.deal : undefined;
}

/**
 * Who must sign an intent, until when it holds, and in which state of the deal. `terms` are those
 * of the deal that it is about.
 *
 * @throws ProtocolError `deal-unknown` without these terms; `signature-invalid` for a dispute by
 *   neither party; `panel-mismatch` where the terms name another panel.
 * @example intentFacts({ kind: "ShipGoods", message }, terms).signers // [{ role: "seller", address: terms.seller }]
 */
export function intentFacts(intent: StatedIntent, terms?: Terms): IntentFacts {
  const signers = signersOf(intent, terms);
  return {
    signers,
    threshold: "panel" in intent ? intent.panel.threshold : signers.length,
    action: intentRules[intent.kind].action,
    deadline:
      "deal" in intent ? requireTerms(intent, terms)[intentRules[intent.kind].deadline] : messageOf(intent).deadline,
    signedIn: signedInOf(intent),
    disputedAt: "panel" in intent ? decisionOf(intent).disputedAt : null,
    answerWindow: intent.kind === "Determination" ? intent.panel.answerWindow : 0,
    split: splitOf(intent),
    balance: intent.kind === "PayBalance" ? intent.message.amount : null,
  };
}

function messageOf(intent: Intent | Decision) {
  return "panel" in intent ? decisionOf(intent) : intent.message;
}

function decisionOf(intent: Decision) {
  return intent.kind === "Determination" ? intent.determination : intent.extension;
}

function requireTerms(intent: StatedIntent, terms: Terms | undefined): Terms {
  if (terms !== undefined) return terms;
  throw new ProtocolError("deal-unknown", { deal: dealOfIntent(intent) ?? null });
}

function signersOf(intent: StatedIntent, given: Terms | undefined): readonly IntendedSigner[] {
  if ("panel" in intent) {
    const { rules } = requireTerms(intent, given);
    if (panelRules(intent.panel) !== rules) {
      throw new ProtocolError("panel-mismatch", { deal: decisionOf(intent).deal });
    }
    return intent.panel.arbitrators.map((address) => ({ role: "arbitrator", address }));
  }
  const { signer } = intentRules[intent.kind];
  const message = "message" in intent ? intent.message : undefined;
  switch (signer) {
    case "buyer":
    case "seller":
    case "attestor":
      return [{ role: signer, address: requireTerms(intent, given)[signer] }];
    case "both": {
      const { buyer, seller } = requireTerms(intent, given);
      return [
        { role: "buyer", address: buyer },
        { role: "seller", address: seller },
      ];
    }
    case "message.by":
      return message !== undefined && "by" in message ? [partyAs(message.by, requireTerms(intent, given))] : [];
    case "message.seller":
      return message !== undefined && "seller" in message ? [{ role: "seller", address: message.seller }] : [];
    case "message.owner":
      return message !== undefined && "owner" in message ? [{ role: "owner", address: message.owner }] : [];
  }
}

function partyAs(address: Address, { buyer, seller }: Terms): IntendedSigner {
  if (address === buyer) return { role: "buyer", address };
  if (address === seller) return { role: "seller", address };
  throw new ProtocolError("signature-invalid", { signer: address });
}

function signedInOf(intent: StatedIntent): SeenState | null {
  if (intent.kind === "PayBalanceWithAuthorization") return intent.seen ?? null;
  if (!("message" in intent) || !("status" in intent.message)) return null;
  const { status, disputedFrom, disputedAt } = intent.message;
  return { status, disputedFrom, disputedAt };
}

function splitOf(intent: StatedIntent): Split | null {
  switch (intent.kind) {
    case "ConfirmReceipt":
      return { toBuyer: 0n, toSeller: intent.message.amount, compensation: 0n };
    case "RefundBuyer":
      return { toBuyer: intent.message.amount, toSeller: intent.message.remaining, compensation: 0n };
    case "Settlement":
    case "Determination": {
      const { toBuyer, toSeller, compensation } = intent.kind === "Settlement" ? intent.message : intent.determination;
      return { toBuyer, toSeller, compensation };
    }
    default:
      return null;
  }
}
