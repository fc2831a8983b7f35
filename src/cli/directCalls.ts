import { type Address, encodeFunctionData, type Hex } from "viem";
import { escrowAbi } from "../abi/escrow.ts";
import { stablecoinAbi } from "../abi/stablecoin.ts";
import { registerCall } from "../chain/panelCalls.ts";
import { type DealStatus, dealStatuses, statusNumber } from "../core/deal/dealTable.ts";
import { consentOf } from "../core/deal/intents.ts";
import { packTerms } from "../core/deal/termsCodec.ts";
import { ProtocolError } from "../core/errors.ts";
import { address, signature } from "../core/fields.ts";
import type { RelayRequest } from "../wire/relayRequests.ts";
import type { ChainReader } from "./chainReads.ts";
import { type DealFile, isNative, unitOf } from "./dealFile.ts";
import { digestArgument } from "./digestArgument.ts";
import { type ExplainedCall, panelCallTexts } from "./explainedCall.ts";
import { formatAmount, formatTime, parseAmount, parseTime } from "./units.ts";

const HELP = "holdfast deal call";

/** Options that say what a call states. */
export type CallValues = {
  readonly amount?: string;
  readonly remaining?: string;
  readonly status?: string;
  readonly tracking?: string;
  readonly proof?: string;
  readonly statement?: string;
  readonly "to-buyer"?: string;
  readonly "to-seller"?: string;
  readonly compensation?: string;
  readonly deadline?: string;
  readonly "buyer-signature"?: string;
  readonly "seller-signature"?: string;
  readonly by?: string;
  readonly to?: string;
  readonly decimals?: string;
};

export type CallContext = {
  readonly deal: DealFile;
  readonly values: CallValues;
  /** What a party signed elsewhere: then anyone can send the call. */
  readonly signed: RelayRequest | undefined;
  /** Who will send the call, where that is known. */
  readonly sender: Address | undefined;
  /** Whether it is sent at once, so that nobody looks at it before. */
  readonly sendsNow: boolean;
  /** Reads from a node, where one was named. */
  readonly read: (<T>(ask: (reader: ChainReader) => Promise<T>) => Promise<T>) | undefined;
  readonly now: number;
};

/** The consent of a party that calls by itself. */
const CALLS_ITSELF = "0x";

const usage = (problem: string) => new ProtocolError("usage-invalid", { problem, help: HELP });

const required = (values: CallValues, name: keyof CallValues): string => {
  const value = values[name];
  if (value === undefined) throw usage(`This needs --${name}.`);
  return value;
};

const requiredAmount = ({ deal, values }: CallContext, name: "amount" | "remaining" | "to-buyer" | "to-seller") =>
  parseAmount(required(values, name), unitOf(deal, values.decimals));

/** What --amount says, or what the chain says where a node is named. */
const amountOr = async (
  context: CallContext,
  { whole, what }: { whole: (reader: ChainReader) => Promise<bigint>; what: string },
): Promise<bigint> => {
  if (context.values.amount !== undefined) return requiredAmount(context, "amount");
  if (context.read === undefined) throw usage(`This needs --amount, or --rpc to take ${what}.`);
  return context.read(whole);
};

/** The deal as a party has seen it: as the options say, or as the node says, for a call that is only printed. */
const seenState = async (context: CallContext): Promise<{ held: bigint | undefined; status: DealStatus }> => {
  const { deal, sendsNow, read, values } = context;
  const status = dealStatuses.find((one) => one === values.status);
  if (values.status !== undefined && status === undefined) {
    throw usage(`--status takes one of: ${dealStatuses.join(", ")}.`);
  }
  if (status !== undefined) return { held: undefined, status };
  if (sendsNow)
    throw usage("With --send, name what you have seen with `holdfast deal show`: --status and the amounts.");
  if (read === undefined) throw usage("This needs --status and the amounts, or --rpc to read them.");
  return read((reader) => reader.dealState(deal.id));
};

/** An amount from its option, or one that follows from what the node says is held. */
const amountOrHeld = (context: CallContext, name: "amount" | "remaining", fromHeld: bigint | undefined): bigint => {
  if (context.values[name] !== undefined) return requiredAmount(context, name);
  if (fromHeld === undefined) throw usage(`This needs --${name}.`);
  if (fromHeld < 0n) throw usage("Less than this amount is held.");
  return fromHeld;
};

const shown = ({ deal, values }: CallContext, amount: bigint) => formatAmount(amount, unitOf(deal, values.decimals));

