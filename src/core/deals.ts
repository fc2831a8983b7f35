import type { Terms } from "./terms.ts";

/** Where a deal stands, in the order of the contract's `Status`. */
export const dealStatuses = [
  "none",
  "deposited",
  "funded",
  "shipped",
  "delivered",
  "released",
  "disputed",
  "closed",
] as const;

export type DealStatus = (typeof dealStatuses)[number];

/** A clock of the terms, or `until`: the end of the window that the chain keeps for the state (inspection, tail, backstop). */
export type DealClock = "fundBy" | "balanceBy" | "shipBy" | "deliverBy" | "until";

/** Who may act; `party` is buyer or seller, `both` needs both signatures. */
export type DealActor = "buyer" | "seller" | "attestor" | "tribunal" | "party" | "both" | "anyone";

/** When an action is possible in a state, and where it can lead. Windows are half-open: `before` excludes its second, `from` includes it. */
export type DealTransition = {
  /** Who may act here, where it is not everybody of the rule. */
  readonly by?: DealActor;
  readonly before?: DealClock;
  readonly from?: DealClock;
  readonly to: readonly DealStatus[];
};

export type DealRule = {
  readonly by: DealActor;
  readonly in: Readonly<Partial<Record<DealStatus, DealTransition>>>;
};

const released = ["released", "closed"] as const;
const closed = ["closed"] as const;
const disputed = ["disputed"] as const;

/**
 * Every action of the escrow in every state; what is not listed is refused. The contract conforms to this table
 * (`test/contracts/conformance.test.ts` walks it).
 */
export const dealTable = {
  fund: { by: "buyer", in: { none: { before: "fundBy", to: ["deposited", "funded"] } } },
  payBalance: { by: "buyer", in: { deposited: { before: "balanceBy", to: ["funded"] } } },
  ship: { by: "seller", in: { funded: { before: "shipBy", to: ["shipped"] } } },
  deliver: { by: "attestor", in: { shipped: { before: "deliverBy", to: ["delivered"] } } },
  confirm: {
    by: "buyer",
    in: {
      deposited: { to: released },
      funded: { to: released },
      shipped: { to: released },
      delivered: { to: released },
    },
  },
  release: { by: "anyone", in: { delivered: { from: "until", to: released } } },
  refund: {
    by: "seller",
    in: {
      deposited: { to: closed },
      funded: { to: ["funded", "closed"] },
      shipped: { to: ["shipped", "closed"] },
      delivered: { to: ["delivered", "closed"] },
    },
  },
  expire: { by: "anyone", in: { funded: { from: "shipBy", to: closed }, shipped: { from: "deliverBy", to: closed } } },
  lapse: {
    by: "anyone",
    in: { deposited: { from: "balanceBy", to: closed }, disputed: { from: "until", to: closed } },
  },
  close: { by: "anyone", in: { released: { from: "until", to: closed } } },
  dispute: {
    by: "party",
    in: {
      deposited: { before: "balanceBy", to: disputed },
      funded: { before: "shipBy", to: disputed },
      shipped: { before: "deliverBy", to: disputed },
      delivered: { before: "until", to: disputed },
      // Nothing is held in the tail: the claim on the coverage is the buyer's, and nobody else may cut its time short.
      released: { by: "buyer", before: "until", to: disputed },
    },
  },
  settle: {
    by: "both",
    in: {
      deposited: { to: closed },
      funded: { to: closed },
      shipped: { to: closed },
      delivered: { to: closed },
      disputed: { to: closed },
    },
  },
  award: { by: "tribunal", in: { disputed: { before: "until", to: closed } } },
  extendBackstop: { by: "tribunal", in: { disputed: { before: "until", to: disputed } } },
} as const satisfies Record<string, DealRule>;

export type DealAction = keyof typeof dealTable;

/** What the chain knows of a deal: `held` in minor units, `until` in Unix seconds (0 where the terms state the clock). */
export type DealState = { readonly status: DealStatus; readonly held: bigint; readonly until: number };

/** Unix second that a clock of the deal stands for. */
export const clockOf = (clock: DealClock, terms: Terms, state: DealState): number =>
  clock === "until" ? state.until : terms[clock];

/** Who may take an action in a status. */
export const actorOf = (action: DealAction, status: DealStatus): DealActor => {
  const rule: DealRule = dealTable[action];
  return rule.in[status]?.by ?? rule.by;
};

/** Why an action is refused in a state at a time, or `undefined` when the table allows it. Says nothing about who acts. */
export const refusalOf = (
  action: DealAction,
  state: DealState,
  { terms, now }: { readonly terms: Terms; readonly now: number },
): "status" | "too-early" | "too-late" | undefined => {
  const rule: DealRule = dealTable[action];
  const transition = rule.in[state.status];
  if (!transition) return "status";
  if (transition.before !== undefined && now >= clockOf(transition.before, terms, state)) return "too-late";
  if (transition.from !== undefined && now < clockOf(transition.from, terms, state)) return "too-early";
  return undefined;
};

/** Actions that time alone allows: anyone may carry them once their clock is reached. */
export const deadlineActions = ["release", "expire", "lapse", "close"] as const satisfies readonly DealAction[];

export type DeadlineAction = (typeof deadlineActions)[number];

/**
 * What happens if nobody acts: the action that anyone may carry out, and the Unix second from which. `undefined` before
 * funding and after the end.
 */
export const nextDeadline = (
  state: DealState,
  terms: Terms,
): { readonly action: DeadlineAction; readonly at: number } | undefined => {
  for (const action of deadlineActions) {
    const rule: DealRule = dealTable[action];
    const transition = rule.in[state.status];
    if (transition?.from !== undefined) return { action, at: clockOf(transition.from, terms, state) };
  }
  return undefined;
};

/** The marketplace's part of what the seller gets: basis points of it, rounded down. Minor units. */
export const feeOf = (toSeller: bigint, feeBps: number): bigint => (toSeller * BigInt(feeBps)) / 10_000n;
