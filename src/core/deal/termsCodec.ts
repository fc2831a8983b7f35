import { type Hex, toHex } from "viem";
import type { Terms } from "./terms.ts";

/**
 * Terms as they travel in calldata and in the funding event: eight words, laid out by
 * `contracts/types/Terms.sol`.
 */
export type PackedTerms = { readonly words: [Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex] };

type Field = readonly [name: keyof Terms, bits: number];

/** Fields of each word from its highest bit down; together they fill it. */
export const termsLayout: readonly (readonly Field[])[] = [
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

/**
 * The eight words of the terms.
 *
 * @example await escrow.write.release([packTerms(terms)]);
 */
export function packTerms(terms: Terms): PackedTerms {
  const words = termsLayout.map((fields) => {
    let word = 0n;
    let free = 256;
    for (const [name, bits] of fields) {
      free -= bits;
      word |= BigInt(terms[name]) << BigInt(free);
    }
    return toHex(word, { size: 32 });
  });
  return { words: words as unknown as PackedTerms["words"] };
}
