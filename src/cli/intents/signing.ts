// One party's signature over what it states.
import type { Address } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { accountsOf, type DealActor } from "../../core/deal/dealTable.ts";
import { intentRules, type SignableKind } from "../../core/deal/intentRules.ts";
import type { Terms } from "../../core/deal/terms.ts";
import { type UnsignedIntent, unsignedTypedData } from "../../core/deal/unsignedIntent.ts";
import { ProtocolError } from "../../core/errors.ts";
import { type RelayRequest, signedRequest } from "../../wire/relayRequests.ts";
import type { DealFile } from "../dealFile.ts";
import { addSignature, type PartialSettlement } from "./settlement.ts";

/** A request that may still lack the other side's signature. */
export type Signed = { readonly request: RelayRequest | PartialSettlement; readonly isComplete: boolean };

/** What one key can sign alone, or together with the other party's. */
export type OwnIntent = Exclude<UnsignedIntent, { readonly kind: "Determination" | "Extension" }>;

/** Refuses a key with `key-wrong` where the terms say that another account signs this. */
export function requireSigner(kind: SignableKind, { terms, signer }: { terms: Terms; signer: Address }): void {
  const allowed = accountsOf(actorOf(kind), terms);
  if (allowed.length > 0 && !allowed.includes(signer))
    throw new ProtocolError("key-wrong", { address: signer, expected: allowed.join(", ") });
}

/** Who of the terms signs this kind; `anyone` where its own message names the account. */
const actorOf = (kind: SignableKind): DealActor => {
  const { signer } = intentRules[kind];
  switch (signer) {
    case "message.by":
      return "party";
    case "message.seller":
    case "message.owner":
    case "panel":
      return "anyone";
    default:
      return signer;
  }
};

/** Signs an intent. `other` is a settlement that the other side signed. */
export async function signIntent(
  intent: OwnIntent,
  { deal, wallet, other }: { deal: DealFile; wallet: PrivateKeyAccount; other: PartialSettlement | undefined },
): Promise<Signed> {
  const signature = await wallet.signTypedData(unsignedTypedData(intent, deal));
  if (intent.kind === "Settlement") {
    const side = wallet.address.toLowerCase() === deal.terms.buyer ? "buyerSignature" : "sellerSignature";
    return addSignature({ ...other, ...intent }, { [side]: signature });
  }
  const request = signedRequest(intent, signature);
  const isFunding = request.kind === "FundDeal" || request.kind === "FundDealWithAuthorization";
  if (!isFunding || deal.sellerSignature === null) return { request, isComplete: true };
  return { request: { ...request, sellerSignature: deal.sellerSignature }, isComplete: true };
}
