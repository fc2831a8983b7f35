import { randomBytes } from "node:crypto";
import type { Address } from "viem";
import { dealIdOf, type EscrowDomain, requireFundable, termsToJson } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import { escapeInvisible } from "../../core/text/escapeInvisible.ts";
import { type CommandContext, defineCommand } from "../command.ts";
import { connect, readTime, urlOption } from "../connect.ts";
import { type DealFile, dealFileText, parseDomain } from "../dealFile.ts";
import { dealSummary } from "../dealSummary.ts";
import { templateExample, termsFromTemplate } from "../dealTemplate.ts";
import { readJson, writeNew } from "../files.ts";
import { requireAcceptedBy } from "../panelFile.ts";

type Place = { readonly domain: EscrowDomain; readonly tribunal: Address | undefined; readonly time: number };

export const dealTerms = defineCommand({
  summary: "write the terms of a deal from a template with plain amounts and durations",
  usage: "TEMPLATE --out FILE",
  about: [
    "Turns a template (amounts like 40000.50, durations like 10d) into the exact terms that both sides sign and the",
    "escrow enforces, prints in words who pays what, by when, and what happens if nobody acts, and writes a deal file.",
    "The deal's id is a hash of the terms, the chain and the escrow: both sides know it before any money moves, and nobody can",
    "change a term without changing it. Clocks start now. Chain and escrow come from a relayer (--url) or from you.",
    "The panel that the template names must be registered before the deal can be funded: `holdfast panel register`.",
  ].join("\n"),
  examples: [
    ["holdfast deal terms --example > template.json", "a template to start from; edit the names and numbers"],
    ["holdfast deal terms template.json --out deal.json --url http://127.0.0.1:8787", "with a relayer's contracts"],
    [
      "holdfast deal terms template.json --out deal.json --chain-id 1 --escrow 0x12...",
      "without any relayer; the template names the tribunal",
    ],
  ],
  options: {
    example: { type: "boolean", about: "print a template and do nothing else" },
    out: { type: "string", value: "FILE", about: "the deal file; it must not exist; without it nothing is written" },
    url: urlOption,
    "chain-id": { type: "string", value: "N", about: "chain of the escrow, without --url" },
    escrow: { type: "string", value: "ADDRESS", about: "escrow contract, without --url" },
  },
  positionals: [0, 1],
  run: async ({ values, positionals: [path] }, { signal, now }) => {
    if (values.example === true) return { text: JSON.stringify(templateExample, null, 2), json: templateExample };
    if (path === undefined) {
      throw new ProtocolError("usage-invalid", {
        problem: "Give a template; `holdfast deal terms --example` prints one.",
        help: "holdfast deal terms",
      });
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
        dealSummary(deal),
        ...(values.out === undefined ? [] : [`Written to ${escapeInvisible(values.out)}`]),
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
  const client = connect(values.url, "holdfast deal terms");
  const { chainId, contracts } = await client.readConfig(clock);
  const time = await readTime(client, clock);
  return { domain: { chainId, escrow: contracts.escrow }, tribunal: contracts.panel, time };
};
