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
import {
  agreed,
  amountOr,
  amountOrHeld,
  CALLS_ITSELF,
  type CallContext,
  required,
  requiredAddress,
  requiredAmount,
  seenState,
  shown,
  signatureOr,
  signedAs,
  usage,
} from "./callContext.ts";
import type { ChainReader } from "./chainReads.ts";
import { type DealFile, isNative, unitOf } from "./dealFile.ts";
import { digestArgument } from "./digestArgument.ts";
import { type ExplainedCall, panelCallTexts } from "./explainedCall.ts";
import { formatTime, parseAmount, parseTime } from "./units.ts";

type Said = { readonly by: string; readonly what: string; readonly value?: bigint };

/** The call that an intent comes to, with who sends it: the party itself, or anyone with what it signed. */
const byIntent = <K extends SignableKind>(
  { deal, signed }: CallContext,
  kind: K,
  { input, by, what, value = 0n }: Said & { readonly input: CallInput[K] },
): ExplainedCall => ({
  ...intentCall(kind, input, { escrow: deal.domain.escrow, tribunal: deal.terms.tribunal }),
  value,
  by: signed === undefined ? by : `anyone, with what was signed by the ${by}`,
  what,
});

const encode = encodeFunctionData<typeof escrowAbi>;

/** A call that nobody signs for. */
const byAnyone = ({ deal }: CallContext, data: Hex, what: string, value = 0n): ExplainedCall => ({
  to: deal.domain.escrow,
  data,
  value,
  by: "anyone",
  what,
});

const atDeadline =
  (functionName: "release" | "expire" | "lapse" | "close", what: string) => async (context: CallContext) => [
    byAnyone(context, encode({ abi: escrowAbi, functionName, args: [packTerms(context.deal.terms)] }), what),
  ];

/** The escrow takes an ERC-20 only from an allowance. */
const approval = ({ deal }: CallContext, amount: bigint, by: string): ExplainedCall[] => {
  if (isNative(deal.terms)) return [];
  const args = [deal.domain.escrow, amount] as const;
  const data = encodeFunctionData({ abi: stablecoinAbi, functionName: "approve", args });
  const what = "lets the escrow take exactly this amount; send it first";
  return [{ to: deal.terms.token, data, value: 0n, by, what }];
};

const nativeValue = ({ deal }: CallContext, amount: bigint) => (isNative(deal.terms) ? amount : 0n);

/** A panel that is not registered refuses every deal; where no node says that it is, its registration is shown first. */
const registration = async ({ deal, read }: CallContext): Promise<ExplainedCall[]> => {
  const { panel, terms } = deal;
  if (panel === null) return [];
  const isRegistered = await read?.((reader) => reader.isPanelRegistered(terms.rules, terms.tribunal));
  return isRegistered === true ? [] : [{ ...registerCall(panel, terms.tribunal), ...panelCallTexts.register }];
};

/** The seller's signature over the terms, without which a covered deal cannot be funded. */
const coverOf = ({ deal, values, sender }: CallContext): Hex => {
  const sellerSignature = signatureOr(values["seller-signature"], deal.sellerSignature ?? "0x");
  if (deal.terms.coverage > 0n && sellerSignature === "0x" && sender !== deal.terms.seller) {
    throw usage(
      "This deal sets a part of the seller's bond aside, so the seller must sign it first (`holdfast deal sign`), or give --seller-signature.",
    );
  }
  return sellerSignature;
};

const partyOf = ({ terms }: DealFile, role: "buyer" | "seller" | "attestor") => `${role} ${terms[role]}`;

const fund = async (context: CallContext) => {
  const { deal, signed } = context;
  const { terms } = deal;
  const sellerSignature = coverOf(context);
  const said = { by: partyOf(deal, "buyer"), what: `pays into the escrow, before ${formatTime(terms.fundBy)}` };
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
  const { deal, signed } = context;
  const { terms } = deal;
  const amount = terms.price - terms.deposit;
  const said = {
    by: partyOf(deal, "buyer"),
    what: `pays the rest of the price, before ${formatTime(terms.balanceBy)}`,
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
  const what = `says that the goods are on their way, before ${formatTime(terms.shipBy)}`;
  return [byIntent(context, "ShipGoods", { input: { ...input, terms }, by: partyOf(context.deal, "seller"), what })];
};

const deliver = async (context: CallContext) => {
  const { terms } = context.deal;
  const input = await agreed(context, "AttestDelivery", async () => ({
    proof: await digestArgument(required(context.values, "proof")),
  }));
  const by = partyOf(context.deal, "attestor");
  const what = `says that the goods were delivered, before ${formatTime(terms.deliverBy)}`;
  return [byIntent(context, "AttestDelivery", { input: { ...input, terms }, by, what })];
};

const confirm = async (context: CallContext) => {
  const { terms } = context.deal;
  const input = await agreed(context, "ConfirmReceipt", async () => {
    const { held, status } = await seenState(context);
    return { amount: amountOrHeld(context, "amount", held), status: statusNumber(status) };
  });
  const { amount, status } = input.message;
  const what = `pays the seller ${shown(context, amount)}, if exactly this is held and the deal is ${dealStatuses[status]}`;
  const by = partyOf(context.deal, "buyer");
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
  const what = `gives ${shown(context, amount)} back to the buyer, if exactly ${shown(context, remaining)} stays held and the deal is ${dealStatuses[status]}`;
  return [byIntent(context, "RefundBuyer", { input: { ...input, terms }, by: partyOf(context.deal, "seller"), what })];
};

const disputantOf = ({ deal, values, sender }: CallContext): Address => {
  const { buyer, seller } = deal.terms;
  if (values.by === "buyer" || values.by === "seller") return deal.terms[values.by];
  if (values.by !== undefined) throw usage("--by takes buyer or seller.");
  if (sender === buyer || sender === seller) return sender;
  throw usage("Who disputes? --by buyer or --by seller.");
};

const dispute = async (context: CallContext) => {
  const { terms } = context.deal;
  const input = await agreed(context, "OpenDispute", async () => {
    const by = disputantOf(context);
    return { by, statement: await digestArgument(required(context.values, "statement")) };
  });
  const by = partyOf(context.deal, input.message.by === terms.buyer ? "buyer" : "seller");
  const what =
    "from then on the arbitrators can decide; if nobody decides, nothing changes but the share after delivery";
  return [byIntent(context, "OpenDispute", { input: { ...input, terms }, by, what })];
};

const settle = async (context: CallContext) => {
  const { deal, values, now } = context;
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
    by: "anyone with both signatures; a party needs only the other's",
    what: "ends the deal with the split that both signed",
  };
  return [{ ...byIntent(context, "Settlement", { input, ...said }), by: said.by }];
};

