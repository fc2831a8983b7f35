import { type Address, concat, type Hex, hashTypedData, numberToHex } from "viem";
import * as z from "zod";
import { address, amount, bytes32, seconds, uint256 } from "../fields.ts";
import { type EscrowDomain, escrowDomain, termsTypes } from "./terms.ts";

/**
 * The state of the deal that what moves money or opens a dispute names, as {@link seenIn} makes it.
 * A deal passes each state once: kept back, such a paper works neither later nor twice, and one
 * that is signed before a dispute is open must state its second.
 */
const seenTypes = [
  { name: "status", type: "uint8" },
  { name: "disputedFrom", type: "uint8" },
  { name: "disputedAt", type: "uint40" },
] as const;

/**
 * EIP-712 types of everything that a party signs for the escrow; one readable type per action, the
 * same strings as `contracts/libraries/Intents.sol`. `deadline` is the Unix second from which the
 * escrow refuses the intent.
 */
export const intentTypes = {
  PayBalance: [
    { name: "deal", type: "bytes32" },
    { name: "amount", type: "uint256" },
    ...seenTypes,
    { name: "deadline", type: "uint256" },
  ],
  ShipGoods: [
    { name: "deal", type: "bytes32" },
    { name: "tracking", type: "bytes32" },
    { name: "deadline", type: "uint256" },
  ],
  AttestDelivery: [
    { name: "deal", type: "bytes32" },
    { name: "proof", type: "bytes32" },
    { name: "deadline", type: "uint256" },
  ],
  ConfirmReceipt: [
    { name: "deal", type: "bytes32" },
    { name: "amount", type: "uint256" },
    ...seenTypes,
    { name: "deadline", type: "uint256" },
  ],
  RefundBuyer: [
    { name: "deal", type: "bytes32" },
    { name: "amount", type: "uint256" },
    { name: "remaining", type: "uint256" },
    ...seenTypes,
    { name: "deadline", type: "uint256" },
  ],
  OpenDispute: [
    { name: "deal", type: "bytes32" },
    { name: "by", type: "address" },
    { name: "statement", type: "bytes32" },
    ...seenTypes,
    { name: "deadline", type: "uint256" },
  ],
  Settlement: [
    { name: "deal", type: "bytes32" },
    { name: "toBuyer", type: "uint256" },
    { name: "toSeller", type: "uint256" },
    { name: "compensation", type: "uint256" },
    ...seenTypes,
    { name: "deadline", type: "uint256" },
  ],
  PostBond: [
    { name: "seller", type: "address" },
    { name: "token", type: "address" },
    { name: "amount", type: "uint256" },
    { name: "salt", type: "bytes32" },
    { name: "deadline", type: "uint256" },
  ],
  RequestBondWithdrawal: [
    { name: "seller", type: "address" },
    { name: "token", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
  WithdrawBond: [
    { name: "seller", type: "address" },
    { name: "token", type: "address" },
    { name: "amount", type: "uint256" },
    { name: "to", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
  WithdrawCredit: [
    { name: "owner", type: "address" },
    { name: "token", type: "address" },
    { name: "amount", type: "uint256" },
    { name: "to", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/** Name of an intent's EIP-712 type. */
export type IntentKind = keyof typeof intentTypes;

/** The contract's counter of what an account signed: each number works once. */
const nonce = uint256;

/** Place of a status in the contract's `Status`. */
const dealStatus = z.number().int().min(0).max(7);

/** What a party saw when it signed, and the only state in which the intent works. */
const seen = { status: dealStatus, disputedFrom: dealStatus, disputedAt: seconds };

/**
 * Messages of all intents as they come over the wire: amounts and nonces decimal strings, unknown
 * fields refused.
 */
export const intentSchemas = {
  PayBalance: z.strictObject({ deal: bytes32, amount, ...seen, deadline: seconds }),
  ShipGoods: z.strictObject({ deal: bytes32, tracking: bytes32, deadline: seconds }),
  AttestDelivery: z.strictObject({ deal: bytes32, proof: bytes32, deadline: seconds }),
  ConfirmReceipt: z.strictObject({ deal: bytes32, amount, ...seen, deadline: seconds }),
  RefundBuyer: z.strictObject({
    deal: bytes32,
    amount,
    remaining: amount,
    ...seen,
    deadline: seconds,
  }),
  OpenDispute: z.strictObject({
    deal: bytes32,
    by: address,
    statement: bytes32,
    ...seen,
    deadline: seconds,
  }),
  Settlement: z.strictObject({
    deal: bytes32,
    toBuyer: amount,
    toSeller: amount,
    compensation: amount,
    ...seen,
    deadline: seconds,
  }),
  PostBond: z.strictObject({ seller: address, token: address, amount, salt: bytes32, deadline: seconds }),
  RequestBondWithdrawal: z.strictObject({ seller: address, token: address, nonce, deadline: seconds }),
  WithdrawBond: z.strictObject({ seller: address, token: address, amount, to: address, nonce, deadline: seconds }),
  WithdrawCredit: z.strictObject({ owner: address, token: address, amount, to: address, nonce, deadline: seconds }),
} as const satisfies Record<IntentKind, z.ZodType>;

/** The message of an intent in code. */
export type IntentMessage<K extends IntentKind> = z.output<(typeof intentSchemas)[K]>;

/** An intent: its kind and what its author signs. */
export type Intent = { [K in IntentKind]: { readonly kind: K; readonly message: IntentMessage<K> } }[IntentKind];

/**
 * Typed data of an intent, ready for any EIP-712 signer; numbers are widened to what the ABI wants.
 *
 * @example await seller.signTypedData(intentTypedData({ kind: "ShipGoods", message }, { chainId, escrow }));
 */
export function intentTypedData(intent: Intent, domain: EscrowDomain) {
  return {
    domain: escrowDomain(domain),
    types: { [intent.kind]: intentTypes[intent.kind] } as Record<string, readonly { name: string; type: string }[]>,
    primaryType: intent.kind as string,
    message: widen(intent.message),
  };
}

/**
 * EIP-712 digest of an intent: its id, and the ERC-3009 nonce of `PayBalance` and `PostBond`.
 *
 * @example const { state } = await client.readIntent(intentDigest({ kind: "ShipGoods", message }, { chainId, escrow }));
 */
export function intentDigest(intent: Intent, domain: EscrowDomain): Hex {
  return hashTypedData(intentTypedData(intent, domain));
}

/**
 * The bytes by which a party agrees to a call that somebody else submits: 5 bytes of deadline (Unix
 * seconds, big-endian), then the signature over the intent that states the same deadline.
 *
 * @example consentOf(1_900_000_000, signature) // "0x0071..."
 */
export function consentOf(deadline: number, signature: Hex): Hex {
  return concat([numberToHex(deadline, { size: 5 }), signature]);
}

/**
 * What a panel of arbitrators signs; amounts in minor units, `reasons` and `evidence` are digests.
 * `disputedAt` is that of the deal (Unix seconds) and names the dispute: it decides no other.
 */
export const determinationSchema = z.strictObject({
  deal: bytes32,
  disputedAt: seconds,
  toBuyer: amount,
  toSeller: amount,
  compensation: amount,
  reasons: bytes32,
  evidence: bytes32,
  deadline: seconds,
});

/** A determination in code. */
export type Determination = z.output<typeof determinationSchema>;

/** EIP-712 type of a {@link Determination}, as `PanelTribunal` hashes it. */
export const determinationTypes = {
  Determination: [
    { name: "deal", type: "bytes32" },
    { name: "disputedAt", type: "uint40" },
    { name: "toBuyer", type: "uint96" },
    { name: "toSeller", type: "uint96" },
    { name: "compensation", type: "uint96" },
    { name: "reasons", type: "bytes32" },
    { name: "evidence", type: "bytes32" },
    { name: "deadline", type: "uint40" },
  ],
} as const;

/**
 * What a panel of arbitrators signs to keep the dispute of `disputedAt` open: `until` is the new
 * backstop. Unix seconds.
 */
export const extensionSchema = z.strictObject({
  deal: bytes32,
  disputedAt: seconds,
  until: seconds,
  reasons: bytes32,
  deadline: seconds,
});

/** An extension in code. */
export type Extension = z.output<typeof extensionSchema>;

/** EIP-712 type of an {@link Extension}, as `PanelTribunal` hashes it. */
export const extensionTypes = {
  Extension: [
    { name: "deal", type: "bytes32" },
    { name: "disputedAt", type: "uint40" },
    { name: "until", type: "uint40" },
    { name: "reasons", type: "bytes32" },
    { name: "deadline", type: "uint40" },
  ],
} as const;

/** Where a panel's signatures hold. */
export type PanelDomain = { readonly chainId: number; readonly tribunal: Address };

const panelDomainOf = (domain: PanelDomain) =>
  ({ name: "Holdfast Panel", version: "1", chainId: domain.chainId, verifyingContract: domain.tribunal }) as const;

/**
 * Typed data that each arbitrator signs to extend.
 *
 * @example await arbitrator.signTypedData(extensionTypedData(extension, { chainId, tribunal: terms.tribunal }));
 */
export function extensionTypedData(extension: Extension, domain: PanelDomain) {
  return {
    domain: panelDomainOf(domain),
    types: extensionTypes,
    primaryType: "Extension",
    message: extension,
  } as const;
}

/**
 * EIP-712 digest of an extension.
 *
 * @example extensionDigest(extension, { chainId, tribunal: terms.tribunal }) // "0x..."
 */
export function extensionDigest(extension: Extension, domain: PanelDomain): Hex {
  return hashTypedData(extensionTypedData(extension, domain));
}

/**
 * Typed data that each arbitrator signs to decide.
 *
 * @example await arbitrator.signTypedData(determinationTypedData(determination, { chainId, tribunal: terms.tribunal }));
 */
export function determinationTypedData(determination: Determination, domain: PanelDomain) {
  return {
    domain: panelDomainOf(domain),
    types: determinationTypes,
    primaryType: "Determination",
    message: determination,
  } as const;
}

/**
 * EIP-712 digest of a determination.
 *
 * @example const { outcome } = await client.readDetermination(determinationDigest(determination, { chainId, tribunal }));
 */
export function determinationDigest(determination: Determination, domain: PanelDomain): Hex {
  return hashTypedData(determinationTypedData(determination, domain));
}

/** Type of the Permit2 witness with which a buyer funds a deal: `Deal(bytes32 id)`. */
export const dealWitnessTypes = { Deal: [{ name: "id", type: "bytes32" }] } as const;

/**
 * EIP-712 type of an ERC-3009 `receiveWithAuthorization` (https://eips.ethereum.org/EIPS/eip-3009).
 */
export const receiveWithAuthorizationTypes = {
  ReceiveWithAuthorization: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "validAfter", type: "uint256" },
    { name: "validBefore", type: "uint256" },
    { name: "nonce", type: "bytes32" },
  ],
} as const;

/**
 * Every EIP-712 type string that the protocol signs over, for tests that compare implementations.
 */
export const allTypes = { ...termsTypes, ...intentTypes, ...determinationTypes, ...extensionTypes } as const;

const widen = (message: Readonly<Record<string, string | number | bigint>>) =>
  Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, typeof value === "number" ? BigInt(value) : value]),
  );
