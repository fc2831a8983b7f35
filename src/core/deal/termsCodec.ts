import { type Address, type Hex, pad, toHex } from "viem";
import { ProtocolError } from "../errors.ts";
import { type Terms, termsSchema } from "./terms.ts";

/** Terms as they travel in calldata and in the funding event: eight words, laid out by `contracts/types/Terms.sol`. */
export type PackedTerms = { readonly words: [Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex] };

type Field = readonly [name: keyof Terms, bits: number];

/** Fields of each word from its highest bit down; together they fill it. */
const layout: readonly (readonly Field[])[] = [
  [
    ["buyer", 160],
    ["price", 96],
  ],
  [
    ["seller", 160],
    ["deposit", 96],
  ],
  [
    ["token", 160],
    ["coverage", 96],
  ],
  [
    ["marketplace", 160],
    ["feeBps", 16],
    ["silenceBps", 16],
    ["fundBy", 32],
    ["balanceBy", 32],
  ],
  [
    ["attestor", 160],
    ["shipBy", 32],
    ["deliverBy", 32],
    ["inspection", 32],
  ],
  [
    ["tribunal", 160],
    ["tail", 32],
    ["backstop", 32],
    ["earnest", 32],
  ],
  [["rules", 256]],
  [["order", 256]],
];

/** The eight words of the terms. */
export const packTerms = (terms: Terms): PackedTerms => {
  const words = layout.map((fields) => {
    let word = 0n;
    let free = 256;
    for (const [name, bits] of fields) {
      free -= bits;
      word |= BigInt(terms[name]) << BigInt(free);
    }
    return toHex(word, { size: 32 });
  });
  return { words: words as unknown as PackedTerms["words"] };
};

/**
 * The terms in eight words, as an event or calldata carries them.
 *
 * @throws ProtocolError `terms-malformed` when the words are not eight, or not those that {@link packTerms} makes.
 */
export const unpackTerms = (packed: { readonly words: readonly Hex[] }): Terms => {
  const fields: Record<string, string | number | boolean> = {};
  for (const [index, names] of layout.entries()) {
    const word = BigInt(packed.words[index] ?? "0x0");
    let free = 256;
    for (const [name, bits] of names) {
      free -= bits;
      fields[name] = fieldOf(name, (word >> BigInt(free)) & ((1n << BigInt(bits)) - 1n), bits);
    }
  }
  const parsed = termsSchema.safeParse(fields);
  if (!parsed.success || packed.words.length !== layout.length) throw new ProtocolError("terms-malformed");
  const canonical = packTerms(parsed.data).words;
  if (canonical.some((word, index) => word !== packed.words[index]?.toLowerCase()))
    throw new ProtocolError("terms-malformed");
  return parsed.data;
};

const fieldOf = (name: keyof Terms, value: bigint, bits: number): string | number | boolean => {
  if (name === "earnest") return value !== 0n;
  if (bits === 160) return pad(toHex(value), { size: 20 }) satisfies Address;
  if (bits === 256) return pad(toHex(value), { size: 32 });
  if (bits === 96) return value.toString();
  return Number(value);
};