const payShortfall = async (context: CallContext) => {
  const { deal } = context;
  const whole = (reader: ChainReader) => reader.shortfall(deal.id);
  const amount = await amountOr(context, { whole, what: "the whole shortfall" });
  if (amount === 0n) throw usage("Nothing is owed: the chain records no shortfall of this deal.");
  const data = encode({ abi: escrowAbi, functionName: "payShortfall", args: [packTerms(deal.terms), amount] });
  const what = "pays the buyer what the award exceeded the coverage by; the record shrinks";
  return [...approval(context, amount, "anyone"), byAnyone(context, data, what, nativeValue(context, amount))];
};

const postBond = async (context: CallContext) => {
  const { seller, token } = context.deal.terms;
  const amount = requiredAmount(context, "amount");
  const data = encode({ abi: escrowAbi, functionName: "postBond", args: [seller, token, amount] });
  const what = "adds to the seller's bond in this token";
  return [...approval(context, amount, "anyone"), byAnyone(context, data, what, nativeValue(context, amount))];
};

/** The seller of the deal, and its token, as intents about a bond name them. */
const bondOf = ({ deal: { terms } }: CallContext) => ({ seller: terms.seller, token: terms.token });

const requestBond = async (context: CallContext) => {
  const { consent } = await agreed(context, "RequestBondWithdrawal", () => undefined);
  const by = partyOf(context.deal, "seller");
  const what = "asks for the free part of the bond: it can leave 180 days later, for 30 days";
  return [byIntent(context, "RequestBondWithdrawal", { input: { message: bondOf(context), consent }, by, what })];
};

const withdrawBond = async (context: CallContext) => {
  const { message, consent } = await agreed(context, "WithdrawBond", () => ({
    amount: requiredAmount(context, "amount"),
    to: requiredAddress(context.values),
  }));
  const input = { message: { ...message, ...bondOf(context) }, consent };
  const what = "takes this much of the free part of the bond out";
  return [byIntent(context, "WithdrawBond", { input, by: partyOf(context.deal, "seller"), what })];
};

/** Who owns the credit: the signer of the intent, or the account that sends the call. */
const withdrawCredit = async (context: CallContext) => {
  const { deal, sender, values } = context;
  const { token } = deal.terms;
  const { message, consent } = await agreed(context, "WithdrawCredit", async () => {
    const given = address.safeParse(values.by);
    const owner = given.success ? given.data : sender;
    if (owner === undefined) throw usage("Whose credit? --by ADDRESS.");
    const whole = (reader: ChainReader) => reader.credit(owner, token);
    const amount = await amountOr(context, { whole, what: "the whole credit" });
    if (amount === 0n) throw usage(`${owner} has no credit in this token.`);
    return { owner, amount, to: requiredAddress(values) };
  });
  const input = { message: { ...message, token }, consent };
  const what = "takes out a fee, or a payment that could not be delivered";
  return [byIntent(context, "WithdrawCredit", { input, by: `owner ${message.owner}`, what })];
};

/** Every action of the escrow as calls in their order, from a party's own wallet or with what a party signed. */
export const directCalls = {
  fund,
  "pay-balance": payBalance,
  ship,
  deliver,
  confirm,
  release: atDeadline("release", "pays the seller, from the end of the inspection"),
  refund,
  expire: atDeadline("expire", "gives everything back to the buyer, when shipping or delivery is overdue"),
  lapse: atDeadline(
    "lapse",
    "ends a deal whose balance was not paid, or a dispute that nobody decided until the backstop",
  ),
  close: atDeadline("close", "frees the seller's coverage, from the end of the tail"),
  dispute,
  settle,
  "pay-shortfall": payShortfall,
  "post-bond": postBond,
  "request-bond": requestBond,
  "withdraw-bond": withdrawBond,
  "withdraw-credit": withdrawCredit,
} as const satisfies Record<string, (context: CallContext) => Promise<readonly ExplainedCall[]>>;

export type DirectAction = keyof typeof directCalls;
