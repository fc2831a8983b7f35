import { type Address, encodeFunctionData, type Hex } from "viem";
import { escrowAbi } from "../abi/escrow.ts";
import { stablecoinAbi } from "../abi/stablecoin.ts";
import { intentCall } from "../chain/intentCall.ts";
import { registerCall } from "../chain/panelCalls.ts";
import { dealStatuses, statusNumber } from "../core/deal/dealTable.ts";
import type { CallInput, SignableKind } from "../core/deal/intentRules.ts";
import { consentOf } from "../core/deal/intents.ts";
import { packTerms } from "../core/deal/termsCodec.ts";
import { address } from "../core/fields.ts";
import { formatTime } from "../core/text/units.ts";
import {
  agreed,
  amountOr,
  amountOrHeld,
  CALLS_ITSELF,
  type CallContext,
  HELP,
  required,
  requiredAddress,
  requiredAmount,
  seenState,
  shown,
  signatureOr,
  signedAs,
} from "./callContext.ts";
import type { ChainReader } from "./chainReads.ts";
import { isNative, unitOf } from "./dealFile.ts";
import { digestArgument } from "./digestArgument.ts";
import { type ExplainedCall, panelCall } from "./explainedCall.ts";
import { parseAmount, parseTime } from "./parseQuantity.ts";
import { usageInvalid } from "./problems.ts";

type Said = { readonly by: string; readonly what: string; readonly value?: bigint };

/**
 * The call that an intent comes to, with who sends it: the party itself, or anyone with what it
 * signed.
 */
const byIntent = <K extends SignableKind>(
  { deal, signed, texts }: CallContext,
  kind: K,
  { input, by, what, value = 0n }: Said & { readonly input: CallInput[K] },
): ExplainedCall => ({
  ...intentCall(kind, input, { escrow: deal.domain.escrow, tribunal: deal.terms.tribunal }),
  value,
  by: signed === undefined ? by : texts.calls.sender.withSigned(by),
  what,
});

const encode = encodeFunctionData<typeof escrowAbi>;

/** A call that nobody signs for. */
const byAnyone = ({ deal, texts }: CallContext, data: Hex, what: string, value = 0n): ExplainedCall => ({
  to: deal.domain.escrow,
  data,
  value,
  by: texts.calls.sender.anyone,
  what,
});

const atDeadline = (functionName: "release" | "expire" | "lapse" | "close") => async (context: CallContext) => {
  const data = encode({ abi: escrowAbi, functionName, args: [packTerms(context.deal.terms)] });
  return [byAnyone(context, data, context.texts.calls.effect[functionName])];
};

/** The escrow takes an ERC-20 only from an allowance. */
const approval = ({ deal, texts }: CallContext, amount: bigint, by: string): ExplainedCall[] => {
  if (isNative(deal.terms)) return [];
  const args = [deal.domain.escrow, amount] as const;
  const data = encodeFunctionData({ abi: stablecoinAbi, functionName: "approve", args });
  return [{ to: deal.terms.token, data, value: 0n, by, what: texts.calls.effect.approve }];
};

const nativeValue = ({ deal }: CallContext, amount: bigint) => (isNative(deal.terms) ? amount : 0n);

/**
 * A panel that is not registered refuses every deal; where no node says that it is, its
 * registration is shown first.
 */
const registration = async ({ deal, read, texts }: CallContext): Promise<ExplainedCall[]> => {
  const { panel, terms } = deal;
  if (panel === null) return [];
  const isRegistered = await read?.((reader) => reader.isPanelRegistered(terms.rules, terms.tribunal));
  return isRegistered === true ? [] : [panelCall(registerCall(panel, terms.tribunal), "registerPanel", texts)];
};

/** The seller's signature over the terms, without which a covered deal cannot be funded. */
const coverOf = ({ deal, values, sender }: CallContext): Hex => {
  const sellerSignature = signatureOr(values["seller-signature"], deal.sellerSignature ?? "0x");
  if (deal.terms.coverage > 0n && sellerSignature === "0x" && sender !== deal.terms.seller) {
    throw usageInvalid(HELP, "seller-signature-missing");
  }
  return sellerSignature;
};

const partyOf = ({ deal, texts }: CallContext, role: "buyer" | "seller" | "attestor") =>
  texts.calls.sender[role](deal.terms[role]);

