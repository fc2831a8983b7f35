import type { Hex } from "viem";
import type { DealAction } from "./dealTable.ts";
import type { Determination, Extension, IntentKind, IntentMessage } from "./intents.ts";
import type { Panel, SeatedSignatures } from "./panel.ts";
import type { Terms } from "./terms.ts";
import { packTerms } from "./termsCodec.ts";

/**
 * Who signs: a role of the terms, both parties, enough arbitrators of the panel, or the account
 * that a field of the message names.
 */
export type IntentSigner =
  | "buyer"
  | "seller"
  | "attestor"
  | "both"
  | "panel"
  | "message.by"
  | "message.seller"
  | "message.owner";

/** What the protocol says of one kind of intent. */
export type IntentRule = Readonly<{
  /** The EIP-712 type that the wallet signs. */
  signs: string;
  signer: IntentSigner;
  /** Its row in `dealTable`; null for what is about a bond or a credit. */
  action: DealAction | null;
  /**
   * What states the second from which the contract refuses it: the `deadline` that is signed, or a
   * clock of the terms.
   */
  deadline: "deadline" | "fundBy" | "balanceBy";
  contract: "escrow" | "tribunal";
  /** The function of that contract. */
  call: string;
  /** The arguments of that function. A consent is empty where its giver sends the call. */
  args: (input: never) => readonly unknown[];
}>;

/** The fields of a message that its call states. */
type Stated<K extends IntentKind, Field extends keyof IntentMessage<K>> = Readonly<{
  message: Readonly<Pick<IntentMessage<K>, Field>>;
}>;
type Agreed = Readonly<{ consent: Hex }>;
type AboutDeal = Readonly<{ terms: Terms }>;
/** The seller's signature over the terms; empty without coverage. */
type Covered = AboutDeal & Readonly<{ sellerSignature: Hex }>;
type Seated = AboutDeal & Readonly<{ panel: Panel; seated: SeatedSignatures }>;

/**
 * Every kind of intent: who signs it, which action of a deal it is, and which call submits it.
 * Relayer, API, SDK and command line read this table, and `test/contracts/intentRules.test.ts`
 * holds it to the contracts.
 */
