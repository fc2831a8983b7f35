import type { Fees } from "../chain/transactions.ts";

const larger = (a: bigint, b: bigint) => (a > b ? a : b);

// Nodes demand a tenth more on both fields; an eighth passes all of them.
const raised = (fee: bigint) => (fee * 9n) / 8n + 1n;

/**
 * Fees that take the place of `old` at a node and suit the present; `undefined` once that costs
 * more than `cap` per gas.
 */
export function raiseFees(old: Fees, fresh: Fees, cap: bigint): Fees | undefined {
  const maxPriorityFee = larger(raised(old.maxPriorityFee), fresh.maxPriorityFee);
  const maxFee = larger(larger(raised(old.maxFee), fresh.maxFee), maxPriorityFee);
  return maxFee > cap ? undefined : { maxFee, maxPriorityFee };
}

/** A first bid that never exceeds `cap`. */
export function capFees(fresh: Fees, cap: bigint): Fees {
  return {
    maxFee: fresh.maxFee > cap ? cap : fresh.maxFee,
    maxPriorityFee: fresh.maxPriorityFee > cap ? cap : fresh.maxPriorityFee,
  };
}
