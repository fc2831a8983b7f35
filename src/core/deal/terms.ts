import { type Address, encodeAbiParameters, type Hex, hashTypedData, keccak256, zeroAddress } from "viem";
import * as z from "zod";
import { ProtocolError } from "../errors.ts";
import { address, amount, basisPoints, bytes32, shortSeconds } from "../fields.ts";
import { packTerms } from "./termsCodec.ts";

/** Where an escrow's signatures hold: EIP-712 domain of one contract on one chain. */
export type EscrowDomain = { readonly chainId: number; readonly escrow: Address };

/**
 * Everything that a buyer and a seller agree on before money moves, as `contracts/types/Terms.sol`
 * states it. Amounts are minor units of `token` (zero address: native currency), clocks Unix
 * seconds, shares basis points.
 */
export const termsSchema = z.strictObject({
  buyer: address,
  seller: address,
  marketplace: address,
  attestor: address,
  token: address,
  price: amount,
  deposit: amount,
  coverage: amount,
  feeBps: basisPoints,
  earnest: z.boolean(),
  fundBy: shortSeconds,
  balanceBy: shortSeconds,
  shipBy: shortSeconds,
  deliverBy: shortSeconds,
  inspection: shortSeconds,
  tail: shortSeconds,
  tribunal: address,
  rules: bytes32,
  backstop: shortSeconds,
  silenceBps: basisPoints,
  order: bytes32,
});

/** Terms in code: amounts `bigint`. */
export type Terms = z.output<typeof termsSchema>;

/** Terms on the wire: amounts decimal strings. */
export type TermsJson = z.input<typeof termsSchema>;

/** EIP-712 type of {@link Terms}: what a wallet shows and what the contract enforces. */
export const termsTypes = {
  Terms: [
    { name: "buyer", type: "address" },
    { name: "seller", type: "address" },
    { name: "marketplace", type: "address" },
    { name: "attestor", type: "address" },
    { name: "token", type: "address" },
    { name: "price", type: "uint96" },
    { name: "deposit", type: "uint96" },
    { name: "coverage", type: "uint96" },
    { name: "feeBps", type: "uint16" },
    { name: "earnest", type: "bool" },
    { name: "fundBy", type: "uint32" },
    { name: "balanceBy", type: "uint32" },
    { name: "shipBy", type: "uint32" },
    { name: "deliverBy", type: "uint32" },
    { name: "inspection", type: "uint32" },
    { name: "tail", type: "uint32" },
    { name: "tribunal", type: "address" },
    { name: "rules", type: "bytes32" },
    { name: "backstop", type: "uint32" },
    { name: "silenceBps", type: "uint16" },
    { name: "order", type: "bytes32" },
  ],
} as const;

/**
 * EIP-712 domain of the escrow, as its `eip712Domain()` (ERC-5267) returns it.
 *
 * @example escrowDomain({ chainId: 31337, escrow }) // { name: "Holdfast Escrow", version: "1", ... }
 */
export function escrowDomain(domain: EscrowDomain) {
  return { name: "Holdfast Escrow", version: "1", chainId: domain.chainId, verifyingContract: domain.escrow } as const;
}

/**
 * Typed data that buyer and seller sign over the terms.
 *
 * @example const sellerSignature = await seller.signTypedData(termsTypedData(terms, { chainId, escrow }));
 */
export function termsTypedData(terms: Terms, domain: EscrowDomain) {
  return { domain: escrowDomain(domain), types: termsTypes, primaryType: "Terms", message: terms } as const;
}

/**
 * EIP-712 digest of the terms: what a wallet signs, and not the deal's id
 * (https://eips.ethereum.org/EIPS/eip-712).
 *
 * @example await recoverSigner(termsDigest(terms, { chainId, escrow }), sellerSignature) // terms.seller
 */
export function termsDigest(terms: Terms, domain: EscrowDomain): Hex {
  return hashTypedData(termsTypedData(terms, domain));
}

/**
 * Name of the deal: keccak256 of the chain's id at the escrow's deployment, the escrow, and the
 * eight words of the terms. It stays the same when the chain changes its id.
 *
 * @example dealIdOf(terms, { chainId: 31337, escrow: "0x5fbd..." }) // "0x8a1c..."
 */