const fund = async (context: CallContext) => {
  const { deal, signed, texts } = context;
  const { terms } = deal;
  const sellerSignature = coverOf(context);
  const said = { by: partyOf(context, "buyer"), what: texts.calls.effect.fund(formatTime(terms.fundBy)) };
  const first = await registration(context);
  if (signed?.kind === "FundDealWithAuthorization") {
    const input = { ...signed, terms, sellerSignature };
    return [...first, byIntent(context, signed.kind, { input, ...said })];
  }
  const buyerSignature = signedAs(context, "FundDeal")?.buyerSignature ?? CALLS_ITSELF;
  const value = nativeValue(context, terms.deposit);
  const call = byIntent(context, "FundDeal", { input: { terms, buyerSignature, sellerSignature }, ...said, value });
  return [...first, ...(signed === undefined ? approval(context, terms.deposit, said.by) : []), call];
};

const payBalance = async (context: CallContext) => {
  const { deal, signed, texts } = context;
  const { terms } = deal;
  const amount = terms.price - terms.deposit;
  const said = {
    by: partyOf(context, "buyer"),
    what: texts.calls.effect.payBalance(formatTime(terms.balanceBy)),
  };
  if (signed?.kind === "PayBalanceWithAuthorization") {
    return [byIntent(context, signed.kind, { input: { ...signed, terms }, ...said })];
  }
  const { consent } = await agreed(context, "PayBalance", () => undefined);
  const value = nativeValue(context, amount);
  return [
    ...(signed === undefined ? approval(context, amount, said.by) : []),
    byIntent(context, "PayBalance", { input: { terms, consent }, ...said, value }),
  ];
};

const ship = async (context: CallContext) => {
  const { terms } = context.deal;
  const input = await agreed(context, "ShipGoods", async () => ({
    tracking: await digestArgument(required(context.values, "tracking")),
  }));
  const what = context.texts.calls.effect.ship(formatTime(terms.shipBy));
  return [byIntent(context, "ShipGoods", { input: { ...input, terms }, by: partyOf(context, "seller"), what })];
};

const deliver = async (context: CallContext) => {
  const { terms } = context.deal;
  const input = await agreed(context, "AttestDelivery", async () => ({
    proof: await digestArgument(required(context.values, "proof")),
  }));
  const by = partyOf(context, "attestor");
  const what = context.texts.calls.effect.deliver(formatTime(terms.deliverBy));
  return [byIntent(context, "AttestDelivery", { input: { ...input, terms }, by, what })];
};

const confirm = async (context: CallContext) => {
  const { terms } = context.deal;
  const input = await agreed(context, "ConfirmReceipt", async () => {
    const { held, status } = await seenState(context);
    return { amount: amountOrHeld(context, "amount", held), status: statusNumber(status) };
  });
  const { amount, status } = input.message;
  const what = context.texts.calls.effect.confirm(shown(context, amount), dealStatuses[status]!);
  const by = partyOf(context, "buyer");
  return [byIntent(context, "ConfirmReceipt", { input: { ...input, terms }, by, what })];
};

const refund = async (context: CallContext) => {
  const { terms } = context.deal;
  const input = await agreed(context, "RefundBuyer", async () => {
    const amount = requiredAmount(context, "amount");
    const { held, status } = await seenState(context);
    const remaining = amountOrHeld(context, "remaining", held === undefined ? undefined : held - amount);
    return { amount, remaining, status: statusNumber(status) };
  });
  const { amount, remaining, status } = input.message;
  const { effect } = context.texts.calls;
  const what = effect.refund(shown(context, amount), shown(context, remaining), dealStatuses[status]!);
  return [byIntent(context, "RefundBuyer", { input: { ...input, terms }, by: partyOf(context, "seller"), what })];
};

const disputantOf = ({ deal, values, sender }: CallContext): Address => {
  const { buyer, seller } = deal.terms;
  if (values.by === "buyer" || values.by === "seller") return deal.terms[values.by];
  if (values.by !== undefined) throw usageInvalid(HELP, "disputant-unknown");
  if (sender === buyer || sender === seller) return sender;
  throw usageInvalid(HELP, "disputant-missing");
};

const dispute = async (context: CallContext) => {
  const { terms } = context.deal;
  const input = await agreed(context, "OpenDispute", async () => {
    const by = disputantOf(context);
    return { by, statement: await digestArgument(required(context.values, "statement")) };
  });
  const by = partyOf(context, input.message.by === terms.buyer ? "buyer" : "seller");
  const what = context.texts.calls.effect.dispute;
  return [byIntent(context, "OpenDispute", { input: { ...input, terms }, by, what })];
};

