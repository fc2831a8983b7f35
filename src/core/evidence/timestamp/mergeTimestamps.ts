import type { Hex } from "viem";
import { maxTimestampChain, maxTimestampChains } from "../bundle/v2.ts";
import { bytesOfBase64 } from "./base64.ts";
import { type TimestampChainOptions, verifyTimestampChain } from "./verifyChain.ts";

type Chains = readonly (readonly string[])[];

/** Tokens of a bundle with those that came later. */
export type MergedTimestamps = Readonly<{
  timestamps: string[][];
  /** Tokens that were added. */
  added: number;
  /** Tokens that were offered and are none over this root, or prove nothing to this reader. */
  refused: number;
}>;

/**
 * Adds tokens that came later to those of a bundle: renewals go behind the token that they renew,
 * first tokens of other authorities to the end. Nothing that was there is dropped or moved, and a
 * token that does not verify over `root` is not added. Tokens are DER in base64.
 * @throws ProtocolError `timestamp-data-malformed` if a root or a revocation list cannot be read
 */
export async function mergeTimestamps(
  kept: Chains,
  offered: Chains,
  { root, ...options }: TimestampChainOptions & Readonly<{ root: Hex }>,
): Promise<MergedTimestamps> {
  const timestamps = kept.map((chain) => [...chain]);
  let [added, refused] = [0, 0];
  for (const chain of offered) {
    const [first] = chain;
    const own = timestamps.find((tokens) => tokens[0] === first) ?? [];
    const isOurs = own.every((token, place) => chain[place] === token);
    const isRoom = own.length > 0 || timestamps.length < maxTimestampChains;
    const fresh = chain.slice(own.length, maxTimestampChain);
    if (!isOurs || !isRoom || fresh.length === 0) continue;
    const verdict = await verifyTimestampChain([...own, ...fresh].map(bytesOfBase64), root, options);
    const good = verdict.status === "invalid" ? fresh.slice(0, Math.max(0, verdict.place - own.length)) : fresh;
    refused += fresh.length - good.length;
    added += good.length;
    if (own.length === 0 && good.length > 0) timestamps.push(own);
    own.push(...good);
  }
  return { timestamps, added, refused };
}
