import type { Address, Hex } from "viem";
import type { Contracts } from "../chain/contracts.ts";
import { type DealRole, dealRoleOf } from "../core/deal/dealRole.ts";
import { ProtocolError } from "../core/errors.ts";
import type { Connection } from "../db/database.ts";
import { readDeal } from "../db/deals.ts";
import { readPanel } from "../db/panels.ts";

/**
 * Who may file evidence: anyone, or the accounts of a list, in which `parties` stands for all that
 * have a role in the deal that the evidence is about.
 */
export type Filers = "anyone" | readonly ("parties" | Address)[];

/** Who may file where nothing is said. */
export const defaultFilers: Filers = ["parties"];

type FilingPolicy = Readonly<{ db: Connection; contracts: Contracts; filers: Filers }>;

/**
 * Refuses accounts that may not file evidence about a deal; `dealId` is null for evidence that
 * shows no deal.
 *
 * @throws ProtocolError `filer-not-allowed`
 */
export async function requireFiler(
  submitter: Address,
  dealId: Hex | null,
  { db, contracts, filers }: FilingPolicy,
): Promise<void> {
  if (filers === "anyone" || filers.some((filer) => filer.toLowerCase() === submitter.toLowerCase())) return;
  if (filers.includes("parties") && dealId !== null) {
    const role = await readRole(submitter, dealId, { db, contracts });
    if (role !== "nobody" && role !== "unnamed") return;
  }
  throw new ProtocolError("filer-not-allowed", { submitter, deal: dealId });
}

/**
 * What an account is in a deal that the escrow holds or held. Terms that are only registered give
 * nobody a role: anyone can register terms that name themselves.
 */
const readRole = async (
  account: Address,
  dealId: Hex,
  { db, contracts }: Omit<FilingPolicy, "filers">,
): Promise<DealRole> => {
  const deal = await readDeal(db, dealId);
  if (deal?.projection === undefined) return "nobody";
  const { terms } = deal;
  const role = dealRoleOf(account, terms);
  // What `rules` mean to a tribunal that is not known here is not known either.
  if (role !== "unnamed" || terms.tribunal !== contracts.panel) return role;
  return dealRoleOf(account, terms, await readPanel(db, terms.rules));
};