export function dealIdOf(terms: Terms, { chainId, escrow }: EscrowDomain): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "uint256" }, { type: "address" }, { type: "bytes32[8]" }],
      [BigInt(chainId), escrow, packTerms(terms).words],
    ),
  );
}

/**
 * The terms with amounts as decimal strings.
 *
 * @example termsSchema.parse(termsToJson(terms)) // terms again
 */
export function termsToJson(terms: Terms): TermsJson {
  return {
    ...terms,
    price: terms.price.toString(),
    deposit: terms.deposit.toString(),
    coverage: terms.coverage.toString(),
  };
}

/**
 * Share of the price above which a deposit has no effect as earnest money: a fifth (Civil Code of
 * the PRC art. 586).
 */
const EARNEST_DIVISOR = 5n;

/** Longest course of a covered deal, and of any other; the contract's constants. Seconds. */
export const MAX_COVERED_EXPOSURE = 180 * 86_400;
/** The longest that a deal without coverage may stay open, in seconds. */
export const MAX_EXPOSURE = 3 * 365 * 86_400;

/** Longest backstop; the contract's constant. Seconds. */
export const MAX_BACKSTOP = 180 * 86_400;

/**
 * Shortest inspection and backstop, and shortest time for each step; the contract's constant.
 * Seconds.
 */
export const MIN_WINDOW = 3_600;

/**
 * Refuses terms that the escrow would refuse at funding, with the same facts, before anybody signs.
 * What only the chain knows is not asked: whether the tribunal accepts the terms, and whether the
 * bond carries the coverage.
 *
 * @param now Unix seconds of the block that would fund.
 * @param escrow The escrow that would hold the money.
 * @throws ProtocolError `terms-unsafe` with `fact` naming the first reason.
 * @example requireFundable(terms, Math.floor(Date.now() / 1_000), escrow);
 */
export function requireFundable(terms: Terms, now: number, escrow: Address): void {
  const longest = terms.coverage === 0n ? MAX_EXPOSURE : MAX_COVERED_EXPOSURE;
  const paidAtOnce = terms.deposit === terms.price;
  const paidBy = paidAtOnce ? terms.fundBy : terms.balanceBy;
  const parties = [terms.buyer, terms.seller, terms.marketplace];
  const facts: readonly (readonly [fact: string, holds: boolean])[] = [
    ["fund-by-passed", now < terms.fundBy],
    ["address-zero", [terms.buyer, terms.seller, terms.attestor, terms.tribunal].every((a) => a !== zeroAddress)],
    ["marketplace-missing", terms.feeBps === 0 || terms.marketplace !== zeroAddress],
    ["buyer-is-seller", terms.buyer !== terms.seller],
    ["buyer-is-marketplace", terms.buyer !== terms.marketplace],
    ["attestor-is-seller", terms.attestor !== terms.seller],
    ["escrow-is-party", !parties.includes(escrow.toLowerCase() as Address)],
    ["amount-zero", terms.deposit !== 0n],
    ["deposit-exceeds-price", terms.deposit <= terms.price],
    ["earnest-too-high", !terms.earnest || terms.deposit <= terms.price / EARNEST_DIVISOR],
    ["earnest-not-covered", !terms.earnest || terms.deposit <= terms.coverage],
    [
      "clocks-out-of-order",
      (paidAtOnce || paidBy >= terms.fundBy + MIN_WINDOW) &&
        terms.shipBy >= paidBy + MIN_WINDOW &&
        terms.deliverBy >= terms.shipBy + MIN_WINDOW,
    ],
    ["inspection-too-short", terms.inspection >= MIN_WINDOW],
    ["backstop-too-short", terms.backstop >= MIN_WINDOW],
    [
      "exposure-too-long",
      terms.deliverBy - now + terms.inspection + terms.tail <= longest && terms.backstop <= MAX_BACKSTOP,
    ],
    ["tail-too-short", terms.coverage === 0n || terms.tail >= terms.inspection],
    ["tribunal-is-party", !parties.includes(terms.tribunal)],
  ];
  const broken = facts.find(([, holds]) => !holds);
  if (broken) throw new ProtocolError("terms-unsafe", { fact: broken[0] });
}
