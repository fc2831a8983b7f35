import { type Address, encodeFunctionData, type Hex } from "viem";
import { escrowAbi } from "../../abi/escrow.ts";
import { stablecoinAbi } from "../../abi/stablecoin.ts";
import { ProtocolError } from "../../core/errors.ts";
import { packTerms } from "../../core/termsCodec.ts";
import { address, signature } from "../../core/wire.ts";
import { defineCommand, type OptionValues } from "../command.ts";
import { type DealFile, domainOptions, isNative, readDeal, unitOf } from "../dealFile.ts";
import { digestArgument } from "../digestArgument.ts";
import { columns } from "../help.ts";
import { nearest } from "../nearest.ts";
import { type DirectCall, sendCalls } from "../sendCalls.ts";
import { formatTime, parseAmount, parseTime } from "../units.ts";
import { openWallet, walletOptions } from "../wallet.ts";

const HELP = "holdfast deal call";

const options = {
  ...domainOptions,
  amount: { type: "string", value: "AMOUNT", about: "refund, post-bond, withdraw-bond: how much, like 1200.50" },
  tracking: { type: "string", value: "FILE|HASH", about: "ship: the tracking document, or its SHA-256" },
  proof: { type: "string", value: "FILE|HASH", about: "deliver: the proof of delivery, or its SHA-256" },
  statement: { type: "string", value: "FILE|HASH", about: "dispute: your statement, or its SHA-256" },
  "to-buyer": { type: "string", value: "AMOUNT", about: "settle: of what is held" },
  "to-seller": { type: "string", value: "AMOUNT", about: "settle: of what is held" },
  compensation: { type: "string", value: "AMOUNT", about: "settle: from the coverage; 0 unless given" },
  deadline: { type: "string", value: "TIME", about: "settle: the deadline that was signed" },
  "buyer-signature": { type: "string", value: "HEX", about: "settle: not needed when the buyer sends the call" },
  "seller-signature": { type: "string", value: "HEX", about: "settle; fund with coverage, where the file has none" },
  to: { type: "string", value: "ADDRESS", about: "withdraw-bond, withdraw-credit: where the money goes" },
  decimals: { type: "string", value: "N", about: "decimals of the token, where the file does not say" },
  send: { type: "boolean", about: "send it from --keystore through the node at --rpc" },
  rpc: { type: "string", value: "URL", about: "a node of the chain" },
  ...walletOptions,
} as const;

type Values = OptionValues<typeof options>;
type Context = { readonly deal: DealFile; readonly values: Values; readonly now: number };

/** A call with what a person must know about it. */
type ExplainedCall = DirectCall & { readonly by: string; readonly what: string };

const required = (values: Values, name: Exclude<keyof Values, "send">): string => {
  const value = values[name];
  if (value === undefined) throw new ProtocolError("usage-invalid", { problem: `This needs --${name}.`, help: HELP });
  return value;
};

const requiredAmount = ({ deal, values }: Context, name: "amount" | "to-buyer" | "to-seller") =>
  parseAmount(required(values, name), unitOf(deal, values.decimals));

const requiredAddress = (values: Values): Address => {
  const parsed = address.safeParse(required(values, "to"));
  if (parsed.success) return parsed.data;
  throw new ProtocolError("usage-invalid", { problem: "--to takes an address: 0x and 40 hex digits.", help: HELP });
};

const signatureOr = (given: string | undefined, otherwise: Hex): Hex => {
  const parsed = signature.safeParse(given ?? otherwise);
  if (parsed.success) return parsed.data;
  throw new ProtocolError("usage-invalid", { problem: "A signature is 0x and hex digits in pairs.", help: HELP });
};

const encode = encodeFunctionData<typeof escrowAbi>;

const toEscrow = ({ deal }: Context, data: Hex, said: { by: string; what: string; value?: bigint }): ExplainedCall => ({
  to: deal.domain.escrow,
  data,
  value: said.value ?? 0n,
  by: said.by,
  what: said.what,
});

/** The escrow takes an ERC-20 only from an allowance. */
const approval = ({ deal }: Context, amount: bigint, by: string): ExplainedCall[] =>
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

const nativeValue = ({ deal }: Context, amount: bigint) => (isNative(deal.terms) ? { value: amount } : {});

