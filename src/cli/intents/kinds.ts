// What each kind of intent says.
import type { SignableKind } from "../../core/deal/intentRules.ts";
import type { TokenDomain } from "../../core/deal/tokenTypedData.ts";
import { formatAmount, formatTime, readableUnit } from "../../core/text/units.ts";
import { readChain } from "../chainReads.ts";
import { unitOf } from "../dealFile.ts";
import { digestArgument } from "../digestArgument.ts";
import { nearest } from "../nearest.ts";
import { parseAmount } from "../parseQuantity.ts";
import { usageInvalid } from "../problems.ts";
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
        what: stating.texts.intents.fund(money(stating, terms.deposit), formatTime(terms.fundBy)),
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
        what: stating.texts.intents.payBalance(money(stating, amount), formatTime(deal.terms.balanceBy)),
      };
    },
  },
  ship: {
    kind: "ShipGoods",
    state: async ({ deal, deadline, values, texts }) => {
      const tracking = await digestArgument(required(values, "tracking"));
      return {
        intent: { kind: "ShipGoods", message: { deal: deal.id, tracking, deadline } },
        what: texts.intents.ship,
      };
    },
  },
  deliver: {
    kind: "AttestDelivery",
    state: async ({ deal, deadline, values, texts }) => {
      const proof = await digestArgument(required(values, "proof"));
      return {
        intent: { kind: "AttestDelivery", message: { deal: deal.id, proof, deadline } },
        what: texts.intents.deliver,
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
        what: stating.texts.intents.confirm(formatAmount(amount, readableUnit(unit, stating.texts.units)), status),
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
      const shown = (units: bigint) => formatAmount(units, readableUnit(unit, stating.texts.units));
      return {
        intent: { kind: "RefundBuyer", message: { deal: deal.id, amount, remaining, ...seen, deadline } },
        what: stating.texts.intents.refund(shown(amount), shown(remaining), status),
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
        what: stating.texts.intents.dispute,
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
        what: stating.texts.intents.settle(
          money(stating, message.toBuyer),
          money(stating, message.toSeller),
          money(stating, message.compensation),
        ),
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
      if (values.rpc === undefined) throw usageInvalid(HELP, "nonce-unknown");
      const { credit, nonce } = await readChain(values.rpc, deal.domain, async (reader) => ({
        credit: await reader.credit(owner, token),
        nonce: await reader.nonce(owner),
      }));
      const amount = values.amount === undefined ? credit : parseAmount(values.amount, unitOf(deal, values.decimals));
      if (amount === 0n) throw usageInvalid(HELP, "credit-empty", { owner });
      return {
        intent: { kind: "WithdrawCredit", message: { owner, token, amount, to, nonce, deadline } },
        what: stating.texts.intents.withdrawCredit(money(stating, amount), to),
      };
    },
  },
} as const satisfies Record<string, Kind>;

export function findKind(word: string): Kind {
  if (Object.hasOwn(kinds, word)) return kinds[word as keyof typeof kinds];
  const known = Object.keys(kinds);
  const meant = nearest(word, known);
  throw meant === undefined
    ? usageInvalid(HELP, "intent-unnamed", { word, known: known.join(", ") })
    : usageInvalid(HELP, "intent-mistyped", { word, meant });
}
