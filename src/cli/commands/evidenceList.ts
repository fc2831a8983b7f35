import type { Hex } from "viem";
import { dealRoleOf } from "../../core/deal/dealRole.ts";
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

type Listing = Readonly<{ deal: Hex; file: Pick<DealFile, "terms" | "panel"> | undefined; texts: Texts }>;

const textOf = (evidence: readonly EvidenceView[], { deal, file, texts }: Listing): string => {
  const words = texts.command.evidenceList;
  if (evidence.length === 0) return words.nothing(deal);
  const { role } = texts.report;
  // Terms that the reader has count more than what the relayer says of them.
  const submitterOf = ({ submitter, role: told }: EvidenceView) => {
    const one = file === undefined ? told : dealRoleOf(submitter, file.terms, file.panel);
    return one === null ? submitter : words.withRole(submitter, role[one]);
  };
  const rows = evidence.flatMap((item) => [
    `${item.digest}  ${words.kindAndState(words.kind[item.kind], words.state[item.state])}`,
    `  ${words.received(submitterOf(item), formatTime(item.receipt.receivedAt))}`,
  ]);
  return [words.title(evidence.length, deal), ...rows].join("\n");
};
