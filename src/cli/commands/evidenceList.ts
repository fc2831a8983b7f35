import type { Hex } from "viem";
import { bytes32 } from "../../core/fields.ts";
import type { Client, EvidenceView } from "../../sdk/client.ts";
import { defineCommand } from "../command.ts";
import { connect, urlOption } from "../connect.ts";
import { type DealFile, readDeal } from "../dealFile.ts";
import { formatTime } from "../units.ts";

export const evidenceList = defineCommand({
  text: ({ command }) => command.evidenceList,
  usage: "ID|FILE --url URL",
  examples: [
    "holdfast evidence list deal.json --url http://127.0.0.1:8787",
    "holdfast evidence list 0x5f... --url http://127.0.0.1:8787 --json",
  ],
  options: { url: urlOption },
  positionals: [1, 1],
  run: async ({ values, positionals: [named = ""] }, { signal }) => {
    const client = connect(values.url, "holdfast evidence list");
    const id = bytes32.safeParse(named);
    const file = id.success ? undefined : await readDeal(named);
    const deal = file?.id ?? (named.toLowerCase() as Hex);
    const evidence = await readAll(client, deal, signal);
    return { text: textOf(evidence, { deal, file }), json: { deal, evidence } };
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

const textOf = (
  evidence: readonly EvidenceView[],
  { deal, file }: { deal: Hex; file: Pick<DealFile, "terms"> | undefined },
): string => {
  if (evidence.length === 0) return `Nothing was filed under the deal ${deal} with this relayer.`;
  const rows = evidence.flatMap(({ digest, kind, state, submitter, receipt }) => [
    `${digest}  ${kind}, ${state}`,
    `  by ${roleOf(submitter, file)}${submitter}, received ${formatTime(receipt.receivedAt)}`,
  ]);
  const count = evidence.length === 1 ? "1 record was" : `${evidence.length} records were`;
  return [`${count} filed under the deal ${deal}:`, ...rows].join("\n");
};

const roleOf = (account: string, file: Pick<DealFile, "terms"> | undefined): string => {
  if (account === file?.terms.buyer) return "the buyer ";
  return account === file?.terms.seller ? "the seller " : "";
};
