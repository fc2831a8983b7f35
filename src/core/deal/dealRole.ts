import type { Address } from "viem";
import { type Panel, panelRules } from "./panel.ts";
import type { Terms } from "./terms.ts";

/**
 * What an account can be in a deal, by its terms and its panel: `nobody` is neither named by the
 * terms nor on their panel; `unnamed` is not named by the terms, whose panel is not known.
 */
export const dealRoles = ["buyer", "seller", "marketplace", "attestor", "arbitrator", "nobody", "unnamed"] as const;
/** What an account is in a deal. */
export type DealRole = (typeof dealRoles)[number];

/**
 * What an account is in a deal. A panel that is not the one that the terms name is none.
 *
 * @example dealRoleOf(terms.buyer, terms) // "buyer"
 */
export function dealRoleOf(account: Address, terms: Terms, panel?: Panel | null): DealRole {
  const arbitrators = panel != null && panelRules(panel) === terms.rules ? panel.arbitrators : undefined;
  const one = account.toLowerCase();
  const isOne = (other: Address) => other.toLowerCase() === one;
  if (isOne(terms.buyer)) return "buyer";
  if (isOne(terms.seller)) return "seller";
  if (arbitrators?.some(isOne)) return "arbitrator";
  if (isOne(terms.marketplace)) return "marketplace";
  if (isOne(terms.attestor)) return "attestor";
  return arbitrators === undefined ? "unnamed" : "nobody";
}
