import type { Address, Hex, LocalAccount } from "viem";
import {
  type Determination,
  determinationDigest,
  determinationTypedData,
  type Intent,
  intentTypedData,
} from "../../core/deal/intents.ts";
import { dealIdOf, type Terms, termsTypedData } from "../../core/deal/terms.ts";
import { fundingAuthorization } from "../../core/deal/tokenTypedData.ts";
import type { RelayRequest } from "../../wire/relayRequests.ts";
import type { Deployment } from "../deploy.ts";

/** The name and version that the test stablecoin signs under. */
const TOKEN_DOMAIN = { name: "Test Dollar", version: "1" } as const;

type PartyIntent = Exclude<Intent, { kind: "Settlement" | "PostBond" }>;

/** What the demonstration's wallets sign. */
export function createSigning({ chainId, escrow, panelTribunal }: Deployment) {
  const domain = { chainId, escrow };

  const intent = async (signer: LocalAccount, message: PartyIntent): Promise<RelayRequest> => ({
    ...message,
    signature: await signer.signTypedData(
      intentTypedData(message, domain) as Parameters<LocalAccount["signTypedData"]>[0],
    ),
  });

  const settlement = async (
    signers: { readonly buyer: LocalAccount; readonly seller: LocalAccount },
    message: Extract<Intent, { kind: "Settlement" }>["message"],
  ): Promise<RelayRequest> => {
    const typedData = intentTypedData({ kind: "Settlement", message }, domain) as Parameters<
      LocalAccount["signTypedData"]
    >[0];
    return {
      kind: "Settlement",
      message,
      buyerSignature: await signers.buyer.signTypedData(typedData),
      sellerSignature: await signers.seller.signTypedData(typedData),
    };
  };

  const terms = (signer: LocalAccount, signed: Terms): Promise<Hex> =>
    signer.signTypedData(termsTypedData(signed, domain));

  /** ERC-3009: lets the escrow collect the deposit for this deal and for nothing else. */
  const authorization = (buyer: LocalAccount, signed: Terms): Promise<Hex> =>
    buyer.signTypedData(fundingAuthorization(signed, domain, TOKEN_DOMAIN));

  const determination = async (
    arbitrators: readonly LocalAccount[],
    message: Determination,
  ): Promise<{ signer: Address; signature: Hex }[]> =>
    Promise.all(
      arbitrators.map(async (arbitrator) => ({
        signer: arbitrator.address,
        signature: await arbitrator.signTypedData(
          determinationTypedData(message, { chainId, tribunal: panelTribunal }),
        ),
      })),
    );

  return {
    dealIdOf: (named: Terms) => dealIdOf(named, domain),
    intent,
    settlement,
    terms,
    authorization,
    determination,
    determinationDigest: (message: Determination) => determinationDigest(message, { chainId, tribunal: panelTribunal }),
  };
}

export type Signing = ReturnType<typeof createSigning>;
