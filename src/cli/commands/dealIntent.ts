import type { Address, Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { z } from "zod";
import { type DealStatus, dealStatuses, type SeenState, seenIn, undisputed } from "../../core/deals.ts";
import { ProtocolError } from "../../core/errors.ts";
import {
  type Intent,
  type IntentMessage,
  intentDigest,
  intentSchemas,
  intentTypedData,
  receiveWithAuthorizationTypes,
} from "../../core/intents.ts";
import { termsTypedData } from "../../core/terms.ts";
import { visible } from "../../core/visible.ts";
import { address, signature } from "../../core/wire.ts";
import { type CarryRequest, requestSchema } from "../../relayer/request.ts";
import { readChain } from "../chainReads.ts";
import { defineCommand, type OptionValues } from "../command.ts";
import { connect, readTime, urlOption } from "../connect.ts";
import { type DealFile, domainOptions, readDeal, readingUnit, unitOf } from "../dealFile.ts";
import { digestArgument } from "../digestArgument.ts";
import { ensurePanel } from "../ensurePanel.ts";
import { readJson, writeNew } from "../files.ts";
import { nearest } from "../nearest.ts";
import { parseInput } from "../parseInput.ts";
import { registerDeal, requireSameEscrow } from "../registerDeal.ts";
import { minedText, sendOption, waitUntilMined } from "../send.ts";
import { formatAmount, formatTime, parseAmount, parseTime } from "../units.ts";
import { openWallet, walletOptions } from "../wallet.ts";

const HELP = "holdfast deal intent";

const options = {
  ...walletOptions,
  ...domainOptions,
  amount: {
    type: "string",
    value: "AMOUNT",
    about: "refund: what goes back to the buyer, like 1200.50; confirm: what is held; withdraw-credit: how much",
  },
  remaining: {
    type: "string",
    value: "AMOUNT",
    about: "refund: what stays held after it, so that it cannot be repeated; the rest of what is held unless given",
  },
  tracking: { type: "string", value: "FILE|HASH", about: "ship: the tracking document, or its SHA-256" },
  proof: { type: "string", value: "FILE|HASH", about: "deliver: the proof of delivery, or its SHA-256" },
  statement: { type: "string", value: "FILE|HASH", about: "dispute: your statement, or its SHA-256" },
  status: {
    type: "string",
    value: "STATUS",
    about: "the status of a deal that was never disputed, where neither --url nor --rpc can say it",
  },
  to: {
    type: "string",
    value: "ADDRESS",
    about: "withdraw-credit: where the money goes; your own account unless given",
  },
  "to-buyer": { type: "string", value: "AMOUNT", about: "settle: of what is held" },
  "to-seller": { type: "string", value: "AMOUNT", about: "settle: of what is held; both must add up to it" },
  compensation: {
    type: "string",
    value: "AMOUNT",
    about: "settle: beyond it, from the seller's coverage; 0 unless given",
  },
  with: { type: "string", value: "FILE", about: "settle: what the other side signed; the amounts are taken from it" },
  "token-name": {
    type: "string",
    value: "NAME",
    about: "fund, pay-balance: EIP-712 name of the token, to pay by ERC-3009",
  },
  "token-version": { type: "string", value: "V", about: "the same token's EIP-712 version; 1 unless given" },
  decimals: { type: "string", value: "N", about: "decimals of the token, where the file does not say" },
  deadline: {
    type: "string",
    value: "TIME",
    about: "until when it can be submitted: 24h, 7d, 2026-12-24T18:00:00Z; 1d unless given",
  },
  out: { type: "string", value: "FILE", about: "write the signed intent; FILE must not exist" },
  send: sendOption,
  url: { ...urlOption, about: "the relayer, like http://127.0.0.1:8787; it also says where the deal stands" },
  rpc: {
    type: "string",
    value: "URL",
    about: "a node of the chain, to ask it where the deal stands; fund: to register the panel",
  },
} as const;

type Values = OptionValues<typeof options>;

type Signing = {
  readonly deal: DealFile;
  readonly values: Values;
  readonly wallet: PrivateKeyAccount;
  readonly signer: Address;
  readonly deadline: number;
  /** Where the deal stands now, which some intents state. */
  readonly position: () => Promise<Position>;
};

/** `held` is unknown where only --status says where the deal stands; `seen` is what papers state of it. */
type Position = Readonly<{ status: DealStatus; held: bigint | undefined; seen: SeenState }>;

/** A request that may still lack the other side's signature. */
type Signed = {
  readonly request: CarryRequest | PartialSettlement;
  readonly isComplete: boolean;
  readonly what: string;
};

const partialSettlement = z.strictObject({
  kind: z.literal("Settlement"),
  message: intentSchemas.Settlement,
  buyerSignature: signature.optional(),
  sellerSignature: signature.optional(),
});
type PartialSettlement = z.output<typeof partialSettlement>;

const money = ({ deal }: Signing, amount: bigint) => formatAmount(amount, readingUnit(deal));

const required = (values: Values, name: "tracking" | "proof" | "statement" | "amount" | "remaining") => {
  const value = values[name];
  if (value === undefined) throw new ProtocolError("usage-invalid", { problem: `This needs --${name}.`, help: HELP });
  return value;
};

const requireSigner = ({ signer }: Signing, ...allowed: Address[]) => {
  if (!allowed.includes(signer))
    throw new ProtocolError("key-wrong", { address: signer, expected: allowed.join(" or ") });
};

const sign = (intent: Intent, { deal, wallet }: Signing): Promise<Hex> =>
  wallet.signTypedData(intentTypedData(intent, deal.domain) as never);

/** ERC-3009: the token itself checks that the buyer lets exactly this amount go to the escrow, for this deal only. */
const authorize = (
  { deal, values, wallet }: Signing,
  payment: { readonly value: bigint; readonly validBefore: number; readonly nonce: Hex },
): Promise<Hex> =>
  wallet.signTypedData({
    domain: {
      name: values["token-name"] ?? "",
      version: values["token-version"] ?? "1",
      chainId: deal.domain.chainId,
      verifyingContract: deal.terms.token,
    },
    types: receiveWithAuthorizationTypes,
    primaryType: "ReceiveWithAuthorization",
    message: {
      from: deal.terms.buyer,
      to: deal.domain.escrow,
      value: payment.value,
      validAfter: 0n,
      validBefore: BigInt(payment.validBefore),
      nonce: payment.nonce,
    },
  });

const complete = (request: CarryRequest, what: string): Signed => ({ request, isComplete: true, what });

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
    const amount = values.amount === undefined ? (held ?? deal.terms.price) : parseAmount(values.amount, unit);
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

const readSettlement = async (path: string, deal: DealFile): Promise<PartialSettlement> => {
  const settlement = parseInput(partialSettlement, await readJson(path), path);
  if (settlement.message.deal === deal.id) return settlement;
  throw new ProtocolError("input-malformed", { path, at: "message.deal", problem: "it is about another deal" });
};

const splitOf = async ({ deal, values, deadline, position }: Signing): Promise<IntentMessage<"Settlement">> => {
  const unit = unitOf(deal, values.decimals);
  const [toBuyer, toSeller] = [values["to-buyer"], values["to-seller"]];
  if (toBuyer === undefined || toSeller === undefined) {
    throw new ProtocolError("usage-invalid", {
      problem: "A settlement needs --to-buyer and --to-seller, or --with FILE that the other side signed.",
      help: HELP,
    });
  }
  return {
    deal: deal.id,
    toBuyer: parseAmount(toBuyer, unit),
    toSeller: parseAmount(toSeller, unit),
    compensation: parseAmount(values.compensation ?? "0", unit),
    ...(await position()).seen,
    deadline,
  };
};

const parseAddress = (text: string): Address => {
  const parsed = address.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new ProtocolError("usage-invalid", { problem: "--to takes an address: 0x and 40 hex digits.", help: HELP });
};

/** Unix seconds from which a deadline counts: the chain's clock where a node is named and its clock is ahead of ours. */
const readNodeTime = async (rpcUrl: string | undefined, { domain }: DealFile, now: number) =>
  rpcUrl === undefined ? now : Math.max(now, await readChain(rpcUrl, domain, (reader) => reader.time()));

/** Where the deal stands, from --status, a relayer or a node, in this order. */
const readPosition = async (
  { values, deal }: { readonly values: Values; readonly deal: DealFile },
  signal: AbortSignal,
): Promise<Position> => {
  if (values.status !== undefined) {
    const status = dealStatuses.find((one) => one === values.status);
    if (status !== undefined && status !== "disputed") {
      return { status, held: undefined, seen: seenIn(undisputed(status)) };
    }
    const stated = dealStatuses.filter((one) => one !== "disputed").join(", ");
    throw new ProtocolError("usage-invalid", {
      problem: `--status takes one of: ${stated}. About a dispute, or after one, give --url or --rpc: what is signed names it.`,
      help: HELP,
    });
  }
  if (values.url !== undefined) {
    const view = await connect(values.url, HELP).readDeal(deal.id, { signal });
    return { status: view.status, held: view.amounts.held, seen: seenIn(view) };
  }
  if (values.rpc !== undefined) {
    const state = await readChain(values.rpc, deal.domain, (reader) => reader.dealState(deal.id));
    return { status: state.status, held: state.held, seen: seenIn(state) };
  }
  throw new ProtocolError("usage-invalid", {
    problem: "What is signed states where the deal stands: give --url or --rpc, or name its status with --status.",
    help: HELP,
  });
};

const findKind = (word: string) => {
  if (Object.hasOwn(kinds, word)) return kinds[word as keyof typeof kinds];
  const known = Object.keys(kinds);
  const meant = nearest(word, known);
  const suggestion = meant === undefined ? `They are: ${known.join(", ")}.` : `Did you mean ${meant}?`;
  throw new ProtocolError("usage-invalid", { problem: `There is no intent "${word}". ${suggestion}`, help: HELP });
};

const decimal = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);

