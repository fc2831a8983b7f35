import { concat, type Hex, keccak256, stringToHex } from "viem";
import type { Contracts } from "../../chain/contracts.ts";
import { intentCall } from "../../chain/intentCall.ts";
import type { CallInput, SignableKind } from "../../core/deal/intentRules.ts";
import { type Intent, intentDigest } from "../../core/deal/intents.ts";
import { type EscrowDomain, type Terms, termsDigest } from "../../core/deal/terms.ts";
import { ProtocolError } from "../../core/errors.ts";
import type { CallPayload } from "../../db/tables.ts";
import type { RelayKind } from "../../wire/relayRequests.ts";

/** What a request is planned with: the chain, its contracts, and what is stored about the deal. */
export type PlanContext = Readonly<{
  chainId: number;
  contracts: Contracts;
  /** Terms of the deal that the request names, if it names one. */
  terms: Terms | undefined;
  /** The seller's signature over them, if it was handed in when the deal was registered. */
  sellerSignature: Hex | undefined;
}>;

/** The terms of the deal that the request names. Throws `deal-unknown`. */
export function requireTerms({ terms }: PlanContext): Terms {
  if (terms === undefined) throw new ProtocolError("deal-unknown");
  return terms;
}

/** The EIP-712 digest of an intent under the escrow of this chain. */
export function digestOf(intent: Intent, context: PlanContext): Hex {
  return intentDigest(intent, domainOf(context));
}

/** The EIP-712 digest of the deal's terms. Throws `deal-unknown`. */
export function termsDigestOf(context: PlanContext): Hex {
  return termsDigest(requireTerms(context), domainOf(context));
}

/** An id for a request that has signatures which only the token or Permit2 can check. */
export function idOver(kind: RelayKind, parts: readonly Hex[]): Hex {
  return keccak256(concat([stringToHex(kind), ...parts]));
}

/** The call that submits an intent, as the outbox keeps it. */
export function callOf<K extends SignableKind>(kind: K, input: CallInput[K], { contracts }: PlanContext): CallPayload {
  const { to, data } = intentCall(kind, input, { escrow: contracts.escrow, tribunal: contracts.panel });
  return { to, data };
}

function domainOf({ chainId, contracts }: PlanContext): EscrowDomain {
  return { chainId, escrow: contracts.escrow };
}
