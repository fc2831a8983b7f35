import { ProtocolError } from "../core/errors.ts";
import type { Client } from "../sdk/client.ts";
import type { DealFile } from "./dealFile.ts";

/**
 * Hands a deal to a relayer of the same chain and escrow. Throws what the relayer refuses with, and
 * `chain-mismatch` when it serves another deployment: the signatures would hold nowhere it can send
 * them.
 */
export async function registerDeal(client: Client, deal: DealFile, signal: AbortSignal): Promise<void> {
  await requireSameEscrow(client, deal, signal);
  await client.registerDeal(
    {
      terms: deal.terms,
      ...(deal.order === null ? {} : { order: JSON.parse(deal.order) as Record<string, unknown> }),
      ...(deal.sellerSignature === null ? {} : { sellerSignature: deal.sellerSignature }),
    },
    { signal },
  );
}

/** Throws `chain-mismatch` when a relayer serves another chain or escrow than the deal names. */
export async function requireSameEscrow(
  client: Client,
  { domain }: Pick<DealFile, "domain">,
  signal: AbortSignal,
): Promise<void> {
  const { chainId, contracts } = await client.readConfig({ signal });
  if (chainId === domain.chainId && contracts.escrow === domain.escrow) return;
  throw new ProtocolError("chain-mismatch", {
    expected: `${domain.chainId}:${domain.escrow}`,
    actual: `${chainId}:${contracts.escrow}`,
  });
}
