import { randomBytes } from "node:crypto";
import type { Address } from "viem";
import { dealIdOf, type EscrowDomain, requireFundable, termsToJson } from "../../core/deal/terms.ts";
import { dealSummary } from "../../core/text/dealSummary.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { connect, readTime, urlOption } from "../connect.ts";
import { type DealFile, dealFileText, parseDomain } from "../dealFile.ts";
import { templateExample, termsFromTemplate } from "../dealTemplate.ts";
import { readJson, writeNew } from "../files.ts";
import { requireAcceptedBy } from "../panelFile.ts";
import { usageInvalid } from "../problems.ts";
import { sectionsText } from "../terminal/sections.ts";

const HELP = "holdfast deal terms";

type Place = { readonly domain: EscrowDomain; readonly tribunal: Address | undefined; readonly time: number };

export const dealTerms = defineCommand({
  text: ({ command }) => command.dealTerms,
  usage: "TEMPLATE --out FILE",
  examples: [
    "holdfast deal terms --example > template.json",
    "holdfast deal terms template.json --out deal.json --url http://127.0.0.1:8787",
    "holdfast deal terms template.json --out deal.json --chain-id 1 --escrow 0x12...",
  ],
  options: {
    example: { type: "boolean" },
    out: { type: "string", value: "FILE" },
    url: urlOption,
    "chain-id": { type: "string", value: "N" },
    escrow: { type: "string", value: "ADDRESS" },
  },
  positionals: [0, 1],
  run: async ({ values, positionals: [path] }, { signal, now, texts }) => {
    if (values.example === true) return { text: JSON.stringify(templateExample, null, 2), json: templateExample };
    if (path === undefined) {
      throw usageInvalid(HELP, "template-missing");
    }
    const input = await readJson(path);
    const { domain, tribunal, time } = await findPlace(values, path, { signal, now });
    const random = (length: number) => new Uint8Array(randomBytes(length));
    const { terms, unit, panel, order } = await termsFromTemplate(input, { path, now: time, tribunal, random });
    requireFundable(terms, time, domain.escrow);
    requireAcceptedBy(panel, terms);
    const deal: DealFile = {
      id: dealIdOf(terms, domain),
      domain,
      terms,
      unit,
      panel,
      order,
      sellerSignature: null,
    };
    if (values.out !== undefined) await writeNew(values.out, dealFileText(deal));
    return {
      text: [
        sectionsText(dealSummary(deal, texts)),
        ...(values.out === undefined ? [] : [texts.outcome.writtenTo(escapeInvisible(values.out))]),
      ].join("\n\n"),
      json: { id: deal.id, ...domain, terms: termsToJson(terms), panel, file: values.out ?? null },
    };
  },
});

const findPlace = async (
  values: { url?: string; "chain-id"?: string; escrow?: string },
  path: string,
  clock: Pick<CommandContext, "signal" | "now">,
): Promise<Place> => {
  if (values.url === undefined) return { domain: parseDomain(values, path), tribunal: undefined, time: clock.now() };
  const client = connect(values.url, HELP);
  const { chainId, contracts } = await client.readConfig(clock);
  const time = await readTime(client, clock);
  return { domain: { chainId, escrow: contracts.escrow }, tribunal: contracts.panel, time };
};