export const intentRules = {
  FundDeal: {
    signs: "Terms",
    signer: "buyer",
    action: "fund",
    deadline: "fundBy",
    contract: "escrow",
    call: "fund",
    args: ({ terms, buyerSignature, sellerSignature }: Covered & Readonly<{ buyerSignature: Hex }>) =>
      [packTerms(terms), buyerSignature, sellerSignature] as const,
  },
  FundDealWithAuthorization: {
    signs: "ReceiveWithAuthorization",
    signer: "buyer",
    action: "fund",
    deadline: "fundBy",
    contract: "escrow",
    call: "fundWithAuthorization",
    args: ({ terms, authorization, sellerSignature }: Covered & Readonly<{ authorization: Hex }>) =>
      [packTerms(terms), authorization, sellerSignature] as const,
  },
  FundDealWithPermit2: {
    signs: "PermitWitnessTransferFrom",
    signer: "buyer",
    action: "fund",
    deadline: "fundBy",
    contract: "escrow",
    call: "fundWithPermit2",
    args: (input: Covered & Readonly<{ nonce: bigint | string; permitSignature: Hex }>) =>
      [packTerms(input.terms), BigInt(input.nonce), input.permitSignature, input.sellerSignature] as const,
  },
  PayBalance: {
    signs: "PayBalance",
    signer: "buyer",
    action: "payBalance",
    deadline: "deadline",
    contract: "escrow",
    call: "payBalance",
    args: ({ terms, consent }: AboutDeal & Agreed) => [packTerms(terms), consent] as const,
  },
  PayBalanceWithAuthorization: {
    signs: "ReceiveWithAuthorization",
    signer: "buyer",
    action: "payBalance",
    deadline: "balanceBy",
    contract: "escrow",
    call: "payBalanceWithAuthorization",
    args: ({ terms, authorization }: AboutDeal & Readonly<{ authorization: Hex }>) =>
      [packTerms(terms), authorization] as const,
  },
  ShipGoods: {
    signs: "ShipGoods",
    signer: "seller",
    action: "ship",
    deadline: "deadline",
    contract: "escrow",
    call: "ship",
    args: ({ terms, message, consent }: AboutDeal & Stated<"ShipGoods", "tracking"> & Agreed) =>
      [packTerms(terms), message.tracking, consent] as const,
  },
  AttestDelivery: {
    signs: "AttestDelivery",
    signer: "attestor",
    action: "deliver",
    deadline: "deadline",
    contract: "escrow",
    call: "deliver",
    args: ({ terms, message, consent }: AboutDeal & Stated<"AttestDelivery", "proof"> & Agreed) =>
      [packTerms(terms), message.proof, consent] as const,
  },
  ConfirmReceipt: {
    signs: "ConfirmReceipt",
    signer: "buyer",
    action: "confirm",
    deadline: "deadline",
    contract: "escrow",
    call: "confirm",
    args: ({ terms, message, consent }: AboutDeal & Stated<"ConfirmReceipt", "amount" | "status"> & Agreed) =>
      [packTerms(terms), message.amount, message.status, consent] as const,
  },
  RefundBuyer: {
    signs: "RefundBuyer",
    signer: "seller",
    action: "refund",
    deadline: "deadline",
    contract: "escrow",
    call: "refund",
    args: (input: AboutDeal & Stated<"RefundBuyer", "amount" | "remaining" | "status"> & Agreed) => {
      const { amount, remaining, status } = input.message;
      return [packTerms(input.terms), amount, remaining, status, input.consent] as const;
    },
  },
  OpenDispute: {
    signs: "OpenDispute",
    signer: "message.by",
    action: "dispute",
    deadline: "deadline",
    contract: "escrow",
    call: "dispute",
    args: ({ terms, message, consent }: AboutDeal & Stated<"OpenDispute", "by" | "statement"> & Agreed) =>
      [packTerms(terms), message.by, message.statement, consent] as const,
  },
  Settlement: {
    signs: "Settlement",
    signer: "both",
    action: "settle",
    deadline: "deadline",
    contract: "escrow",
    call: "settle",
    args: (
      input: AboutDeal &
        Stated<"Settlement", "toBuyer" | "toSeller" | "compensation"> &
        Readonly<{ buyerConsent: Hex; sellerConsent: Hex }>,
    ) => {
      const { toBuyer, toSeller, compensation } = input.message;
      const consents = [input.buyerConsent, input.sellerConsent] as const;
      return [packTerms(input.terms), toBuyer, toSeller, compensation, ...consents] as const;
    },
  },
  PostBond: {
    signs: "ReceiveWithAuthorization",
    signer: "message.seller",
    action: null,
    deadline: "deadline",
    contract: "escrow",
    call: "postBondWithAuthorization",
    args: (
      input: Stated<"PostBond", "seller" | "token" | "amount" | "salt" | "deadline"> & Readonly<{ authorization: Hex }>,
    ) => {
      const { seller, token, amount, salt, deadline } = input.message;
      return [seller, token, amount, salt, BigInt(deadline), input.authorization] as const;
    },
  },
  RequestBondWithdrawal: {
    signs: "RequestBondWithdrawal",
    signer: "message.seller",
    action: null,
    deadline: "deadline",
    contract: "escrow",
    call: "requestBondWithdrawal",
    args: ({ message, consent }: Stated<"RequestBondWithdrawal", "seller" | "token"> & Agreed) =>
      [message.seller, message.token, consent] as const,
  },
  WithdrawBond: {
    signs: "WithdrawBond",
    signer: "message.seller",
    action: null,
    deadline: "deadline",
    contract: "escrow",
    call: "withdrawBond",
    args: ({ message, consent }: Stated<"WithdrawBond", "seller" | "token" | "amount" | "to"> & Agreed) =>
      [message.seller, message.token, message.amount, message.to, consent] as const,
  },
  WithdrawCredit: {
    signs: "WithdrawCredit",
    signer: "message.owner",
    action: null,
    deadline: "deadline",
    contract: "escrow",
    call: "withdrawCredit",
    args: ({ message, consent }: Stated<"WithdrawCredit", "owner" | "token" | "amount" | "to"> & Agreed) =>
      [message.owner, message.token, message.amount, message.to, consent] as const,
  },
  Determination: {
    signs: "Determination",
    signer: "panel",
    action: "award",
    deadline: "deadline",
    contract: "tribunal",
    call: "determine",
    args: ({ terms, determination, panel, seated }: Seated & Readonly<{ determination: Determination }>) =>
      [packTerms(terms), determination, panel, seated.seats, seated.walletSignatures] as const,
  },
  Extension: {
    signs: "Extension",
    signer: "panel",
    action: "extendBackstop",
    deadline: "deadline",
    contract: "tribunal",
    call: "extend",
    args: ({ terms, extension, panel, seated }: Seated & Readonly<{ extension: Extension }>) =>
      [packTerms(terms), extension, panel, seated.seats, seated.walletSignatures] as const,
  },
} as const satisfies Record<string, IntentRule>;

type Rules = typeof intentRules;

/** What somebody signs so that another can submit it; `signs` of its row names the EIP-712 type. */
export type SignableKind = keyof Rules;

/** What the arguments of each kind's call are made from. */
export type CallInput = { readonly [K in SignableKind]: Parameters<Rules[K]["args"]>[0] };

/** The arguments of each kind's call, as the ABI of its contract takes them. */
export type CallArguments = { readonly [K in SignableKind]: ReturnType<Rules[K]["args"]> };

const argumentsBy: { readonly [K in SignableKind]: Readonly<{ args: (input: CallInput[K]) => CallArguments[K] }> } =
  intentRules;

/**
 * The arguments of the call that submits an intent. The same call with an empty consent is its
 * signer's own.
 *
 * @example argumentsOf("ShipGoods", { terms, message: { tracking }, consent: consentOf(deadline, signature) })
 */
export function argumentsOf<K extends SignableKind>(kind: K, input: CallInput[K]): CallArguments[K] {
  return argumentsBy[kind].args(input);
}
