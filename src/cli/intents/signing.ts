// One party's signature: who signs, over what, until when.
import type { Address, Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { type Intent, intentTypedData } from "../../core/deal/intents.ts";
import { authorizationTypedData } from "../../core/deal/tokenTypedData.ts";
import { ProtocolError } from "../../core/errors.ts";
import { address } from "../../core/fields.ts";
import type { RelayRequest } from "../../wire/relayRequests.ts";
import { type DealFile, readingUnit } from "../dealFile.ts";
import { formatAmount } from "../units.ts";
import { HELP, type Values } from "./options.ts";
import type { Position } from "./position.ts";
import type { PartialSettlement } from "./settlement.ts";

export type Signing = {
  readonly deal: DealFile;
  readonly values: Values;
  readonly wallet: PrivateKeyAccount;
  readonly signer: Address;
  readonly deadline: number;
  /** Where the deal stands now, which some intents state. */
  readonly position: () => Promise<Position>;
};

/** A request that may still lack the other side's signature. */
export type Signed = {
  readonly request: RelayRequest | PartialSettlement;
  readonly isComplete: boolean;
  readonly what: string;
};

export const money = ({ deal }: Signing, amount: bigint) => formatAmount(amount, readingUnit(deal));

export const required = (values: Values, name: "tracking" | "proof" | "statement" | "amount" | "remaining") => {
  const value = values[name];
  if (value === undefined) throw new ProtocolError("usage-invalid", { problem: `This needs --${name}.`, help: HELP });
  return value;
};

export const requireSigner = ({ signer }: Signing, ...allowed: Address[]) => {
  if (!allowed.includes(signer))
    throw new ProtocolError("key-wrong", { address: signer, expected: allowed.join(" or ") });
};

export const sign = (intent: Intent, { deal, wallet }: Signing): Promise<Hex> =>
  wallet.signTypedData(intentTypedData(intent, deal.domain) as never);

/** ERC-3009: the token itself checks that the buyer lets exactly this amount go to the escrow, for this deal only. */
export const authorize = (
  { deal, values, wallet }: Signing,
  payment: { readonly value: bigint; readonly validBefore: number; readonly nonce: Hex },
): Promise<Hex> =>
  wallet.signTypedData(
    authorizationTypedData(
      { from: deal.terms.buyer, ...payment },
      {
        ...deal.domain,
        token: deal.terms.token,
        name: values["token-name"] ?? "",
        version: values["token-version"] ?? "1",
      },
    ),
  );

export const complete = (request: RelayRequest, what: string): Signed => ({ request, isComplete: true, what });

export const parseAddress = (text: string): Address => {
  const parsed = address.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new ProtocolError("usage-invalid", { problem: "--to takes an address: 0x and 40 hex digits.", help: HELP });
};