const settle = async (context: CallContext) => {
  const { deal, values, now, texts } = context;
  const request = signedAs(context, "Settlement");
  const message = request?.message ?? {
    toBuyer: requiredAmount(context, "to-buyer"),
    toSeller: requiredAmount(context, "to-seller"),
    compensation: parseAmount(values.compensation ?? "0", unitOf(deal, values.decimals)),
    deadline: parseTime(required(values, "deadline"), { now, what: "--deadline" }),
  };
  const consentBy = (side: "buyer" | "seller") => {
    const given = request?.[`${side}Signature`] ?? signatureOr(values[`${side}-signature`], "0x");
    return given === "0x" ? CALLS_ITSELF : consentOf(message.deadline, given);
  };
  const input = {
    terms: deal.terms,
    message,
    buyerConsent: consentBy("buyer"),
    sellerConsent: consentBy("seller"),
  };
  const said = {
    by: texts.calls.sender.withBothSignatures,
    what: texts.calls.effect.settle,
  };
  return [{ ...byIntent(context, "Settlement", { input, ...said }), by: said.by }];
};

const payShortfall = async (context: CallContext) => {
  const { deal } = context;
  const whole = (reader: ChainReader) => reader.shortfall(deal.id);
  const amount = await amountOr(context, whole);
  if (amount === 0n) throw usageInvalid(HELP, "shortfall-empty");
  const data = encode({ abi: escrowAbi, functionName: "payShortfall", args: [packTerms(deal.terms), amount] });
  const { sender, effect } = context.texts.calls;
  const call = byAnyone(context, data, effect.payShortfall, nativeValue(context, amount));
  return [...approval(context, amount, sender.anyone), call];
};

const postBond = async (context: CallContext) => {
  const { seller, token } = context.deal.terms;
  const amount = requiredAmount(context, "amount");
  const data = encode({ abi: escrowAbi, functionName: "postBond", args: [seller, token, amount] });
  const { sender, effect } = context.texts.calls;
  const call = byAnyone(context, data, effect.postBond, nativeValue(context, amount));
  return [...approval(context, amount, sender.anyone), call];
};

/** The seller of the deal, and its token, as intents about a bond name them. */
const bondOf = ({ deal: { terms } }: CallContext) => ({ seller: terms.seller, token: terms.token });

const requestBond = async (context: CallContext) => {
  const { consent } = await agreed(context, "RequestBondWithdrawal", () => undefined);
  const by = partyOf(context, "seller");
  const what = context.texts.calls.effect.requestBond;
  return [byIntent(context, "RequestBondWithdrawal", { input: { message: bondOf(context), consent }, by, what })];
};

const withdrawBond = async (context: CallContext) => {
  const { message, consent } = await agreed(context, "WithdrawBond", () => ({
    amount: requiredAmount(context, "amount"),
    to: requiredAddress(context.values),
  }));
  const input = { message: { ...message, ...bondOf(context) }, consent };
  const what = context.texts.calls.effect.withdrawBond;
  return [byIntent(context, "WithdrawBond", { input, by: partyOf(context, "seller"), what })];
};

/** Who owns the credit: the signer of the intent, or the account that sends the call. */
const withdrawCredit = async (context: CallContext) => {
  const { deal, sender, values } = context;
  const { token } = deal.terms;
  const { message, consent } = await agreed(context, "WithdrawCredit", async () => {
    const given = address.safeParse(values.by);
    const owner = given.success ? given.data : sender;
    if (owner === undefined) throw usageInvalid(HELP, "credit-owner-missing");
    const whole = (reader: ChainReader) => reader.credit(owner, token);
    const amount = await amountOr(context, whole);
    if (amount === 0n) throw usageInvalid(HELP, "credit-empty", { owner });
    return { owner, amount, to: requiredAddress(values) };
  });
  const input = { message: { ...message, token }, consent };
  const { sender: party, effect } = context.texts.calls;
  return [byIntent(context, "WithdrawCredit", { input, by: party.owner(message.owner), what: effect.withdrawCredit })];
};

/**
 * Every action of the escrow as calls in their order, from a party's own wallet or with what a
 * party signed.
 */
export const directCalls = {
  fund,
  "pay-balance": payBalance,
  ship,
  deliver,
  confirm,
  release: atDeadline("release"),
  refund,
  expire: atDeadline("expire"),
  lapse: atDeadline("lapse"),
  close: atDeadline("close"),
  dispute,
  settle,
  "pay-shortfall": payShortfall,
  "post-bond": postBond,
  "request-bond": requestBond,
  "withdraw-bond": withdrawBond,
  "withdraw-credit": withdrawCredit,
} as const satisfies Record<string, (context: CallContext) => Promise<readonly ExplainedCall[]>>;

export type DirectAction = keyof typeof directCalls;
