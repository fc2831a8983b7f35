import type { Address, Hex } from "viem";
import { dealWitnessTypes, receiveWithAuthorizationTypes } from "./intents.ts";
import { dealIdOf, type EscrowDomain, type Terms } from "./terms.ts";

/**
 * EIP-712 name and version that a token signs under, as its own contract states them (ERC-5267 or
 * its documentation).
 */
export type TokenDomain = Readonly<{ name: string; version: string }>;

/**
 * A transfer to the escrow that only the escrow can collect. `value` in minor units, `validBefore`
 * in Unix seconds.
 */
export type Authorization = Readonly<{
  from: Address;
  value: bigint;
  validBefore: number;
  /** What it is for: the deal's id for a deposit, else the digest of the intent that it pays. */
  nonce: Hex;
}>;

/**
 * Typed data of an ERC-3009 `receiveWithAuthorization` to the escrow
 * (https://eips.ethereum.org/EIPS/eip-3009). The token checks it.
 *
 * @example
 * const payment = { from: terms.buyer, value: 250_000000n, validBefore: terms.fundBy, nonce: dealId };
 * const signature = await buyer.signTypedData(authorizationTypedData(payment, { ...domain, token }));
 */
export function authorizationTypedData(
  { from, value, validBefore, nonce }: Authorization,
  on: EscrowDomain & TokenDomain & Readonly<{ token: Address }>,
) {
  return {
    domain: { name: on.name, version: on.version, chainId: on.chainId, verifyingContract: on.token },
    types: receiveWithAuthorizationTypes,
    primaryType: "ReceiveWithAuthorization",
    message: { from, to: on.escrow, value, validAfter: 0n, validBefore: BigInt(validBefore), nonce },
  } as const;
}

/**
 * What a buyer signs to fund a deal without gas where the token has ERC-3009: the deposit, to the
 * escrow, for this deal only.
 *
 * @example
 * const typedData = fundingAuthorization(terms, { chainId, escrow }, { name: "USD Coin", version: "2" });
 * await client.fundDeal(id, { authorization: await buyer.signTypedData(typedData) });
 */
export function fundingAuthorization(terms: Terms, domain: EscrowDomain, token: TokenDomain) {
  const payment = {
    from: terms.buyer,
    value: terms.deposit,
    validBefore: terms.fundBy,
    nonce: dealIdOf(terms, domain),
  };
  return authorizationTypedData(payment, { ...domain, ...token, token: terms.token });
}

/** Where Permit2 is on the chains that have it (https://github.com/Uniswap/permit2). */
export const permit2Address: Address = "0x000000000022D473030F116dDEE9F6B43aC78BA3";

/** EIP-712 types of Permit2's `permitWitnessTransferFrom` with the deal as witness. */
const permit2Types = {
  PermitWitnessTransferFrom: [
    { name: "permitted", type: "TokenPermissions" },
    { name: "spender", type: "address" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
    { name: "witness", type: "Deal" },
  ],
  TokenPermissions: [
    { name: "token", type: "address" },
    { name: "amount", type: "uint256" },
  ],
  ...dealWitnessTypes,
} as const;

/**
 * What a buyer signs to fund a deal without gas where the token has been allowed to Permit2.
 * `nonce` is any that the buyer has not used with Permit2.
 *
 * @example
 * const signature = await buyer.signTypedData(fundingPermit2(terms, { chainId, escrow }, 7n));
 * await client.fundDeal(id, { permit: { nonce: "7", signature } });
 */
export function fundingPermit2(terms: Terms, domain: EscrowDomain, nonce: bigint) {
  return {
    domain: { name: "Permit2", chainId: domain.chainId, verifyingContract: permit2Address },
    types: permit2Types,
    primaryType: "PermitWitnessTransferFrom",
    message: {
      permitted: { token: terms.token, amount: terms.deposit },
      spender: domain.escrow,
      nonce,
      deadline: BigInt(terms.fundBy),
      witness: { id: dealIdOf(terms, domain) },
    },
  } as const;
}
