import type { Address, Hex } from "viem";
import type { SignedDigest } from "../../chain/signature.ts";
import type { DealAction, SeenState } from "../../core/deal/dealTable.ts";
import type { CallPayload } from "../../db/tables.ts";
import type { RelayKind, RelayRequest } from "../../wire/relayRequests.ts";
import type { PlanContext } from "./planContext.ts";

/** What a request comes to: who signed what, what the contract must be told, and what can be checked before. */
export type CallPlan = Readonly<{
  /** Same id, same effect: the EIP-712 digest where a signature was checked, else a hash over the unchecked bytes too. */
  id: Hex;
  /** Whose action it is; null where several sign. */
  signer: Address | null;
  action: DealAction | null;
  /** Second from which the contract refuses it. */
  deadline: number;
  signed: readonly SignedDigest[];
  /** Money that moves by a signature that only its token or Permit2 can check: the call is simulated before it is taken. */
  needsSimulation: boolean;
  /** What the signer saw, and the only state in which the contract takes it; null where any will do. */
  signedIn: SeenState | null;
  /** `disputedAt` of the dispute that a panel decides; null for anything else. */
  disputedAt: number | null;
  /** Seconds from then before which the tribunal refuses it. */
  answerWindow: number;
  /** Split of what is held, to be compared with it. */
  split: Readonly<{ toBuyer: bigint; toSeller: bigint; compensation: bigint }> | null;
  orderKey: string;
  call: CallPayload;
}>;

/** What a planner says of its kind of request; `planCall` fills in the rest. */
type OwnPlan = Partial<CallPlan> & Pick<CallPlan, "id" | "deadline" | "orderKey" | "call">;

/** How each kind of request becomes a call. */
export type Planners = Readonly<{
  [K in RelayKind]: (request: Extract<RelayRequest, { kind: K }>, context: PlanContext) => OwnPlan | Promise<OwnPlan>;
}>;
