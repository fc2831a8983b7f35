import { readChain } from "./chainReads.ts";
import { connect, urlOption } from "./connect.ts";
import type { DealFile } from "./dealFile.ts";
import { parseTime } from "./parseQuantity.ts";
import { usageInvalid } from "./problems.ts";

/** Options that say which dispute a panel decides; what the panel signs names it. */
export const disputeOptions = {
  url: { ...urlOption },
  rpc: { type: "string", value: "URL" },
  "disputed-at": { type: "string", value: "TIME" },
} as const;

type Values = { readonly url?: string; readonly rpc?: string; readonly "disputed-at"?: string };

/** `disputedAt` in Unix seconds, and what is held in minor units where somebody could be asked. */
type Dispute = { readonly disputedAt: number; readonly held?: bigint };

/**
 * The dispute that a panel decides, from the option, a relayer or a node, in this order.
 * Throws `usage-invalid`, also when the deal is not disputed.
 */
export async function readDispute(
  deal: DealFile,
  values: Values,
  { now, help, signal }: { readonly now: number; readonly help: string; readonly signal: AbortSignal },
): Promise<Dispute> {
  const stated = values["disputed-at"];
  if (stated !== undefined) return { disputedAt: parseTime(stated, { now, what: "--disputed-at" }) };
  const state =
    values.url !== undefined
      ? await connect(values.url, help)
          .readDeal(deal.id, { signal })
          .then(({ amounts, ...view }) => ({ ...view, held: amounts.held }))
      : values.rpc !== undefined
        ? await readChain(values.rpc, deal.domain, (reader) => reader.dealState(deal.id))
        : undefined;
  if (state === undefined) {
    throw usageInvalid(help, "dispute-missing");
  }
  if (state.status === "disputed") return { disputedAt: state.disputedAt, held: state.held };
  throw usageInvalid(help, "deal-not-disputed", { status: state.status });
}
