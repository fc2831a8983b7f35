import type { Address, Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { ProtocolError } from "../../core/errors.ts";
import { requestSchema } from "../../wire/relayRequests.ts";
import { type ChainReader, readChain } from "../chainReads.ts";
import { type CommandContext, defineCommand, type Outcome } from "../command.ts";
import { type DealFile, domainOptions, readDeal } from "../dealFile.ts";
import { type CallValues, type DirectAction, directCalls } from "../directCalls.ts";
import type { ExplainedCall } from "../explainedCall.ts";
import { readJson } from "../files.ts";
import { columns } from "../help.ts";
import { nearest } from "../nearest.ts";
import { parseInput } from "../parseInput.ts";
import { sendCalls } from "../sendCalls.ts";
import { openWallet, walletOptions } from "../wallet.ts";

const HELP = "holdfast deal call";

/** Options of every command that prints a call or sends it from a key. */
export const callingOptions = {
  send: { type: "boolean", about: "send it from --keystore through the node at --rpc" },
  rpc: { type: "string", value: "URL", about: "a node of the chain" },
  ...walletOptions,
} as const;

const options = {
  ...domainOptions,
  signed: {
    type: "string",
    value: "FILE",
    about: "what a party signed with `deal intent --out FILE`: then anyone can send the call",
  },
  amount: {
    type: "string",
    value: "AMOUNT",
    about:
      "refund, post-bond, withdraw-bond, withdraw-credit, pay-shortfall: how much, like 1200.50; confirm: what you have seen held",
  },
  remaining: {
    type: "string",
    value: "AMOUNT",
    about: "refund: what you want to stay held after it",
  },
  status: {
    type: "string",
    value: "STATUS",
    about:
      "confirm, refund: the status that you have seen, like funded; without it, and without --send, it and the amounts are read from --rpc",
  },
  tracking: { type: "string", value: "FILE|HASH", about: "ship: the tracking document, or its SHA-256" },
  proof: { type: "string", value: "FILE|HASH", about: "deliver: the proof of delivery, or its SHA-256" },
  statement: { type: "string", value: "FILE|HASH", about: "dispute: your statement, or its SHA-256" },
  by: {
    type: "string",
    value: "WHO",
    about: "dispute: buyer or seller; withdraw-credit: the owner's address; the keystore's account unless given",
  },
  "to-buyer": { type: "string", value: "AMOUNT", about: "settle: of what is held" },
  "to-seller": { type: "string", value: "AMOUNT", about: "settle: of what is held" },
  compensation: { type: "string", value: "AMOUNT", about: "settle: from the coverage; 0 unless given" },
  deadline: { type: "string", value: "TIME", about: "settle: the deadline that was signed" },
  "buyer-signature": { type: "string", value: "HEX", about: "settle: not needed when the buyer sends the call" },
  "seller-signature": { type: "string", value: "HEX", about: "settle; fund with coverage, where the file has none" },
  to: { type: "string", value: "ADDRESS", about: "withdraw-bond, withdraw-credit: where the money goes" },
  decimals: { type: "string", value: "N", about: "decimals of the token, where the file does not say" },
  ...callingOptions,
} as const;

type Calling = {
  readonly send?: boolean;
  readonly rpc?: string;
  readonly signed?: string;
  readonly keystore?: string;
  readonly "password-file"?: string;
};

const findAction = (word: string): DirectAction => {
  if (Object.hasOwn(directCalls, word)) return word as DirectAction;
  const known = Object.keys(directCalls);
  const meant = nearest(word, known);
  const suggestion = meant === undefined ? `They are: ${known.join(", ")}.` : `Did you mean ${meant}?`;
  throw new ProtocolError("usage-invalid", { problem: `There is no action "${word}". ${suggestion}`, help: HELP });
};

/** Prints the calls of an action, or sends them from a key and waits until they are in a block. */
const callDirectly = async (
  action: DirectAction,
  { deal, values }: { readonly deal: DealFile; readonly values: CallValues & Calling },
  context: CommandContext,
): Promise<Outcome> => {
  const { signal, now } = context;
  const wallet = values.keystore === undefined ? undefined : await openWallet(values, { signal, help: HELP });
  const { rpc } = values;
  const signed =
    values.signed === undefined ? undefined : parseInput(requestSchema, await readJson(values.signed), values.signed);
  const calls = await directCalls[action]({
    deal,
    values,
    signed,
    sender: wallet?.address.toLowerCase() as Address | undefined,
    sendsNow: values.send === true,
    read:
      rpc === undefined ? undefined : <T>(ask: (reader: ChainReader) => Promise<T>) => readChain(rpc, deal.domain, ask),
    now: now(),
  });
  const { chainId } = deal.domain;
  if (values.send !== true) {
    return {
      text: `Deal ${deal.id} on chain ${chainId}\n\n${callsText(calls)}`,
      json: { deal: deal.id, chainId, calls },
    };
  }
  const { sender, transactions } = await sendFrom(wallet, calls, { rpc, chainId, help: HELP, context });
  return {
    text: `${action} is in a block: ${transactions.at(-1)}`,
    json: { deal: deal.id, chainId, sender, transactions },
  };
};

/** Sends calls from the key that was opened. Throws `usage-invalid` where key or node is not named. */
export const sendFrom = async (
  wallet: PrivateKeyAccount | undefined,
  calls: readonly ExplainedCall[],
  to: { rpc: string | undefined; chainId: number; help: string; context: CommandContext },
): Promise<{ sender: Address; transactions: Hex[] }> => {
  const { rpc, chainId, help, context } = to;
  if (rpc === undefined) throw new ProtocolError("usage-invalid", { problem: "This needs --rpc.", help });
  if (wallet === undefined) {
    throw new ProtocolError("usage-invalid", { problem: "Give the key that sends: --keystore FILE.", help });
  }
  const transactions = await sendCalls(calls, { rpcUrl: rpc, chainId, wallet, context });
  return { sender: wallet.address, transactions };
};

/** Calls for people: who sends each, what it does, and its data. */
export const callsText = (calls: readonly ExplainedCall[]): string =>
  calls
    .map(({ to, data, value, by, what }) =>
      columns([
        ["sender", by],
        ["effect", what],
        ["to", to],
        ["value", value.toString()],
        ["data", data],
      ]),
    )
    .join("\n\n");

export const dealCall = defineCommand({
  summary: "print the transaction with which you act without any relayer",
  usage: "ACTION DEALFILE",
  about: [
    "The chain decides about money; a relayer is a convenience. This prints to, data and value of the contract call for",
    "an action, for any wallet or script; then no key is needed and nothing is sent. With --send it is tried out, sent",
    "from your key through a node of your choice, and waited for. A party calls for itself; with --signed FILE anyone sends",
    "what the party signed. confirm and refund state the amounts and the status that you have seen, and do nothing in another",
    "state. ACTION is one of:",
    "  fund, pay-balance, confirm          by the buyer",
    "  ship, refund, request-bond, withdraw-bond   by the seller",
    "  deliver                             by the attestor",
    "  dispute                             by the buyer; by the seller between payment and delivery",
    "  settle                              by anyone with both signatures",
    "  release, expire, lapse, close       by anyone, when their time has come",
    "  post-bond, pay-shortfall            by anyone, for the seller",
    "  withdraw-credit                     by the owner of a credit",
    "fund registers the panel first where it is not registered. `holdfast determination combine` prints the call that",
    "executes a determination.",
  ].join("\n"),
  examples: [
    [
      "holdfast deal call confirm deal.json --amount 1200.50 --status delivered",
      "what the buyer sends to release the money, if the deal stands as the buyer has seen it",
    ],
    ["holdfast deal call ship deal.json --signed ship.json", "what anyone sends for a seller who signed it"],
    ["holdfast deal call expire deal.json --json", "for a script that anyone may run after the deadline"],
    [
      "cast send $(holdfast deal call close deal.json --json | jq -r '.calls[0] | .to + \" \" + .data')",
      "send it with another tool",
    ],
  ],
  options,
  positionals: [2, 2],
  run: async ({ values, positionals: [word = "", path = ""] }, context) => {
    const action = findAction(word);
    const deal = await readDeal(path, values);
    return callDirectly(action, { deal, values }, context);
  },
});

export const dealPayShortfall = defineCommand({
  summary: "pay the buyer what an award exceeded the seller's coverage by",
  usage: "DEALFILE [--amount AMOUNT] [--send --rpc URL --keystore FILE]",
  about: [
    "What arbitrators award beyond the coverage is on record on the chain, against the seller. Anyone can pay it, whole or in",
    "parts: the money goes straight to the buyer and the record shrinks. Without --send this prints the calls. Without",
    "--amount it takes the whole shortfall from the node at --rpc.",
  ].join("\n"),
  examples: [
    [
      "holdfast deal pay-shortfall deal.json --keystore seller.json --rpc http://127.0.0.1:8545 --send",
      "pay everything that is owed",
    ],
    ["holdfast deal pay-shortfall deal.json --amount 500", "the calls that pay a part, for any wallet"],
  ],
  options: {
    ...domainOptions,
    amount: { type: "string", value: "AMOUNT", about: "how much, like 1200.50; the whole shortfall unless given" },
    decimals: { type: "string", value: "N", about: "decimals of the token, where the file does not say" },
    ...callingOptions,
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) =>
    callDirectly("pay-shortfall", { deal: await readDeal(path, values), values }, context),
});
