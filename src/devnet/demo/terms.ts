import { type Address, type Hex, keccak256, stringToHex } from "viem";
import { type Panel, panelRules } from "../../core/deal/panel.ts";
import type { Terms } from "../../core/deal/terms.ts";
import type { Deployment } from "../deploy.ts";
import type { Actors } from "./actors.ts";

export const DAY = 86_400;

/** The marketplace earns two percent of what the seller gets. */
const FEE_BPS = 200;

/**
 * Terms of the demonstration's deals: the clocks of a domestic sale, a silent tribunal splits in
 * half.
 */
export function createTermsFactory({
  actors,
  deployment,
  panel,
}: {
  actors: Actors;
  deployment: Deployment;
  panel: Panel;
}) {
  const lower = (address: Address) => address.toLowerCase() as Address;
  return (order: string, price: bigint, options: { now: number; changes?: Partial<Terms> }): Terms => ({
    buyer: lower(actors.buyer.address),
    seller: lower(actors.seller.address),
    marketplace: lower(actors.marketplace.address),
    attestor: lower(actors.courier.address),
    token: deployment.stablecoin,
    price,
    deposit: price,
    coverage: 0n,
    feeBps: FEE_BPS,
    earnest: false,
    fundBy: options.now + DAY,
    balanceBy: 0,
    shipBy: options.now + 3 * DAY,
    deliverBy: options.now + 18 * DAY,
    inspection: 10 * DAY,
    tail: 30 * DAY,
    tribunal: deployment.panelTribunal,
    rules: panelRules(panel),
    backstop: 90 * DAY,
    silenceBps: 5_000,
    order: digestOf(`${order} at ${options.now}`),
    ...options.changes,
  });
}

/** 32 bytes that stand for a document in the demonstration: the digest of its text. */
export function digestOf(text: string): Hex {
  return keccak256(stringToHex(text));
}
