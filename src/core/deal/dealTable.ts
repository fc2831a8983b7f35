import type { Address } from "viem";
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

/** Name of a status. */
export type DealStatus = (typeof dealStatuses)[number];

/**
 * A state between funding and its end, in which the money waits or claims on the coverage stay
 * open.
 */
export type DealStage = Exclude<DealStatus, "none" | "disputed" | "closed">;

/** Where a deal stands, with the stage in which it is disputed. */
export type DealPlace = Exclude<DealStatus, "disputed"> | `disputed-${DealStage}`;

/** All places, in the order of a deal's life. */
export const dealPlaces = [
  "none",
  "deposited",
  "funded",
  "shipped",
  "delivered",
  "released",
  "disputed-deposited",
  "disputed-funded",
  "disputed-shipped",
  "disputed-delivered",
  "disputed-released",
  "closed",
] as const satisfies readonly DealPlace[];

/**
 * A clock of the terms, or `until`: the end of the window that the chain keeps for the state
 * (inspection, tail, backstop).
 */
export type DealClock = "fundBy" | "balanceBy" | "shipBy" | "deliverBy" | "until";

/** Who may act; `party` is buyer or seller, `both` needs both signatures. */
export type DealActor = "buyer" | "seller" | "attestor" | "tribunal" | "party" | "both" | "anyone";

/**
 * When an action is possible in a place, and where it can lead. Windows are half-open: `before`
 * excludes its second, `from` includes it.
 */
export type DealTransition = {
  /** Who may act here, where it is not everybody of the rule. */
  readonly by?: DealActor;
  readonly before?: DealClock;
  readonly from?: DealClock;
  readonly to: readonly DealPlace[];
};

/** One action: who takes it, and in which places. */
export type DealRule = {
  readonly by: DealActor;
  readonly in: Readonly<Partial<Record<DealPlace, DealTransition>>>;
};

const released = ["released", "closed"] as const;
const closed = ["closed"] as const;
/** A dispute in which a party gave in goes on, about the coverage. */
const givenIn = ["disputed-released", "closed"] as const;

/**
 * Every action of the escrow in every place; what is not listed is refused. The contract conforms
 * to this table (`test/contracts/conformance.test.ts` walks it).
 */
