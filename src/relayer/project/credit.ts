import type { Address } from "viem";
import { argsOf, type ProjectedEvent, type ProjectionOf, withoutStatus } from "./projector.ts";

/** What the escrow owes an account in one token. The amount is a decimal string. */
export type CreditProjection = Readonly<{ owner: Address; token: Address; amount: string }>;

/** The key of an account's credit in a token. */
export function creditKey(owner: string, token: string): string {
  return `${owner}/${token}`.toLowerCase();
}

/** The credit after an event. */
export function projectCredit(
  key: string,
  before: CreditProjection | undefined,
  event: ProjectedEvent,
): ProjectionOf<"credit", CreditProjection> {
  const [owner, token] = key.split("/") as [Address, Address];
  const added = BigInt(argsOf(event).amount!) * (event.name === "CreditAdded" ? 1n : -1n);
  const amount = (BigInt(before?.amount ?? 0) + added).toString();
  return { kind: "credit", key, state: { owner, token, amount }, parties: [owner], ...withoutStatus(event) };
}