const confirm = async (context: CallContext) => {
  const request = signedAs(context, "ConfirmReceipt");
  const stated = async () => {
    const { held, status } = await seenState(context);
    return { amount: amountOrHeld(context, "amount", held), status: statusNumber(status) };
  };
  const { amount, status } = request?.message ?? (await stated());
  const args = [packTerms(context.deal.terms), amount, status, consentIn(request)] as const;
  return [
    toEscrow(context, encode({ abi: escrowAbi, functionName: "confirm", args }), {
      by: `buyer ${context.deal.terms.buyer}`,
      what: `pays the seller ${shown(context, amount)}, if exactly this is held and the deal is ${dealStatuses[status]}`,
    }),
  ];
};

const refund = async (context: CallContext) => {
  const request = signedAs(context, "RefundBuyer");
  const stated = async () => {
    const amount = requiredAmount(context, "amount");
    const { held, status } = await seenState(context);
    const remaining = amountOrHeld(context, "remaining", held === undefined ? undefined : held - amount);
    return { amount, remaining, status: statusNumber(status) };
  };
  const { amount, remaining, status } = request?.message ?? (await stated());
  const args = [packTerms(context.deal.terms), amount, remaining, status, consentIn(request)] as const;
  return [
    toEscrow(context, encode({ abi: escrowAbi, functionName: "refund", args }), {
      by: `seller ${context.deal.terms.seller}`,
      what: `gives ${shown(context, amount)} back to the buyer, if exactly ${shown(context, remaining)} stays held and the deal is ${dealStatuses[status]}`,
    }),
  ];
};

const requiredAddress = (values: CallValues): Address => {
  const parsed = address.safeParse(required(values, "to"));
  if (parsed.success) return parsed.data;
  throw usage("--to takes an address: 0x and 40 hex digits.");
};

const signatureOr = (given: string | undefined, otherwise: Hex): Hex => {
  const parsed = signature.safeParse(given ?? otherwise);
  if (parsed.success) return parsed.data;
  throw usage("A signature is 0x and hex digits in pairs.");
};

const encode = encodeFunctionData<typeof escrowAbi>;

type Said = { readonly by: string; readonly what: string; readonly value?: bigint };

const toEscrow = ({ deal, signed }: CallContext, data: Hex, { by, what, value = 0n }: Said): ExplainedCall => ({
  to: deal.domain.escrow,
  data,
  value,
  by: signed === undefined ? by : `anyone, with what was signed by the ${by}`,
  what,
});

/** The escrow takes an ERC-20 only from an allowance. */
const approval = ({ deal }: CallContext, amount: bigint, by: string): ExplainedCall[] =>
  isNative(deal.terms)
    ? []
    : [
        {
          to: deal.terms.token,
          data: encodeFunctionData({
            abi: stablecoinAbi,
            functionName: "approve",
            args: [deal.domain.escrow, amount],
          }),
          value: 0n,
          by,
          what: "lets the escrow take exactly this amount; send it first",
        },
      ];

const nativeValue = ({ deal }: CallContext, amount: bigint) => (isNative(deal.terms) ? { value: amount } : {});

/** What the file of --signed holds, if it is of this kind and about this deal. */
const signedAs = <K extends RelayRequest["kind"]>(
  { deal, signed }: CallContext,
  kind: K,
): Extract<RelayRequest, { kind: K }> | undefined => {
  if (signed === undefined) return undefined;
  if (signed.kind !== kind) throw usage(`--signed holds ${signed.kind}, and this action needs ${kind}.`);
  const request = signed as Extract<RelayRequest, { kind: K }>;
  const about = "message" in request && "deal" in request.message ? request.message.deal : deal.id;
  if (about !== deal.id) throw usage("--signed is about another deal.");
  return request;
};

type Signed = { readonly message: { readonly deadline: number }; readonly signature: Hex };

const consentIn = (request: Signed | undefined): Hex =>
  request === undefined ? CALLS_ITSELF : consentOf(request.message.deadline, request.signature);

const simple =
  (functionName: "release" | "expire" | "lapse" | "close", what: string) => async (context: CallContext) => [
    toEscrow(context, encode({ abi: escrowAbi, functionName, args: [packTerms(context.deal.terms)] }), {
      by: "anyone",
      what,
    }),
  ];

/** A panel that is not registered refuses every deal; where no node says that it is, its registration is shown first. */
const registration = async ({ deal, read }: CallContext): Promise<ExplainedCall[]> => {
  const { panel, terms } = deal;
  if (panel === null) return [];
  const isRegistered = await read?.((reader) => reader.isPanelRegistered(terms.rules, terms.tribunal));
  return isRegistered === true ? [] : [{ ...registerCall(panel, terms.tribunal), ...panelCallTexts.register }];
};