export const dealTable = {
  fund: { by: "buyer", in: { none: { before: "fundBy", to: ["deposited", "funded"] } } },
  payBalance: {
    by: "buyer",
    in: {
      deposited: { before: "balanceBy", to: ["funded"] },
      "disputed-deposited": { before: "balanceBy", to: ["disputed-funded"] },
    },
  },
  ship: {
    by: "seller",
    in: {
      funded: { before: "shipBy", to: ["shipped"] },
      "disputed-funded": { before: "shipBy", to: ["disputed-shipped"] },
    },
  },
  deliver: {
    by: "attestor",
    in: {
      shipped: { before: "deliverBy", to: ["delivered"] },
      "disputed-shipped": { before: "deliverBy", to: ["disputed-delivered"] },
    },
  },
  confirm: {
    by: "buyer",
    in: {
      deposited: { before: "balanceBy", to: closed },
      funded: { before: "shipBy", to: released },
      shipped: { before: "deliverBy", to: released },
      delivered: { before: "until", to: released },
      "disputed-deposited": { before: "until", to: closed },
      "disputed-funded": { before: "until", to: givenIn },
      "disputed-shipped": { before: "until", to: givenIn },
      "disputed-delivered": { before: "until", to: givenIn },
    },
  },
  release: { by: "anyone", in: { delivered: { from: "until", to: released } } },
  refund: {
    by: "seller",
    in: {
      deposited: { before: "balanceBy", to: closed },
      funded: { before: "shipBy", to: ["funded", "closed"] },
      shipped: { before: "deliverBy", to: ["shipped", "released", "closed"] },
      delivered: { before: "until", to: ["delivered", "released", "closed"] },
      "disputed-deposited": { before: "until", to: givenIn },
      "disputed-funded": { before: "until", to: givenIn },
      "disputed-shipped": { before: "until", to: givenIn },
      "disputed-delivered": { before: "until", to: givenIn },
    },
  },
  expire: {
    by: "anyone",
    in: { funded: { from: "shipBy", to: closed }, shipped: { from: "deliverBy", to: released } },
  },
  lapse: {
    by: "anyone",
    in: {
      deposited: { from: "balanceBy", to: closed },
      "disputed-deposited": { from: "until", to: closed },
      "disputed-funded": { from: "until", to: closed },
      "disputed-shipped": { from: "until", to: released },
      "disputed-delivered": { from: "until", to: released },
      "disputed-released": { from: "until", to: closed },
    },
  },
  close: { by: "anyone", in: { released: { from: "until", to: closed } } },
  dispute: {
    by: "party",
    in: {
      // A seller needs a tribunal only where silence refunds the price: before delivery.
      deposited: { by: "buyer", before: "balanceBy", to: ["disputed-deposited"] },
      funded: { before: "shipBy", to: ["disputed-funded"] },
      shipped: { before: "deliverBy", to: ["disputed-shipped"] },
      delivered: { by: "buyer", before: "until", to: ["disputed-delivered"] },
      released: { by: "buyer", before: "until", to: ["disputed-released"] },
    },
  },
  settle: {
    by: "both",
    in: {
      deposited: { to: closed },
      funded: { to: closed },
      shipped: { to: closed },
      delivered: { to: closed },
      released: { to: closed },
      "disputed-deposited": { to: closed },
      "disputed-funded": { to: closed },
      "disputed-shipped": { to: closed },
      "disputed-delivered": { to: closed },
      "disputed-released": { to: closed },
    },
  },
  award: {
    by: "tribunal",
    in: {
      "disputed-deposited": { before: "until", to: closed },
      "disputed-funded": { before: "until", to: closed },
      "disputed-shipped": { before: "until", to: closed },
      "disputed-delivered": { before: "until", to: closed },
      "disputed-released": { before: "until", to: closed },
    },
  },
  extendBackstop: {
    by: "tribunal",
    in: {
      "disputed-deposited": { before: "until", to: ["disputed-deposited"] },
      "disputed-funded": { before: "until", to: ["disputed-funded"] },
      "disputed-shipped": { before: "until", to: ["disputed-shipped"] },
      "disputed-delivered": { before: "until", to: ["disputed-delivered"] },
      "disputed-released": { before: "until", to: ["disputed-released"] },
    },
  },
} as const satisfies Record<string, DealRule>;

/** Name of an action of the escrow. */
export type DealAction = keyof typeof dealTable;

/**
 * What the chain knows of a deal: `held` in minor units, times in Unix seconds (0 where the terms
 * state the clock).
 */
export type DealState = {
  readonly status: DealStatus;
  /**
   * The stage of a disputed deal, which moves on while the parties perform; `none` without a
   * dispute.
   */
  readonly disputedFrom: DealStatus;
  readonly held: bigint;
  /** End of the running window: inspection, tail or backstop. */
  readonly until: number;
  /**
   * When the dispute was opened, or the end of the inspection for one that was open at delivery; 0
   * without one.
   */
  readonly disputedAt: number;
};

/**
 * A state that no dispute holds up.
 *
 * @example undisputed("funded", 40_000_000_000n) // { status: "funded", disputedFrom: "none", held: 40000000000n, ... }
 */
export function undisputed(status: DealStatus, held = 0n, until = 0): DealState {
  return {
    status,
    disputedFrom: "none",
    held,
    until,
    disputedAt: 0,
  };
}

/**
 * Where the deal stands apart from its dispute.
 *
 * @example stageOf({ status: "disputed", disputedFrom: "shipped" }) // "shipped"
 */
export function stageOf(state: Pick<DealState, "status" | "disputedFrom">): DealStatus {
  return state.status === "disputed" ? state.disputedFrom : state.status;
}

/**
 * Where the deal stands, as the table names it.
 *
 * @example placeOf({ status: "disputed", disputedFrom: "shipped" }) // "disputed-shipped"
 */
export function placeOf(state: Pick<DealState, "status" | "disputedFrom">): DealPlace {
  return state.status === "disputed" ? `disputed-${state.disputedFrom as DealStage}` : state.status;
}

