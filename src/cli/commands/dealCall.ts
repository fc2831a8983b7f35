import type { Address, Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { dealOfIntent } from "../../core/deal/intentFacts.ts";
import { type RelayRequest, requestSchema } from "../../wire/relayRequests.ts";
import { type CallValues, HELP } from "../callContext.ts";
import { type ChainReader, readChain } from "../chainReads.ts";
import { type CommandContext, defineCommand, type Outcome } from "../command.ts";
import { type DealFile, domainOptions, readDeal } from "../dealFile.ts";
import { type DirectAction, directCalls } from "../directCalls.ts";
import { callsText, type ExplainedCall } from "../explainedCall.ts";
import { readJson } from "../files.ts";
import { nearest } from "../nearest.ts";
import { parseInput } from "../parseInput.ts";
import { usageInvalid } from "../problems.ts";
import { sendCalls } from "../sendCalls.ts";
import { statedOptions } from "../statedOptions.ts";
import { openWallet, walletOptions } from "../wallet.ts";

/** Options of every command that prints a call or sends it from a key. */
export const callingOptions = {
  send: { type: "boolean" },
  rpc: { type: "string", value: "URL" },
  ...walletOptions,
} as const;

const options = {
  ...domainOptions,
  signed: { type: "string", value: "FILE" },
  ...statedOptions,
  "buyer-signature": { type: "string", value: "HEX" },
  "seller-signature": { type: "string", value: "HEX" },
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
  throw meant === undefined
    ? usageInvalid(HELP, "action-unknown", { word, known: known.join(", ") })
    : usageInvalid(HELP, "action-mistyped", { word, meant });
};

/** What the file of --signed holds, if it is about this deal, or about a bond or a credit. */
const readSigned = async (path: string, deal: DealFile): Promise<RelayRequest> => {
  const signed = parseInput(requestSchema, await readJson(path), path);
  const about = dealOfIntent(signed);
  if (about !== undefined && about !== deal.id) throw usageInvalid(HELP, "signed-about-other-deal");
  return signed;
};

/** Prints the calls of an action, or sends them from a key and waits until they are in a block. */
const callDirectly = async (
  action: DirectAction,
  { deal, values }: { readonly deal: DealFile; readonly values: CallValues & Calling },
  context: CommandContext,
): Promise<Outcome> => {
  const { now, texts } = context;
  const wallet = values.keystore === undefined ? undefined : await openWallet(values, { ...context, help: HELP });
  const { rpc } = values;
  const signed = values.signed === undefined ? undefined : await readSigned(values.signed, deal);
  const calls = await directCalls[action]({
    deal,
    values,
    signed,
    sender: wallet?.address.toLowerCase() as Address | undefined,
    sendsNow: values.send === true,
    read:
      rpc === undefined ? undefined : <T>(ask: (reader: ChainReader) => Promise<T>) => readChain(rpc, deal.domain, ask),
    now: now(),
    texts,
  });
  const { chainId } = deal.domain;
  if (values.send !== true) {
    return {
      text: `${texts.calls.title(deal.id, chainId)}\n\n${callsText(calls, texts)}`,
      json: { deal: deal.id, chainId, calls },
    };
  }
  const { sender, transactions } = await sendFrom(wallet, calls, { rpc, chainId, help: HELP, context });
  return {
    text: texts.calls.sent(action, String(transactions.at(-1))),
    json: { deal: deal.id, chainId, sender, transactions },
  };
};

/**
 * Sends calls from the key that was opened. Throws `usage-invalid` where key or node is not named.
 */
export async function sendFrom(
  wallet: PrivateKeyAccount | undefined,
  calls: readonly ExplainedCall[],
  to: { rpc: string | undefined; chainId: number; help: string; context: CommandContext },
): Promise<{ sender: Address; transactions: Hex[] }> {
  const { rpc, chainId, help, context } = to;
  if (rpc === undefined) throw usageInvalid(help, "option-missing", { option: "--rpc" });
  if (wallet === undefined) throw usageInvalid(help, "sending-key-missing");
  const transactions = await sendCalls(calls, { rpcUrl: rpc, chainId, wallet, context });
  return { sender: wallet.address, transactions };
}

export const dealCall = defineCommand({
  text: ({ command }) => command.dealCall,
  usage: "ACTION DEALFILE",
  examples: [
    "holdfast deal call confirm deal.json --amount 1200.50 --status delivered",
    "holdfast deal call ship deal.json --signed ship.json",
    "holdfast deal call expire deal.json --json",
    "cast send $(holdfast deal call close deal.json --json | jq -r '.calls[0] | .to + \" \" + .data')",
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
  text: ({ command }) => command.dealPayShortfall,
  usage: "DEALFILE [--amount AMOUNT] [--send --rpc URL --keystore FILE]",
  examples: [
    "holdfast deal pay-shortfall deal.json --keystore seller.json --rpc http://127.0.0.1:8545 --send",
    "holdfast deal pay-shortfall deal.json --amount 500",
  ],
  options: {
    ...domainOptions,
    amount: { type: "string", value: "AMOUNT" },
    decimals: { type: "string", value: "N" },
    ...callingOptions,
  },
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }, context) =>
    callDirectly("pay-shortfall", { deal: await readDeal(path, values), values }, context),
});
