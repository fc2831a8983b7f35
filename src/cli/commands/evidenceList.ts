import type { Hex } from "viem";
import { bytes32 } from "../../core/fields.ts";
import type { Texts } from "../../core/text/texts.ts";
import { formatTime } from "../../core/text/units.ts";
import type { Client, EvidenceView } from "../../sdk/client.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { type DealFile, readDeal } from "../dealFile.ts";

export const evidenceList = defineCommand({
  text: ({ command }) => command.evidenceList,
  usage: "ID|FILE --url URL",
  examples: [
    "holdfast evidence list deal.json --url http://127.0.0.1:8787",
    "holdfast evidence list 0x5f... --url http://127.0.0.1:8787 --json",
  ],
  options: { url: urlOption },
  positionals: [1, 1],
  run: async ({ values, positionals: [named = ""] }, { signal, texts }) => {
    const client = connect(values.url, "holdfast evidence list");
    const id = bytes32.safeParse(named);
    const file = id.success ? undefined : await readDeal(named);
    const deal = file?.id ?? (named.toLowerCase() as Hex);
    const evidence = await readAll(client, deal, signal);
    return { text: textOf(evidence, { deal, file, texts }), json: { deal, evidence } };
  },
});

const readAll = async (client: Client, deal: Hex, signal: AbortSignal): Promise<EvidenceView[]> => {
  const items: EvidenceView[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await client.listEvidence(deal, cursor == null ? {} : { cursor }, { signal });
    items.push(...page.evidence);
    cursor = page.next;
  } while (cursor !== null);
  return items;
};

type Listing = Readonly<{ deal: Hex; file: Pick<DealFile, "terms"> | undefined; texts: Texts }>;

const textOf = (evidence: readonly EvidenceView[], { deal, file, texts }: Listing): string => {
  const words = texts.command.evidenceList;
  if (evidence.length === 0) return words.nothing(deal);
  const submitterOf = (account: string) => {
    if (account === file?.terms.buyer) return words.theBuyer(account);
    return account === file?.terms.seller ? words.theSeller(account) : account;
  };
  const rows = evidence.flatMap(({ digest, kind, state, submitter, receipt }) => [
    `${digest}  ${words.kindAndState(words.kind[kind], words.state[state])}`,
    `  ${words.received(submitterOf(submitter), formatTime(receipt.receivedAt))}`,
  ]);
  return [words.title(evidence.length, deal), ...rows].join("\n");
};