/**
 * Number of a status in the contract's `Status`, as intents state it.
 *
 * @example statusNumber("shipped") // 3
 */
export function statusNumber(status: DealStatus): number {
  return dealStatuses.indexOf(status);
}

/**
 * A state as papers name it: numbers of the contract's `Status`, and the dispute's Unix second, 0
 * without one. A deal passes each state once, and a paper works in exactly the one that it names.
 *
 * @example seenIn(undisputed("funded")) // { status: 2, disputedFrom: 0, disputedAt: 0 }
 */
export function seenIn(state: Pick<DealState, "status" | "disputedFrom" | "disputedAt">) {
  return {
    status: statusNumber(state.status),
    disputedFrom: statusNumber(state.disputedFrom),
    disputedAt: state.disputedAt,
  };
}

/** What {@link seenIn} makes. */
export type SeenState = ReturnType<typeof seenIn>;

/**
 * Unix second that a clock of the deal stands for.
 *
 * @example clockOf("shipBy", terms, undisputed("funded")) // terms.shipBy
 */
export function clockOf(clock: DealClock, terms: Terms, state: DealState): number {
  return clock === "until" ? state.until : terms[clock];
}

/**
 * Unix second until which a stage can be disputed; after it, its deadline's own action may run.
 *
 * @throws RangeError for a state in which nobody can open a dispute.
 * @example disputableUntil(undisputed("shipped"), terms) // terms.deliverBy
 */
export function disputableUntil(state: DealState, terms: Terms): number {
  const rule: DealRule = dealTable.dispute;
  const clock = rule.in[placeOf(state)]?.before;
  if (clock === undefined) throw new RangeError(`a deal that is ${state.status} cannot be disputed`);
  return clockOf(clock, terms, state);
}

/**
 * Who may take an action in a place.
 *
 * @example actorOf("dispute", "delivered") // "buyer"
 */
export function actorOf(action: DealAction, place: DealPlace): DealActor {
  const rule: DealRule = dealTable[action];
  return rule.in[place]?.by ?? rule.by;
}

/**
 * The accounts of a deal's terms that stand for an actor, in lower case; none for `anyone`.
 *
 * @example accountsOf("party", terms) // [terms.buyer, terms.seller]
 */
export function accountsOf(actor: DealActor, terms: Terms): readonly Address[] {
  switch (actor) {
    case "party":
    case "both":
      return [terms.buyer, terms.seller];
    case "anyone":
      return [];
    default:
      return [terms[actor]];
  }
}

/**
 * Why an action is refused in a state at a time, or `undefined` when the table allows it. Says
 * nothing about who acts.
 *
 * @example refusalOf("ship", undisputed("funded"), { terms, now: terms.shipBy }) // "too-late"
 */
export function refusalOf(
  action: DealAction,
  state: DealState,
  { terms, now }: { readonly terms: Terms; readonly now: number },
): "status" | "too-early" | "too-late" | undefined {
  const rule: DealRule = dealTable[action];
  const transition = rule.in[placeOf(state)];
  if (!transition) return "status";
  if (transition.before !== undefined && now >= clockOf(transition.before, terms, state)) return "too-late";
  if (transition.from !== undefined && now < clockOf(transition.from, terms, state)) return "too-early";
  return undefined;
}

/** Actions that time alone allows: anyone may submit them once their clock is reached. */
export const deadlineActions = ["release", "expire", "lapse", "close"] as const satisfies readonly DealAction[];

/** An action that only waits for its clock. */
export type DeadlineAction = (typeof deadlineActions)[number];

/**
 * What happens if nobody acts: the action that anyone may take, and the Unix second from which.
 * `undefined` before funding and after the end.
 *
 * @example nextDeadline(undisputed("funded"), terms) // { action: "expire", at: terms.shipBy }
 */
export function nextDeadline(
  state: DealState,
  terms: Terms,
): { readonly action: DeadlineAction; readonly at: number } | undefined {
  for (const action of deadlineActions) {
    const rule: DealRule = dealTable[action];
    const transition = rule.in[placeOf(state)];
    if (transition?.from !== undefined) return { action, at: clockOf(transition.from, terms, state) };
  }
  return undefined;
}
