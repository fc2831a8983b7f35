/** Who holds test dollars at the end: wallets, the marketplace's credit, the seller's bond. */
export const accounts = ["buyer", "seller", "marketplace", "bond"] as const;

export type AccountName = (typeof accounts)[number];

/** Minor units by account. */
export type Holdings = Readonly<Record<AccountName, bigint>>;

/**
 * What each account must have gained or lost by the terms, kept beside the chain to be compared
 * with it at the end.
 */
export function createLedger() {
  const expected: Record<AccountName, bigint> = { buyer: 0n, seller: 0n, marketplace: 0n, bond: 0n };
  return {
    /**
     * A payment that the terms call for; `from` is absent for money that comes out of the escrow.
     */
    move: (amount: bigint, { from, to }: { readonly from?: AccountName; readonly to?: AccountName }) => {
      if (from) expected[from] -= amount;
      if (to) expected[to] += amount;
    },
    /** Holdings that must follow from those at the start. */
    after: (start: Holdings): Holdings =>
      Object.fromEntries(accounts.map((name) => [name, start[name] + expected[name]])) as Holdings,
  };
}

export type Ledger = ReturnType<typeof createLedger>;
