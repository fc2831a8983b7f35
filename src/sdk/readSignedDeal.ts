import type { Address, Hex } from "viem";
import { dealIdOf } from "../core/deal/terms.ts";
import { ProtocolError } from "../core/errors.ts";
import type { KnownDeal } from "../core/evidence/verify/subject.ts";
import type { Client } from "./client.ts";

type Asked = Readonly<{
  client: Pick<Client, "readDeal">;
  chainId: number;
  escrow: Address;
  signal?: AbortSignal | undefined;
}>;

/**
 * The relayer's terms of a deal for a bundle, if they are those of which the id was signed; null if
 * they are not, or it has none.
 */
export async function readSignedDeal(
  dealId: Hex,
  { client, chainId, escrow, signal }: Asked,
): Promise<KnownDeal | null> {
  try {
    const { terms } = await client.readDeal(dealId, { signal });
    return dealIdOf(terms, { chainId, escrow }) === dealId ? { terms, escrow } : null;
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "deal-unknown") return null;
    throw error;
  }
}