const fund = async (context: CallContext) => {
  const { deal, values, signed } = context;
  const { terms } = deal;
  const packed = packTerms(terms);
  const covered = signatureOr(values["seller-signature"], deal.sellerSignature ?? "0x");
  if (terms.coverage > 0n && covered === "0x" && context.sender !== terms.seller) {
    throw usage(
      "This deal sets a part of the seller's bond aside, so the seller must sign it first (`holdfast deal sign`), or give --seller-signature.",
    );
  }
  const said = {
    by: `buyer ${terms.buyer}`,
    what: `pays into the escrow, before ${formatTime(terms.fundBy)}`,
    ...nativeValue(context, terms.deposit),
  };
  const first = await registration(context);
  if (signed?.kind === "FundDealWithAuthorization") {
    const args = [packed, signed.authorization, covered] as const;
    return [
      ...first,
      toEscrow(context, encode({ abi: escrowAbi, functionName: "fundWithAuthorization", args }), {
        by: said.by,
        what: said.what,
      }),
    ];
  }
  const consent = signedAs(context, "FundDeal")?.buyerSignature ?? CALLS_ITSELF;
  const data = encode({ abi: escrowAbi, functionName: "fund", args: [packed, consent, covered] });
  const allowance = signed === undefined ? approval(context, terms.deposit, said.by) : [];
  return [...first, ...allowance, toEscrow(context, data, said)];
};

const payBalance = async (context: CallContext) => {
  const { deal, signed } = context;
  const { terms } = deal;
  const balance = terms.price - terms.deposit;
  const said = {
    by: `buyer ${terms.buyer}`,
    what: `pays the rest of the price, before ${formatTime(terms.balanceBy)}`,
  };
  if (signed?.kind === "PayBalanceWithAuthorization") {
    const args = [packTerms(terms), signed.authorization] as const;
    return [toEscrow(context, encode({ abi: escrowAbi, functionName: "payBalanceWithAuthorization", args }), said)];
  }
  const args = [packTerms(terms), consentIn(signedAs(context, "PayBalance"))] as const;
  return [
    ...(signed === undefined ? approval(context, balance, said.by) : []),
    toEscrow(context, encode({ abi: escrowAbi, functionName: "payBalance", args }), {
      ...said,
      ...nativeValue(context, balance),
    }),
  ];
};

const disputantOf = ({ deal, values, sender }: CallContext): Address => {
  const { buyer, seller } = deal.terms;
  if (values.by === "buyer" || values.by === "seller") return deal.terms[values.by];
  if (values.by !== undefined) throw usage("--by takes buyer or seller.");
  if (sender === buyer || sender === seller) return sender;
  throw usage("Who disputes? --by buyer or --by seller.");
};

const settle = async (context: CallContext) => {
  const { deal, values, now } = context;
  const request = signedAs(context, "Settlement");
  const unit = () => unitOf(deal, values.decimals);
  const split = request?.message ?? {
    toBuyer: requiredAmount(context, "to-buyer"),
    toSeller: requiredAmount(context, "to-seller"),
    compensation: parseAmount(values.compensation ?? "0", unit()),
    deadline: parseTime(required(values, "deadline"), { now, what: "--deadline" }),
  };
  const consentBy = (side: "buyer" | "seller") => {
    const given = request?.[`${side}Signature`] ?? signatureOr(values[`${side}-signature`], "0x");
    return given === "0x" ? CALLS_ITSELF : consentOf(split.deadline, given);
  };
  const args = [
    packTerms(deal.terms),
    split.toBuyer,
    split.toSeller,
    split.compensation,
    consentBy("buyer"),
    consentBy("seller"),
  ] as const;
  return [
    {
      to: deal.domain.escrow,
      data: encode({ abi: escrowAbi, functionName: "settle", args }),
      value: 0n,
      by: "anyone with both signatures; a party needs only the other's",
      what: "ends the deal with the split that both signed",
    },
  ];
};

/** Who owns the credit: the signer of the intent, or the account that sends the call. */
const withdrawCredit = async (context: CallContext) => {
  const { deal, sender, values } = context;
  const request = signedAs(context, "WithdrawCredit");
  const given = address.safeParse(values.by);
  const owner = request?.message.owner ?? (given.success ? given.data : sender);
  if (owner === undefined) throw usage("Whose credit? --by ADDRESS.");
  const token = deal.terms.token;
  const amount =
    request?.message.amount ??
    (await amountOr(context, { whole: (reader) => reader.credit(owner, token), what: "the whole credit" }));
  if (amount === 0n) throw usage(`${owner} has no credit in this token.`);
  const to = request?.message.to ?? requiredAddress(values);
  const args = [owner, token, amount, to, consentIn(request)] as const;
  return [
    toEscrow(context, encode({ abi: escrowAbi, functionName: "withdrawCredit", args }), {
      by: `owner ${owner}`,
      what: "takes out a fee, or a payment that could not be delivered",
    }),
  ];
};

