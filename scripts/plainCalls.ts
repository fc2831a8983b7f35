import type { DealCall } from "../src/core/deal/payouts.ts";

/** Every call that takes no amount and no time, as the walks through a deal's states try them. */
export const plainCalls: readonly DealCall[] = (
  ["payBalance", "ship", "deliver", "confirm", "dispute", "release", "expire", "lapse", "close"] as const
).map((action) => ({ action }));