const plain =
  (functionName: "confirm" | "release" | "expire" | "lapse" | "close", by: string, what: string) =>
  async (context: Context) => [
    toEscrow(context, encode({ abi: escrowAbi, functionName, args: [packTerms(context.deal.terms)] }), { by, what }),
  ];

const actions = {
  fund: async (context: Context) => {
    const { deal, values } = context;
    const packed = packTerms(deal.terms);
    const said = {
      by: `buyer ${deal.terms.buyer}`,
      what: `pays into the escrow, before ${formatTime(deal.terms.fundBy)}`,
      ...nativeValue(context, deal.terms.deposit),
    };
    const cover = signatureOr(values["seller-signature"], deal.sellerSignature ?? "0x");
    if (deal.terms.coverage > 0n && cover === "0x") {
      throw new ProtocolError("usage-invalid", {
        problem:
          "This deal sets a part of the seller's bond aside, so the seller must sign it first (`holdfast deal sign`), or give --seller-signature.",
        help: HELP,
      });
    }
    const data =
      deal.terms.coverage === 0n
        ? encode({ abi: escrowAbi, functionName: "fund", args: [packed] })
        : encode({ abi: escrowAbi, functionName: "fundCovered", args: [packed, cover] });
    return [...approval(context, deal.terms.deposit, said.by), toEscrow(context, data, said)];
  },
  "pay-balance": async (context: Context) => {
    const { terms } = context.deal;
    const balance = terms.price - terms.deposit;
    const by = `buyer ${terms.buyer}`;
    return [
      ...approval(context, balance, by),
      toEscrow(context, encode({ abi: escrowAbi, functionName: "payBalance", args: [packTerms(terms)] }), {
        by,
        what: `pays the rest of the price, before ${formatTime(terms.balanceBy)}`,
        ...nativeValue(context, balance),
      }),
    ];
  },
  ship: async (context: Context) => {
    const { terms } = context.deal;
    const args = [packTerms(terms), await digestArgument(required(context.values, "tracking"))] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "ship", args }), {
        by: `seller ${terms.seller}`,
        what: `says that the goods are on their way, before ${formatTime(terms.shipBy)}`,
      }),
    ];
  },
  deliver: async (context: Context) => {
    const { terms } = context.deal;
    const args = [packTerms(terms), await digestArgument(required(context.values, "proof"))] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "deliver", args }), {
        by: `attestor ${terms.attestor}`,
        what: `says that the goods were delivered, before ${formatTime(terms.deliverBy)}`,
      }),
    ];
  },
  confirm: plain("confirm", "buyer", "pays the seller what is held"),
  release: plain("release", "anyone", "pays the seller, from the end of the inspection"),
  refund: async (context: Context) => {
    const args = [packTerms(context.deal.terms), requiredAmount(context, "amount")] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "refund", args }), {
        by: `seller ${context.deal.terms.seller}`,
        what: "gives this amount back to the buyer",
      }),
    ];
  },
  expire: plain("expire", "anyone", "gives everything back to the buyer, when shipping or delivery is overdue"),
  lapse: plain(
    "lapse",
    "anyone",
    "ends a deal whose balance was not paid, or whose tribunal stayed silent to the backstop",
  ),
  close: plain("close", "anyone", "frees the seller's coverage, from the end of the tail"),
  dispute: async (context: Context) => {
    const { terms } = context.deal;
    const args = [packTerms(terms), await digestArgument(required(context.values, "statement"))] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "dispute", args }), {
        by: `buyer ${terms.buyer} or seller ${terms.seller}`,
        what: "from then on money moves only by settlement, determination or backstop",
      }),
    ];
  },
  settle: async (context: Context) => {
    const { deal, values, now } = context;
    const compensation = parseAmount(values.compensation ?? "0", unitOf(deal, values.decimals));
    const deadline = parseTime(required(values, "deadline"), { now, what: "--deadline" });
    const args = [
      packTerms(deal.terms),
      requiredAmount(context, "to-buyer"),
      requiredAmount(context, "to-seller"),
      compensation,
      BigInt(deadline),
      signatureOr(values["buyer-signature"], "0x"),
      signatureOr(values["seller-signature"], "0x"),
    ] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "settle", args }), {
        by: "anyone with both signatures; a party needs only the other's",
        what: "ends the deal with the split that both signed",
      }),
    ];
  },
  "post-bond": async (context: Context) => {
    const { terms } = context.deal;
    const amount = requiredAmount(context, "amount");
    const by = "anyone, for the seller";
    const args = [terms.seller, terms.token, amount] as const;
    return [
      ...approval(context, amount, by),
      toEscrow(context, encode({ abi: escrowAbi, functionName: "postBond", args }), {
        by,
        what: "adds to the seller's bond in this token",
        ...nativeValue(context, amount),
      }),
    ];
  },
  "request-bond": async (context: Context) => [
    toEscrow(
      context,
      encode({ abi: escrowAbi, functionName: "requestBondWithdrawal", args: [context.deal.terms.token] }),
      {
        by: `seller ${context.deal.terms.seller}`,
        what: "asks for the free part of the bond; it can leave 180 days later",
      },
    ),
  ],
  "withdraw-bond": async (context: Context) => {
    const args = [
      context.deal.terms.token,
      requiredAmount(context, "amount"),
      requiredAddress(context.values),
    ] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "withdrawBond", args }), {
        by: `seller ${context.deal.terms.seller}`,
        what: "takes the free part of the bond out",
      }),
    ];
  },
  "withdraw-credit": async (context: Context) => {
    const args = [context.deal.terms.token, requiredAddress(context.values)] as const;
    return [
      toEscrow(context, encode({ abi: escrowAbi, functionName: "withdrawCredit", args }), {
        by: "whoever has a credit",
        what: "takes out a fee, or a payment that could not be delivered",
      }),
    ];
  },
} as const satisfies Record<string, (context: Context) => Promise<readonly ExplainedCall[]>>;

