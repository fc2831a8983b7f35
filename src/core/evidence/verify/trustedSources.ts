import type { Hex } from "viem";
import { address, bytes32 } from "../../fields.ts";
import type { EvidenceDomain } from "../record.ts";
import type { NamedHeaders, TrustedBlock } from "./options.ts";

/** Two sources with different hashes for one block; `one` is null for the reader's own word. */
export type Disagreement = Readonly<{ number: number; one: string | null; other: string }>;

/**
 * A block as a reader writes it down, `NUMBER:HASH`; null for anything else.
 *
 * @example parseTrustedBlock(`1020:0x${"5a".repeat(32)}`) // { number: 1020, hash: "0x5a5a…" }
 */
export function parseTrustedBlock(text: string): Readonly<{ number: number; hash: Hex }> | null {
  const [number = "", hash = "", ...rest] = text.split(":");
  const parsed = bytes32.safeParse(hash);
  if (!/^(0|[1-9]\d{0,14})$/.test(number) || !parsed.success || rest.length > 0) return null;
  return { number: Number(number), hash: parsed.data };
}

/**
 * A registry as a reader writes it down, `CHAIN:ADDRESS`; null for anything else.
 *
 * @example parseTrustedRegistry(`31337:0x${"5a".repeat(20)}`)
 */
export function parseTrustedRegistry(text: string): EvidenceDomain | null {
  const [chain = "", registry = "", ...rest] = text.split(":");
  const parsed = address.safeParse(registry);
  if (!/^[1-9]\d{0,15}$/.test(chain) || !parsed.success || rest.length > 0) return null;
  return { chainId: Number(chain), registry: parsed.data };
}

/**
 * The first two sources that give one block different hashes, or null: a mistake of the reader's,
 * for which no evidence is refused. A block without its chain must agree with every file.
 */
export function disagreementAmong(
  blocks: readonly TrustedBlock[],
  headers: readonly NamedHeaders[],
): Disagreement | null {
  const byReader = new Map<number, Hex>();
  for (const { number, hash } of blocks) {
    if ((byReader.get(number) ?? hash) !== hash) return { number, one: null, other: "" };
    byReader.set(number, hash);
  }
  const byFiles = new Map<string, Readonly<{ hash: Hex; name: string }>>();
  for (const { name, file } of headers) {
    for (const { number, hash, finalized } of file.blocks) {
      if (!finalized) continue;
      const key = `${file.chainId}:${number}`;
      const earlier = byFiles.get(key);
      if (earlier !== undefined && earlier.hash !== hash) return { number, one: earlier.name, other: name };
      if ((byReader.get(number) ?? hash) !== hash) return { number, one: null, other: name };
      byFiles.set(key, { hash, name });
    }
  }
  return null;
}