export const dealIntent = defineCommand({
  summary: "sign an action of a party; anyone can submit it to the chain",
  usage: "KIND DEALFILE --keystore FILE [--send --url URL]",
  about: [
    "Signs what a party wants, as EIP-712 that a wallet can show. A signed intent is good for one deal, one action and a",
    "limited time, and pay-balance, confirm, refund, dispute and settle only in the state that the deal has now; the one",
    "that submits it can change nothing. KIND is one of:",
    "  fund, pay-balance, confirm     by the buyer",
    "  ship, refund                   by the seller",
    "  deliver                        by the attestor",
    "  dispute                        by the buyer or the seller",
    "  settle                         by both, one after the other",
    "  withdraw-credit                by the owner of a credit: a marketplace's fees, a payment that failed",
    "fund and pay-balance take the money from your allowance to the escrow, or, with --token-name, by ERC-3009 without one.",
    "Without --send the signed intent is printed; anyone sends it later with `holdfast deal call KIND DEALFILE --signed FILE`.",
  ].join("\n"),
  examples: [
    [
      "holdfast deal intent fund deal.json --keystore buyer.json --token-name USDC --send --url http://127.0.0.1:8787",
      "pay without gas and without an allowance",
    ],
    [
      "holdfast deal intent ship deal.json --keystore seller.json --tracking waybill.pdf --send --url URL",
      "the seller ships",
    ],
    [
      "holdfast deal intent settle deal.json --keystore seller.json --to-buyer 4000 --to-seller 36000 --url URL --out offer.json",
      "the seller offers",
    ],
    [
      "holdfast deal intent settle deal.json --keystore buyer.json --with offer.json --send --url URL",
      "the buyer accepts",
    ],
  ],
  options,
  positionals: [2, 2],
  run: async ({ values, positionals: [word = "", path = ""] }, surroundings) => {
    const { signal, now, progress, isJson } = surroundings;
    const kind = findKind(word);
    const isSent = values.send === true;
    const client = isSent || values.url !== undefined ? connect(values.url, HELP) : undefined;
    const deal = await readDeal(path, values);
    const time =
      client === undefined ? await readNodeTime(values.rpc, deal, now()) : await readTime(client, surroundings);
    const deadline = parseTime(values.deadline ?? "1d", { now: time, what: "--deadline" });
    const wallet = await openWallet(values, { signal, help: HELP });
    const signer = wallet.address.toLowerCase() as Address;
    const { request, isComplete, what } = await kind({
      deal,
      values,
      wallet,
      signer,
      deadline,
      position: () => readPosition({ values, deal }, signal),
    });
    if (!isJson)
      progress(
        `Deal ${deal.id}\n${what}\nIt can be submitted before ${formatTime(word === "fund" ? deal.terms.fundBy : deadline)}.`,
      );
    const text = JSON.stringify(request, decimal, 2);
    if (values.out !== undefined) await writeNew(values.out, `${text}\n`);
    const file = values.out ?? null;

    if (client === undefined || !isSent || !isComplete) {
      const next = isComplete ? "" : "\nThe other side signs with: holdfast deal intent settle DEALFILE --with FILE";
      return {
        text: (file === null ? text : `Written to ${visible(file)}`) + next,
        json: { request, isComplete, signer, file },
      };
    }
    // Only an unfunded deal can be registered; one that is on the chain the relayer knows from there.
    if (word === "fund") {
      if (values.rpc !== undefined) await ensurePanel(deal, { rpcUrl: values.rpc, wallet, surroundings });
      await registerDeal(client, deal, signal);
    } else await requireSameEscrow(client, deal, signal);
    const mined = await waitUntilMined(
      client,
      await client.submitIntent(requestSchema.parse(JSON.parse(text)), { signal }),
      surroundings,
    );
    return { text: minedText(mined), json: { request, isComplete, signer, file, intent: mined } };
  },
});
