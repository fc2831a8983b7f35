import type { Hex } from "viem";
import { ProtocolError } from "../errors.ts";
import type { SeenState } from "./dealTable.ts";
import { dealOfIntent, type StatedIntent } from "./intentFacts.ts";
import {
  determinationTypedData,
  extensionTypedData,
  type Intent,
  type IntentMessage,
  intentDigest,
  intentTypedData,
} from "./intents.ts";
import { dealIdOf, type EscrowDomain, type Terms, termsTypedData } from "./terms.ts";
import { authorizationTypedData, fundingAuthorization, fundingPermit2, type TokenDomain } from "./tokenTypedData.ts";
import type { TypedData } from "./typedDataJson.ts";

/**
 * Everything that a wallet must know to sign an intent. `token` is the EIP-712 name and version of
 * the token that its signer pays in.
 */
export type UnsignedIntent =
  | Exclude<Intent, Readonly<{ kind: "PostBond" }>>
  | Readonly<{ kind: "PostBond"; message: IntentMessage<"PostBond">; token: TokenDomain }>
  | Readonly<{ kind: "FundDeal"; deal: Hex }>
  | Readonly<{ kind: "FundDealWithAuthorization"; deal: Hex; token: TokenDomain }>
  /** `nonce`: any that the buyer has not used with Permit2. */
  | Readonly<{ kind: "FundDealWithPermit2"; deal: Hex; nonce: bigint }>
  /** `seen`: the state of the deal, as `seenIn` makes it. */
  | Readonly<{ kind: "PayBalanceWithAuthorization"; deal: Hex; seen: SeenState; token: TokenDomain }>
  | Extract<StatedIntent, Readonly<{ kind: "Determination" | "Extension" }>>;

/** Where an intent holds, and the terms of the deal that it is about. */
export type IntentPlace = Readonly<{ domain: EscrowDomain; terms?: Terms | undefined }>;

/**
 * The EIP-712 typed data that the signers of an intent sign: of the escrow, the tribunal, the token
 * (ERC-3009) or Permit2.
 *
 * @throws ProtocolError `deal-unknown` where the intent is about a deal and these are not its
 *   terms.
 * @example await seller.signTypedData(unsignedTypedData({ kind: "ShipGoods", message }, { domain, terms }));
 */
export function unsignedTypedData(intent: UnsignedIntent, { domain, terms }: IntentPlace): TypedData {
  const about = () => requireTermsOf(intent, { domain, terms });
  switch (intent.kind) {
    case "FundDeal":
      return termsTypedData(about(), domain);
    case "FundDealWithAuthorization":
      return fundingAuthorization(about(), domain, intent.token);
    case "FundDealWithPermit2":
      return fundingPermit2(about(), domain, intent.nonce);
    case "PayBalanceWithAuthorization": {
      const { buyer, token, price, deposit, balanceBy } = about();
      const message = { deal: intent.deal, amount: price - deposit, ...intent.seen, deadline: balanceBy };
      const payment = { from: buyer, value: message.amount, validBefore: balanceBy };
      const nonce = intentDigest({ kind: "PayBalance", message }, domain);
      return authorizationTypedData({ ...payment, nonce }, { ...domain, ...intent.token, token });
    }
    case "PostBond": {
      const { seller, token, amount, deadline } = intent.message;
      const nonce = intentDigest(intent, domain);
      const payment = { from: seller, value: amount, validBefore: deadline, nonce };
      return authorizationTypedData(payment, { ...domain, ...intent.token, token });
    }
    case "Determination":
      return determinationTypedData(intent.determination, {
        chainId: domain.chainId,
        tribunal: about().tribunal,
      });
    case "Extension":
      return extensionTypedData(intent.extension, { chainId: domain.chainId, tribunal: about().tribunal });
    default:
      return intentTypedData(intent, domain);
  }
}

/**
 * The terms of the deal that an intent is about.
 *
 * @throws ProtocolError `deal-unknown` where none or others are given.
 */
export function requireTermsOf(intent: StatedIntent, { domain, terms }: IntentPlace): Terms {
  const deal = dealOfIntent(intent) ?? null;
  if (terms !== undefined && dealIdOf(terms, domain) === deal) return terms;
  throw new ProtocolError("deal-unknown", { deal });
}
