import type { Address } from "viem";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { requestSchema } from "../../wire/relayRequests.ts";
import { readChain } from "../chainReads.ts";
import { defineCommand } from "../command.ts";
import { connect, readTime } from "../connect.ts";
import { type DealFile, readDeal } from "../dealFile.ts";
import { ensurePanel } from "../ensurePanel.ts";
import { writeNew } from "../files.ts";
import { findKind } from "../intents/kinds.ts";
import { HELP, options } from "../intents/options.ts";
import { readPosition } from "../intents/position.ts";
import { registerDeal, requireSameEscrow } from "../registerDeal.ts";
import { minedText, waitUntilMined } from "../send.ts";
import { formatTime, parseTime } from "../units.ts";
import { openWallet } from "../wallet.ts";

/** Unix seconds from which a deadline counts: the chain's clock where a node is named and its clock is ahead of ours. */
const readNodeTime = async (rpcUrl: string | undefined, { domain }: DealFile, now: number) =>
  rpcUrl === undefined ? now : Math.max(now, await readChain(rpcUrl, domain, (reader) => reader.time()));

const decimal = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);

export const dealIntent = defineCommand({
  text: ({ command }) => command.dealIntent,
  usage: "KIND DEALFILE --keystore FILE [--send --url URL]",
  examples: [
    "holdfast deal intent fund deal.json --keystore buyer.json --token-name USDC --send --url http://127.0.0.1:8787",
    "holdfast deal intent ship deal.json --keystore seller.json --tracking waybill.pdf --send --url URL",
    "holdfast deal intent settle deal.json --keystore seller.json --to-buyer 4000 --to-seller 36000 --url URL --out offer.json",
    "holdfast deal intent settle deal.json --keystore buyer.json --with offer.json --send --url URL",
  ],
  options,
  positionals: [2, 2],
  run: async ({ values, positionals: [word = "", path = ""] }, context) => {
    const { signal, now, progress, isJson } = context;
    const kind = findKind(word);
    const sendsNow = values.send === true;
    const client = sendsNow || values.url !== undefined ? connect(values.url, HELP) : undefined;
    const deal = await readDeal(path, values);
    const time = client === undefined ? await readNodeTime(values.rpc, deal, now()) : await readTime(client, context);
    const deadline = parseTime(values.deadline ?? "1d", { now: time, what: "--deadline" });
    const wallet = await openWallet(values, { ...context, help: HELP });
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

    if (client === undefined || !sendsNow || !isComplete) {
      const next = isComplete ? "" : "\nThe other side signs with: holdfast deal intent settle DEALFILE --with FILE";
      return {
        text: (file === null ? text : `Written to ${escapeInvisible(file)}`) + next,
        json: { request, isComplete, signer, file },
      };
    }
    // Only an unfunded deal can be registered; one that is on the chain the relayer knows from there.
    if (word === "fund") {
      if (values.rpc !== undefined) await ensurePanel(deal, { rpcUrl: values.rpc, wallet, context });
      await registerDeal(client, deal, signal);
    } else await requireSameEscrow(client, deal, signal);
    const mined = await waitUntilMined(
      client,
      await client.submitIntent(requestSchema.parse(JSON.parse(text)), { signal }),
      context,
    );
    return { text: minedText(mined, context.texts), json: { request, isComplete, signer, file, intent: mined } };
  },
});
