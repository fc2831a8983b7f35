import { type Address, type Hex, pad, toHex } from "viem";
import { ProtocolError } from "../errors.ts";
import { type Terms, termsSchema } from "./terms.ts";
import { packTerms, termsLayout } from "./termsCodec.ts";

/**
 * The terms in eight words, as an event or calldata carries them.
 *
 * @throws ProtocolError `terms-malformed` when the words are not eight, or not those that {@link
 *   packTerms} makes.
 * @example unpackTerms(packTerms(terms)) // terms again
 */
export function unpackTerms(packed: { readonly words: readonly Hex[] }): Terms {
  const fields: Record<string, string | number | boolean> = {};
  for (const [index, names] of termsLayout.entries()) {
    const word = BigInt(packed.words[index] ?? "0x0");
    let free = 256;
    for (const [name, bits] of names) {
      free -= bits;
      fields[name] = fieldOf(name, (word >> BigInt(free)) & ((1n << BigInt(bits)) - 1n), bits);
    }
  }
  const parsed = termsSchema.safeParse(fields);
  if (!parsed.success || packed.words.length !== termsLayout.length) throw new ProtocolError("terms-malformed");
  const canonical = packTerms(parsed.data).words;
  if (canonical.some((word, index) => word !== packed.words[index]?.toLowerCase()))
    throw new ProtocolError("terms-malformed");
  return parsed.data;
}

function fieldOf(name: keyof Terms, value: bigint, bits: number): string | number | boolean {
  if (name === "earnest") return value !== 0n;
  if (bits === 160) return pad(toHex(value), { size: 20 }) satisfies Address;
  if (bits === 256) return pad(toHex(value), { size: 32 });
  if (bits === 96) return value.toString();
  return Number(value);
}
