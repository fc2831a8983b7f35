import { type Address, type Hex, hashTypedData } from "viem";
import { dealOfIntent, type IntentFacts, intentFacts } from "./intentFacts.ts";
import { intentRules, type SignableKind } from "./intentRules.ts";
import { type TypedDataJson, typedDataJson } from "./typedDataJson.ts";
import { type IntentPlace, requireTermsOf, type UnsignedIntent, unsignedTypedData } from "./unsignedIntent.ts";

/** What a wallet is asked to sign, and what comes of it. */
export type IntentPreview = Pick<IntentFacts, "signers" | "threshold" | "action" | "deadline"> &
  Readonly<{
    kind: SignableKind;
    /** For `eth_signTypedData_v4`. */
    typedData: TypedDataJson;
    /** EIP-712 digest of the typed data. */
    digest: Hex;
    /** The contract function that takes the signatures. */
    call: Readonly<{ contract: "escrow" | "tribunal"; to: Address; function: string }>;
  }>;

/**
 * What the signers of an intent are asked to sign, without a relayer. `terms` are those of the deal
 * that it is about.
 *
 * @throws ProtocolError `deal-unknown` where these are not the deal's terms; `signature-invalid`
 *   for a dispute by neither party; `panel-mismatch` where the terms name another panel.
 * @example
 * const { typedData, signers } = previewIntent({ kind: "ShipGoods", message }, { domain, terms });
 */
export function previewIntent(intent: UnsignedIntent, place: IntentPlace): IntentPreview {
  const terms = dealOfIntent(intent) === undefined ? undefined : requireTermsOf(intent, place);
  const { signers, threshold, action, deadline } = intentFacts(intent, terms);
  const typedData = unsignedTypedData(intent, place);
  const { contract, call } = intentRules[intent.kind];
  return {
    kind: intent.kind,
    action,
    signers,
    threshold,
    deadline,
    digest: hashTypedData(typedData),
    typedData: typedDataJson(typedData),
    call: { contract, to: contract === "tribunal" && terms ? terms.tribunal : place.domain.escrow, function: call },
  };
}
