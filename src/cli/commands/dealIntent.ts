import type { Address } from "viem";
import { intentFacts } from "../../core/deal/intentFacts.ts";
import { previewIntent } from "../../core/deal/intentPreview.ts";
import { decimalJson } from "../../core/decimalJson.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { formatTime } from "../../core/text/units.ts";
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
import { requireSigner, signIntent } from "../intents/signing.ts";
import { parseAddress } from "../intents/stating.ts";
import { parseTime } from "../parseQuantity.ts";
import { usageInvalid } from "../problems.ts";
import { registerDeal, requireSameEscrow } from "../registerDeal.ts";
import { minedText, waitUntilMined } from "../send.ts";
import { openWallet } from "../wallet.ts";

/**
 * Unix seconds from which a deadline counts: the chain's clock where a node is named and its clock
 * is ahead of ours.
 */
const readNodeTime = async (rpcUrl: string | undefined, { domain }: DealFile, now: number) =>
  rpcUrl === undefined ? now : Math.max(now, await readChain(rpcUrl, domain, (reader) => reader.time()));

/** Who acts in a preview, where no key says it. */
const actorOf = (by: string | undefined, { terms }: DealFile): Address | undefined => {
  if (by === undefined) return undefined;
  return by === "buyer" || by === "seller" ? terms[by] : parseAddress(by, "by");
};

export const dealIntent = defineCommand({
  text: ({ command }) => command.dealIntent,
  usage: "KIND DEALFILE --keystore FILE [--send --url URL] | --preview",
  examples: [
    "holdfast deal intent fund deal.json --keystore buyer.json --token-name USDC --send --url http://127.0.0.1:8787",
    "holdfast deal intent ship deal.json --keystore seller.json --tracking waybill.pdf --send --url URL",
    "holdfast deal intent settle deal.json --keystore seller.json --to-buyer 4000 --to-seller 36000 --url URL --out offer.json",
    "holdfast deal intent settle deal.json --keystore buyer.json --with offer.json --send --url URL",
  ],
  options,
  positionals: [2, 2],
  run: async ({ values, positionals: [word = "", path = ""] }, context) => {
    const { signal, now, progress, isJson, texts } = context;
    const { kind, state } = findKind(word);
    if (values.by !== undefined && values.preview !== true) throw usageInvalid(HELP, "by-without-preview");
    if (values.preview === true && (values.send === true || values.out !== undefined)) {
      throw usageInvalid(HELP, "preview-only-prints");
    }
    const sendsNow = values.send === true;
    const client = sendsNow || values.url !== undefined ? connect(values.url, HELP) : undefined;
    const deal = await readDeal(path, values);
    const time = client === undefined ? await readNodeTime(values.rpc, deal, now()) : await readTime(client, context);
    const deadline = parseTime(values.deadline ?? "1d", { now: time, what: "--deadline" });
    const stating = { deal, values, deadline, texts, position: () => readPosition({ values, deal }, signal) };
    if (values.preview === true) {
      const { intent } = await state({ ...stating, signer: actorOf(values.by, deal) });
      const preview = previewIntent(intent, deal);
      return { text: JSON.stringify(preview, null, 2), json: preview };
    }
    const wallet = await openWallet(values, { ...context, help: HELP });
    const signer = wallet.address.toLowerCase() as Address;
    requireSigner(kind, { terms: deal.terms, signer });
    const { intent, what, other } = await state({ ...stating, signer });
    if (!isJson) {
      const before = formatTime(intentFacts(intent, deal.terms).deadline);
      progress(texts.intents.toSign(deal.id, what, before));
    }
    const { request, isComplete } = await signIntent(intent, { deal, wallet, other });
    const text = decimalJson(request, 2);
    if (values.out !== undefined) await writeNew(values.out, `${text}\n`);
    const file = values.out ?? null;

    if (client === undefined || !sendsNow || !isComplete) {
      const next = isComplete ? "" : `\n${texts.intents.otherSideSigns}`;
      return {
        text: (file === null ? text : texts.outcome.writtenTo(escapeInvisible(file))) + next,
        json: { request, isComplete, signer, file },
      };
    }
    // Only an unfunded deal can be registered; one that is on the chain the relayer knows from
    // there.
    if (word === "fund") {
      if (values.rpc !== undefined) await ensurePanel(deal, { rpcUrl: values.rpc, wallet, context });
      await registerDeal(client, deal, signal);
    } else await requireSameEscrow(client, deal, signal);
    const mined = await waitUntilMined(
      client,
      await client.submitIntent(requestSchema.parse(JSON.parse(text)), { signal }),
      context,
    );
    return { text: minedText(mined, texts), json: { request, isComplete, signer, file, intent: mined } };
  },
});
