import type { DealCall } from "../../../src/core/deal/payouts.ts";

/** A move as a person reads it, with the seconds since `fundBy`. */
export const sayMove = (
  { by, call }: { readonly by: string; readonly call: DealCall },
  now: number,
  fundBy: number,
) => {
  const seconds = `${now < fundBy ? "" : "+"}${now - fundBy}s`;
  return `${seconds} ${by} ${call.action}${call.action === "refund" ? ` ${call.amount}` : ""}`;
};

const days = (seconds: number) => (seconds / 86_400).toFixed(1);

/** Seconds as days, with the second that a half-open window leaves. */
export const sayTime = (seconds: number) => (seconds === 0 ? "0" : `${days(seconds)} d (${seconds} s)`);
