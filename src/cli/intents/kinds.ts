// What each kind of intent says.
import type { SignableKind } from "../../core/deal/intentRules.ts";
import type { TokenDomain } from "../../core/deal/tokenTypedData.ts";
import { ProtocolError } from "../../core/errors.ts";
import { readChain } from "../chainReads.ts";
import { unitOf } from "../dealFile.ts";
import { digestArgument } from "../digestArgument.ts";
import { nearest } from "../nearest.ts";
import { formatAmount, formatTime, parseAmount } from "../units.ts";
import { HELP, type Values } from "./options.ts";
import { type PartialSettlement, readSettlement, splitOf } from "./settlement.ts";
import type { OwnIntent } from "./signing.ts";
import { money, parseAddress, requireActor, required, type Stating } from "./stating.ts";

/** What is to be signed, and what that means in words. */
type Statement = {
  readonly intent: OwnIntent;
  readonly what: string;
  /** What the other side signed already. */
  readonly other?: PartialSettlement | undefined;
};

type Kind = {
  /** Whose row of the rules says who signs. */
  readonly kind: SignableKind;
  readonly state: (stating: Stating) => Promise<Statement>;
};

/** The token's EIP-712 name and version, where the buyer pays by ERC-3009. */
const tokenOf = (values: Values): TokenDomain | undefined =>
  values["token-name"] === undefined
    ? undefined
    : { name: values["token-name"], version: values["token-version"] ?? "1" };

const kinds = {
  fund: {
    kind: "FundDeal",
    state: async (stating) => {
      const { id, terms } = stating.deal;
      const token = tokenOf(stating.values);
      return {
        intent:
          token === undefined ? { kind: "FundDeal", deal: id } : { kind: "FundDealWithAuthorization", deal: id, token },
        what: `The buyer pays ${money(stating, terms.deposit)} into the escrow before ${formatTime(terms.fundBy)}.`,
      };
    },
  },
  "pay-balance": {
    kind: "PayBalance",
    state: async (stating) => {
      const { deal, deadline, values } = stating;
      const { seen } = await stating.position();
      const amount = deal.terms.price - deal.terms.deposit;
      const token = tokenOf(values);
      return {
        intent:
          token === undefined
            ? { kind: "PayBalance", message: { deal: deal.id, amount, ...seen, deadline } }
            : { kind: "PayBalanceWithAuthorization", deal: deal.id, seen, token },
        what: `The buyer pays the balance of ${money(stating, amount)} before ${formatTime(deal.terms.balanceBy)}.`,
      };
    },
  },
  ship: {
    kind: "ShipGoods",
    state: async ({ deal, deadline, values }) => {
      const tracking = await digestArgument(required(values, "tracking"));
      return {
        intent: { kind: "ShipGoods", message: { deal: deal.id, tracking, deadline } },
        what: "The seller says that the goods are on their way.",
      };
    },
  },
  deliver: {
    kind: "AttestDelivery",
    state: async ({ deal, deadline, values }) => {
      const proof = await digestArgument(required(values, "proof"));
      return {
        intent: { kind: "AttestDelivery", message: { deal: deal.id, proof, deadline } },
        what: "The attestor says that the goods were delivered; the inspection begins.",
      };
    },
  },
  confirm: {
    kind: "ConfirmReceipt",
    state: async (stating) => {
      const { deal, deadline, values } = stating;
      const unit = unitOf(deal, values.decimals);
      const { status, held, seen } = await stating.position();
      const amount =
        values.amount === undefined
          ? (held ?? (status === "deposited" ? deal.terms.deposit : deal.terms.price))
          : parseAmount(values.amount, unit);
      return {
        intent: { kind: "ConfirmReceipt", message: { deal: deal.id, amount, ...seen, deadline } },
        what: `The buyer confirms: the seller is paid the ${formatAmount(amount, unit)} that are held, while the deal is ${status}.`,
      };
    },
  },
  refund: {
    kind: "RefundBuyer",
    state: async (stating) => {
      const { deal, deadline, values } = stating;
      const unit = unitOf(deal, values.decimals);
      const { status, held, seen } = await stating.position();
      const amount = parseAmount(required(values, "amount"), unit);
      const remaining =
        values.remaining === undefined && held !== undefined && held >= amount
          ? held - amount
          : parseAmount(required(values, "remaining"), unit);
      return {
        intent: { kind: "RefundBuyer", message: { deal: deal.id, amount, remaining, ...seen, deadline } },
        what: `The seller gives ${formatAmount(amount, unit)} back; ${formatAmount(remaining, unit)} stays held. It works while the deal is ${status}.`,
      };
    },
  },
  dispute: {
    kind: "OpenDispute",
    state: async (stating) => {
      const { deal, deadline, values } = stating;
      const { seen } = await stating.position();
      const by = requireActor(stating);
      const statement = await digestArgument(required(values, "statement"));
      return {
        intent: { kind: "OpenDispute", message: { deal: deal.id, by, statement, ...seen, deadline } },
        what: "From then on the arbitrators can decide. If nobody decides, nothing changes but the share that the terms give after delivery.",
      };
    },
  },
  settle: {
    kind: "Settlement",
    state: async (stating) => {
      const { deal, values } = stating;
      const other = values.with === undefined ? undefined : await readSettlement(values.with, deal);
      const message = other?.message ?? (await splitOf(stating));
      return {
        intent: { kind: "Settlement", message },
        other,
        what: `${money(stating, message.toBuyer)} to the buyer, ${money(stating, message.toSeller)} to the seller, ${money(stating, message.compensation)} compensation from the bond.`,
      };
    },
  },
  "withdraw-credit": {
    kind: "WithdrawCredit",
    state: async (stating) => {
      const { deal, values, deadline } = stating;
      const owner = requireActor(stating);
      const { token } = deal.terms;
      const to = values.to === undefined ? owner : parseAddress(values.to);
      if (values.rpc === undefined) {
        throw new ProtocolError("usage-invalid", {
          problem: "This needs --rpc: the signature states the account's next number, which only the chain knows.",
          help: HELP,
        });
      }
      const { credit, nonce } = await readChain(values.rpc, deal.domain, async (reader) => ({
        credit: await reader.credit(owner, token),
        nonce: await reader.nonce(owner),
      }));
      const amount = values.amount === undefined ? credit : parseAmount(values.amount, unitOf(deal, values.decimals));
      if (amount === 0n) {
        throw new ProtocolError("usage-invalid", { problem: `${owner} has no credit in this token.`, help: HELP });
      }
      return {
        intent: { kind: "WithdrawCredit", message: { owner, token, amount, to, nonce, deadline } },
        what: `${money(stating, amount)} of the credit go to ${to}.`,
      };
    },
  },
} as const satisfies Record<string, Kind>;

export const findKind = (word: string): Kind => {
  if (Object.hasOwn(kinds, word)) return kinds[word as keyof typeof kinds];
  const known = Object.keys(kinds);
  const meant = nearest(word, known);
  const suggestion = meant === undefined ? `They are: ${known.join(", ")}.` : `Did you mean ${meant}?`;
  throw new ProtocolError("usage-invalid", { problem: `There is no intent "${word}". ${suggestion}`, help: HELP });
};
