import type { Address } from "viem";
import type { CreditProjection } from "../../db/projectionStates.ts";
import type { Projection } from "../../db/projections.ts";
import { argsOf, type ProjectedEvent, withoutStatus } from "./projector.ts";

/** The key of an account's credit in a token. */
export function creditKey(owner: string, token: string): string {
  return `${owner}/${token}`.toLowerCase();
}

/** The credit after an event. */
export function projectCredit(
  key: string,
  before: CreditProjection | undefined,
  event: ProjectedEvent,
): Projection<"credit"> {
  const [owner, token] = key.split("/") as [Address, Address];
  const added = BigInt(argsOf(event).amount!) * (event.name === "CreditAdded" ? 1n : -1n);
  const amount = (before?.amount ?? 0n) + added;
  return { kind: "credit", key, state: { owner, token, amount }, parties: [owner], ...withoutStatus(event) };
}
