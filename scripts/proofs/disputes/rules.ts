import {
  actorOf,
  type DealAction,
  type DealActor,
  type DealPlace,
  type DealState,
  refusalOf,
} from "../../../src/core/deal/dealTable.ts";
import { type DealCall, type DealStep, type Moment, stepOf } from "../../../src/core/deal/payouts.ts";
import { ProtocolError } from "../../../src/core/errors.ts";

/** What the walk asks of the escrow. The tests put broken rules in its place. */
export type Rules = Readonly<{
  /** Where a call leads and what it pays, or `undefined` where it is refused. */
  step: (call: DealCall, state: DealState, moment: Moment) => DealStep | undefined;
  actor: (action: DealAction, place: DealPlace) => DealActor;
}>;

/** Core's own model, which the conformance test and `check:liveness` hold to the contract. */
export const escrowRules: Rules = {
  step(call, state, moment) {
    if (refusalOf(call.action, state, moment) !== undefined) return undefined;
    try {
      return stepOf(call, state, moment);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === "action-refused") return undefined;
      throw error;
    }
  },
  actor: actorOf,
};
