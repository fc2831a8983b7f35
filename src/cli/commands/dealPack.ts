import * as z from "zod";
import { termsToJson } from "../../core/deal/terms.ts";
import { packTerms, unpackTerms } from "../../core/deal/termsCodec.ts";
import { ProtocolError } from "../../core/errors.ts";
import { bytes32 } from "../../core/fields.ts";
import { defineCommand } from "../command.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { readText, statFile } from "../files.ts";

export const dealPack = defineCommand({
  summary: "turn terms into the eight words that the contract takes",
  usage: "FILE",
  about: [
    "Every call of the escrow takes the terms packed into eight 32-byte words. With them anybody can act from any wallet",
    "or script, without a relayer and without this program. `holdfast deal call` prints whole calls.",
  ].join("\n"),
  examples: [
    ["holdfast deal pack deal.json", "eight words, one a line"],
    [
      'cast call ESCROW "dealIdOf((bytes32[8]))" "([$(holdfast deal pack deal.json | paste -sd,)])"',
      "ask the contract for the id",
    ],
  ],
  options: domainOptions,
  positionals: [1, 1],
  run: async ({ values, positionals: [path = ""] }) => {
    const deal = await readDeal(path, values);
    const { words } = packTerms(deal.terms);
    return { text: words.join("\n"), json: { id: deal.id, words } };
  },
});

const WORD_COUNT = 8;

export const dealUnpack = defineCommand({
  summary: "turn eight words from calldata or the funding event back into terms",
  usage: "WORD... | FILE",
  about: [
    "The funding event of a deal carries its terms in eight words. This reads them back, so that anybody who has only",
    "the chain can find out what was agreed. FILE holds the words, or the event's data, in hex.",
  ].join("\n"),
  examples: [
    ["holdfast deal unpack words.txt > terms.json", "bare terms; `deal id` then needs --chain-id and --escrow"],
    ["holdfast deal pack deal.json > words.txt && holdfast deal unpack words.txt", "there and back"],
  ],
  options: {},
  positionals: [1, WORD_COUNT],
  run: async ({ positionals }) => {
    const [first = ""] = positionals;
    const isFile = positionals.length === 1 && (!first.startsWith("0x") || (await statFile(first)) !== undefined);
    const text = isFile ? await readText(first) : positionals.join(" ");
    const digits = text.replaceAll(/0x|[\s,"[\](){}]/g, "");
    const words = (digits.match(/.{1,64}/g) ?? []).map((word) => `0x${word}`);
    const parsed = z.array(bytes32).length(WORD_COUNT).safeParse(words);
    if (!parsed.success) throw new ProtocolError("terms-malformed", { at: "eight words of 32 bytes are needed" });
    const terms = termsToJson(unpackTerms({ words: parsed.data }));
    return { text: JSON.stringify(terms, null, 2), json: terms };
  },
});
