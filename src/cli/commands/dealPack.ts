import * as z from "zod";
import { termsToJson } from "../../core/deal/terms.ts";
import { packTerms } from "../../core/deal/termsCodec.ts";
import { unpackTerms } from "../../core/deal/unpackTerms.ts";
import { ProtocolError } from "../../core/errors.ts";
import { bytes32 } from "../../core/fields.ts";
import { defineCommand } from "../command.ts";
import { domainOptions, readDeal } from "../dealFile.ts";
import { readText, statFile } from "../files.ts";

export const dealPack = defineCommand({
  text: ({ command }) => command.dealPack,
  usage: "FILE",
  examples: [
    "holdfast deal pack deal.json",
    'cast call ESCROW "dealIdOf((bytes32[8]))" "([$(holdfast deal pack deal.json | paste -sd,)])"',
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
  text: ({ command }) => command.dealUnpack,
  usage: "WORD... | FILE",
  examples: [
    "holdfast deal unpack words.txt > terms.json",
    "holdfast deal pack deal.json > words.txt && holdfast deal unpack words.txt",
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
    if (!parsed.success) throw new ProtocolError("terms-malformed", { problem: "words-malformed" });
    const terms = termsToJson(unpackTerms({ words: parsed.data }));
    return { text: JSON.stringify(terms, null, 2), json: terms };
  },
});
