import type { Address, Hex } from "viem";
import type { SignedDigest } from "../../chain/signature.ts";
import type { IntentFacts } from "../../core/deal/intentFacts.ts";
import type { CallPayload } from "../../db/tables.ts";
import type { RelayKind, RelayRequest } from "../../wire/relayRequests.ts";
import type { PlanContext } from "./planContext.ts";

/**
 * What a request comes to: who signed what, what the contract must be told, and what can be checked
 * before.
 */
export type CallPlan = IntentFacts &
  Readonly<{
    /**
     * Same id, same effect: the EIP-712 digest where a signature was checked, else a hash over the
     * unchecked bytes too.
     */
    id: Hex;
    /** Whose action it is; null where several sign. */
    signer: Address | null;
    signed: readonly SignedDigest[];
    /**
     * Money that moves by a signature that only its token or Permit2 can check: the call is
     * simulated before it is taken.
     */
    needsSimulation: boolean;
    orderKey: string;
    call: CallPayload;
  }>;

/**
 * What depends on how a kind of request is signed; `planCall` adds what follows from the intent.
 */
export type SignedPlan = Pick<CallPlan, "id" | "signed" | "needsSimulation" | "orderKey" | "call">;

/** Each kind of request by its name. */
export type Requests = Readonly<{ [K in RelayKind]: Extract<RelayRequest, { kind: K }> }>;

/** What a request is planned with, and what follows from it without its signatures. */
export type Planning = PlanContext & Readonly<{ facts: IntentFacts }>;

/** How each kind of request becomes a call. */
export type Planners = Readonly<{
  [K in RelayKind]: (request: Requests[K], planning: Planning) => SignedPlan | Promise<SignedPlan>;
}>;
