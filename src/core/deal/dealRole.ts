import type { Address } from "viem";
import type { Panel } from "./panel.ts";
import type { Terms } from "./terms.ts";

/**
 * What an account can be in a deal, by its terms and its panel: `nobody` is neither named by the
 * terms nor on the panel; `unnamed` is not named by the terms, and the panel is not known.
 */
export const dealRoles = ["buyer", "seller", "marketplace", "attestor", "arbitrator", "nobody", "unnamed"] as const;
/** What an account is in a deal. */
export type DealRole = (typeof dealRoles)[number];

/**
 * What an account is in a deal.
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
  if (isOne(terms.attestor)) return "attestor";
  return panel === undefined ? "unnamed" : "nobody";
}