const findAction = (word: string) => {
  if (Object.hasOwn(actions, word)) return actions[word as keyof typeof actions];
  const known = Object.keys(actions);
  const meant = nearest(word, known);
  const suggestion = meant === undefined ? `They are: ${known.join(", ")}.` : `Did you mean ${meant}?`;
  throw new ProtocolError("usage-invalid", { problem: `There is no action "${word}". ${suggestion}`, help: HELP });
};

export const dealCall = defineCommand({
  summary: "print the transaction with which you act without any relayer",
  usage: "ACTION DEALFILE",
  about: [
    "The chain decides about money; a relayer is a convenience. This prints to, data and value of the contract call for",
    "an action, for any wallet or script; then no key is needed and nothing is sent. With --send it is tried out, sent",
    "from your key through a node of your choice, and waited for. ACTION is one of:",
    "  fund, pay-balance, confirm          by the buyer",
    "  ship, refund, post-bond, request-bond, withdraw-bond   by the seller",
    "  deliver                             by the attestor",
    "  dispute                             by the buyer or the seller",
    "  settle                              by anyone with both signatures",
    "  release, expire, lapse, close       by anyone, when their time has come",
    "  withdraw-credit                     by whoever has a credit",
    "`holdfast determination combine` prints the call that executes a determination.",
  ].join("\n"),
  examples: [
    ["holdfast deal call confirm deal.json", "what the buyer sends to release the money"],
    ["holdfast deal call expire deal.json --json", "for a script that anyone may run after the deadline"],
    [
      "cast send $(holdfast deal call close deal.json --json | jq -r '.calls[0] | .to + \" \" + .data')",
      "send it with another tool",
    ],
  ],
  options,
  positionals: [2, 2],
  run: async ({ values, positionals: [word = "", path = ""] }, surroundings) => {
    const action = findAction(word);
    const deal = await readDeal(path, values);
    const calls = await action({ deal, values, now: surroundings.now() });
    if (values.send === true) {
      const rpcUrl = required(values, "rpc");
      const wallet = await openWallet(values, { signal: surroundings.signal, help: HELP });
      const { chainId } = deal.domain;
      const transactions = await sendCalls(calls, { rpcUrl, chainId, wallet, surroundings });
      return {
        text: `${word} is in a block: ${transactions.at(-1)}`,
        json: { deal: deal.id, chainId, sender: wallet.address, transactions },
      };
    }
    const text = calls.map(({ to, data, value, by, what }) =>
      columns([
        ["sender", by],
        ["effect", what],
        ["to", to],
        ["value", value.toString()],
        ["data", data],
      ]),
    );
    return {
      text: `Deal ${deal.id} on chain ${deal.domain.chainId}\n\n${text.join("\n\n")}`,
      json: { deal: deal.id, chainId: deal.domain.chainId, calls },
    };
  },
});
