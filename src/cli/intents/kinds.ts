// What each kind of intent says, and who may sign it.

import { intentDigest } from "../../core/deal/intents.ts";
import { termsTypedData } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import { readChain } from "../chainReads.ts";
import { unitOf } from "../dealFile.ts";
import { digestArgument } from "../digestArgument.ts";
import { nearest } from "../nearest.ts";
import { formatAmount, formatTime, parseAmount } from "../units.ts";
import { HELP } from "./options.ts";
import { readSettlement, splitOf } from "./settlement.ts";
import {
  authorize,
  complete,
  money,
  parseAddress,
  required,
  requireSigner,
  type Signed,
  type Signing,
  sign,
} from "./signing.ts";

const kinds = {
  fund: async (signing: Signing) => {
    const { deal, values, wallet } = signing;
    requireSigner(signing, deal.terms.buyer);
    const cover = deal.sellerSignature === null ? {} : { sellerSignature: deal.sellerSignature };
    const what = `The buyer pays ${money(signing, deal.terms.deposit)} into the escrow before ${formatTime(deal.terms.fundBy)}.`;
    if (values["token-name"] === undefined) {
      const buyerSignature = await wallet.signTypedData(termsTypedData(deal.terms, deal.domain));
      return complete({ kind: "FundDeal", deal: deal.id, buyerSignature, ...cover }, what);
    }
    const authorization = await authorize(signing, {
      value: deal.terms.deposit,
      validBefore: deal.terms.fundBy,
      nonce: deal.id,
    });
    return complete({ kind: "FundDealWithAuthorization", deal: deal.id, authorization, ...cover }, what);
  },
  "pay-balance": async (signing: Signing) => {
    const { deal, deadline } = signing;
    const { terms } = deal;
    requireSigner(signing, terms.buyer);
    const { seen } = await signing.position();
    const message = { deal: deal.id, amount: terms.price - terms.deposit, ...seen, deadline };
    const what = `The buyer pays the balance of ${money(signing, message.amount)} before ${formatTime(terms.balanceBy)}.`;
    if (signing.values["token-name"] !== undefined) {
      const nonce = intentDigest(
        { kind: "PayBalance", message: { ...message, deadline: terms.balanceBy } },
        deal.domain,
      );
      const payment = { value: message.amount, validBefore: terms.balanceBy, nonce };
      const authorization = await authorize(signing, payment);
      return complete({ kind: "PayBalanceWithAuthorization", deal: deal.id, authorization }, what);
    }
    return complete(
      { kind: "PayBalance", message, signature: await sign({ kind: "PayBalance", message }, signing) },
      what,
    );
  },
  ship: async (signing: Signing) => {
    const { deal, deadline, values } = signing;
    requireSigner(signing, deal.terms.seller);
    const message = { deal: deal.id, tracking: await digestArgument(required(values, "tracking")), deadline };
    return complete(
      { kind: "ShipGoods", message, signature: await sign({ kind: "ShipGoods", message }, signing) },
      "The seller says that the goods are on their way.",
    );
  },
  deliver: async (signing: Signing) => {
    const { deal, deadline, values } = signing;
    requireSigner(signing, deal.terms.attestor);
    const message = { deal: deal.id, proof: await digestArgument(required(values, "proof")), deadline };
    return complete(
      { kind: "AttestDelivery", message, signature: await sign({ kind: "AttestDelivery", message }, signing) },
      "The attestor says that the goods were delivered; the inspection begins.",
    );
  },
  confirm: async (signing: Signing) => {
    const { deal, deadline, values } = signing;
    requireSigner(signing, deal.terms.buyer);
    const unit = unitOf(deal, values.decimals);
    const { status, held, seen } = await signing.position();
    const amount =
      values.amount === undefined
        ? (held ?? (status === "deposited" ? deal.terms.deposit : deal.terms.price))
        : parseAmount(values.amount, unit);
    const message = { deal: deal.id, amount, ...seen, deadline };
    return complete(
      { kind: "ConfirmReceipt", message, signature: await sign({ kind: "ConfirmReceipt", message }, signing) },
      `The buyer confirms: the seller is paid the ${formatAmount(amount, unit)} that are held, while the deal is ${status}.`,
    );
  },
  refund: async (signing: Signing) => {
    const { deal, deadline, values } = signing;
    requireSigner(signing, deal.terms.seller);
    const unit = unitOf(deal, values.decimals);
    const { status, held, seen } = await signing.position();
    const amount = parseAmount(required(values, "amount"), unit);
    const remaining =
      values.remaining === undefined && held !== undefined && held >= amount
        ? held - amount
        : parseAmount(required(values, "remaining"), unit);
    const message = { deal: deal.id, amount, remaining, ...seen, deadline };
    return complete(
      { kind: "RefundBuyer", message, signature: await sign({ kind: "RefundBuyer", message }, signing) },
      `The seller gives ${formatAmount(message.amount, unit)} back; ${formatAmount(message.remaining, unit)} stays held. It works while the deal is ${status}.`,
    );
  },
  dispute: async (signing: Signing) => {
    const { deal, deadline, values, signer } = signing;
    requireSigner(signing, deal.terms.buyer, deal.terms.seller);
    const { seen } = await signing.position();
    const message = {
      deal: deal.id,
      by: signer,
      statement: await digestArgument(required(values, "statement")),
      ...seen,
      deadline,
    };
    return complete(
      { kind: "OpenDispute", message, signature: await sign({ kind: "OpenDispute", message }, signing) },
      "From then on the arbitrators can decide. If nobody decides, nothing changes but the share that the terms give after delivery.",
    );
  },
  settle: async (signing: Signing) => {
    const { deal, signer } = signing;
    requireSigner(signing, deal.terms.buyer, deal.terms.seller);
    const other = signing.values.with === undefined ? undefined : await readSettlement(signing.values.with, deal);
    const message = other?.message ?? (await splitOf(signing));
    const own = await sign({ kind: "Settlement", message }, signing);
    const signatures = {
      ...(other?.buyerSignature === undefined ? {} : { buyerSignature: other.buyerSignature }),
      ...(other?.sellerSignature === undefined ? {} : { sellerSignature: other.sellerSignature }),
      ...(signer === deal.terms.buyer ? { buyerSignature: own } : { sellerSignature: own }),
    };
    const { buyerSignature, sellerSignature } = signatures;
    const what = `${money(signing, message.toBuyer)} to the buyer, ${money(signing, message.toSeller)} to the seller, ${money(signing, message.compensation)} compensation from the bond.`;
    if (buyerSignature !== undefined && sellerSignature !== undefined) {
      return complete({ kind: "Settlement", message, buyerSignature, sellerSignature }, what);
    }
    return { request: { kind: "Settlement", message, ...signatures }, isComplete: false, what } satisfies Signed;
  },
  "withdraw-credit": async (signing: Signing) => {
    const { deal, values, signer, deadline } = signing;
    const { token } = deal.terms;
    const to = values.to === undefined ? signer : parseAddress(values.to);
    if (values.rpc === undefined) {
      throw new ProtocolError("usage-invalid", {
        problem: "This needs --rpc: the signature states the account's next number, which only the chain knows.",
        help: HELP,
      });
    }
    const { credit, nonce } = await readChain(values.rpc, deal.domain, async (reader) => ({
      credit: await reader.credit(signer, token),
      nonce: await reader.nonce(signer),
    }));
    const amount = values.amount === undefined ? credit : parseAmount(values.amount, unitOf(deal, values.decimals));
    if (amount === 0n) {
      throw new ProtocolError("usage-invalid", { problem: `${signer} has no credit in this token.`, help: HELP });
    }
    const message = { owner: signer, token, amount, to, nonce, deadline };
    return complete(
      { kind: "WithdrawCredit", message, signature: await sign({ kind: "WithdrawCredit", message }, signing) },
      `${money(signing, amount)} of the credit go to ${to}.`,
    );
  },
} as const satisfies Record<string, (signing: Signing) => Promise<Signed>>;

export const findKind = (word: string) => {
  if (Object.hasOwn(kinds, word)) return kinds[word as keyof typeof kinds];
  const known = Object.keys(kinds);
  const meant = nearest(word, known);
  const suggestion = meant === undefined ? `They are: ${known.join(", ")}.` : `Did you mean ${meant}?`;
  throw new ProtocolError("usage-invalid", { problem: `There is no intent "${word}". ${suggestion}`, help: HELP });
};
