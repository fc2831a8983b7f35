import type { Address } from "viem";
import type { Panel } from "./panel.ts";
import type { Terms } from "./terms.ts";

/** What an account is in a deal, by its terms and, where it is known, its panel. */
export type DealRole = "buyer" | "seller" | "marketplace" | "attestor" | "arbitrator" | "nobody";

/**
 * What an account is in a deal. Without the panel an arbitrator is `nobody`.
 *
 * @example dealRoleOf(terms.buyer, terms) // "buyer"
 */
export function dealRoleOf(account: Address, terms: Terms, panel?: Pick<Panel, "arbitrators">): DealRole {
  const one = account.toLowerCase();
  const isOne = (other: Address) => other.toLowerCase() === one;
  if (isOne(terms.buyer)) return "buyer";
  if (isOne(terms.seller)) return "seller";
  if (panel?.arbitrators.some(isOne)) return "arbitrator";
  if (isOne(terms.marketplace)) return "marketplace";
  return isOne(terms.attestor) ? "attestor" : "nobody";
}
