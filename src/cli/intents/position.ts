// Where a deal stands: what is signed names it.
import { type DealStatus, dealStatuses, type SeenState, seenIn, undisputed } from "../../core/deal/dealTable.ts";
import { readChain } from "../chainReads.ts";
import { connect } from "../connect.ts";
import type { DealFile } from "../dealFile.ts";
import { usageInvalid } from "../problems.ts";
import { HELP, type Values } from "./options.ts";

/**
 * `held` is unknown where only --status says where the deal stands; `seen` is what papers state of
 * it.
 */
export type Position = Readonly<{ status: DealStatus; held: bigint | undefined; seen: SeenState }>;

/** Where the deal stands, from --status, a relayer or a node, in this order. */
export async function readPosition(
  { values, deal }: { readonly values: Values; readonly deal: DealFile },
  signal: AbortSignal,
): Promise<Position> {
  if (values.status !== undefined) {
    const status = dealStatuses.find((one) => one === values.status);
    if (status !== undefined && status !== "disputed") {
      return { status, held: undefined, seen: seenIn(undisputed(status)) };
    }
    const stated = dealStatuses.filter((one) => one !== "disputed").join(", ");
    throw usageInvalid(HELP, "position-of-dispute", { known: stated });
  }
  if (values.url !== undefined) {
    const view = await connect(values.url, HELP).readDeal(deal.id, { signal });
    return { status: view.status, held: view.amounts.held, seen: seenIn(view) };
  }
  if (values.rpc !== undefined) {
    const state = await readChain(values.rpc, deal.domain, (reader) => reader.dealState(deal.id));
    return { status: state.status, held: state.held, seen: seenIn(state) };
  }
  throw usageInvalid(HELP, "position-missing");
}