const payShortfall = async (context: CallContext) => {
  const { deal } = context;
  const whole = (reader: ChainReader) => reader.shortfall(deal.id);
  const amount = await amountOr(context, { whole, what: "the whole shortfall" });
  if (amount === 0n) throw usage("Nothing is owed: the chain records no shortfall of this deal.");
  const args = [packTerms(deal.terms), amount] as const;
  return [
    ...approval(context, amount, "anyone"),
    toEscrow(context, encode({ abi: escrowAbi, functionName: "payShortfall", args }), {
      by: "anyone",
      what: "pays the buyer what the award exceeded the coverage by; the record shrinks",
      ...nativeValue(context, amount),
    }),
  ];
};

/** Every action of the escrow as calls in their order, from a party's own wallet or with what a party signed. */
export const directCalls = {
  fund,
  "pay-balance": payBalance,
  ship: async (context: CallContext) => {
    const { deal, values } = context;
    const request = signedAs(context, "ShipGoods");
    const tracking = request?.message.tracking ?? (await digestArgument(required(values, "tracking")));
    const args = [packTerms(deal.terms), tracking, consentIn(request)] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "ship", args }), {
        by: `seller ${deal.terms.seller}`,
        what: `says that the goods are on their way, before ${formatTime(deal.terms.shipBy)}`,
      }),
    ];
  },
  deliver: async (context: CallContext) => {
    const { deal, values } = context;
    const request = signedAs(context, "AttestDelivery");
    const proof = request?.message.proof ?? (await digestArgument(required(values, "proof")));
    const args = [packTerms(deal.terms), proof, consentIn(request)] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "deliver", args }), {
        by: `attestor ${deal.terms.attestor}`,
        what: `says that the goods were delivered, before ${formatTime(deal.terms.deliverBy)}`,
      }),
    ];
  },
  confirm,
  release: simple("release", "pays the seller, from the end of the inspection"),
  refund,
  expire: simple("expire", "gives everything back to the buyer, when shipping or delivery is overdue"),
  lapse: simple("lapse", "ends a deal whose balance was not paid, or a dispute that nobody decided until the backstop"),
  close: simple("close", "frees the seller's coverage, from the end of the tail"),
  dispute: async (context: CallContext) => {
    const { deal, values } = context;
    const request = signedAs(context, "OpenDispute");
    const by = request?.message.by ?? disputantOf(context);
    const statement = request?.message.statement ?? (await digestArgument(required(values, "statement")));
    const args = [packTerms(deal.terms), by, statement, consentIn(request)] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "dispute", args }), {
        by: by === deal.terms.buyer ? `buyer ${by}` : `seller ${by}`,
        what: "from then on the arbitrators can decide; if nobody decides, nothing changes but the share after delivery",
      }),
    ];
  },
  settle,
  "pay-shortfall": payShortfall,
  "post-bond": async (context: CallContext) => {
    const { terms } = context.deal;
    const amount = requiredAmount(context, "amount");
    const args = [terms.seller, terms.token, amount] as const;
    return [
      ...approval(context, amount, "anyone"),
      toEscrow(context, encode({ abi: escrowAbi, functionName: "postBond", args }), {
        by: "anyone",
        what: "adds to the seller's bond in this token",
        ...nativeValue(context, amount),
      }),
    ];
  },
  "request-bond": async (context: CallContext) => {
    const { terms } = context.deal;
    const args = [terms.seller, terms.token, consentIn(signedAs(context, "RequestBondWithdrawal"))] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "requestBondWithdrawal", args }), {
        by: `seller ${terms.seller}`,
        what: "asks for the free part of the bond: it can leave 180 days later, for 30 days",
      }),
    ];
  },
  "withdraw-bond": async (context: CallContext) => {
    const { terms } = context.deal;
    const request = signedAs(context, "WithdrawBond");
    const amount = request?.message.amount ?? requiredAmount(context, "amount");
    const to = request?.message.to ?? requiredAddress(context.values);
    const args = [terms.seller, terms.token, amount, to, consentIn(request)] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "withdrawBond", args }), {
        by: `seller ${terms.seller}`,
        what: "takes this much of the free part of the bond out",
      }),
    ];
  },
  "withdraw-credit": withdrawCredit,
} as const satisfies Record<string, (context: CallContext) => Promise<readonly ExplainedCall[]>>;

export type DirectAction = keyof typeof directCalls;
