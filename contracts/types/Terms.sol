// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Names one deal: keccak256(abi.encode(chain id at deployment, escrow, words of `PackedTerms`)).
type DealId is bytes32;

/// @notice How `Terms` travel in calldata and in the funding event: eight words, because data is what a small deal pays most
/// for. `TermsCodec` defines every bit; what a wallet shows and signs is `Terms`, field by field.
/// 0 buyer 160 | price 96 · 1 seller 160 | deposit 96 · 2 token 160 | coverage 96
/// 3 marketplace 160 | feeBps 16 | silenceBps 16 | fundBy 32 | balanceBy 32
/// 4 attestor 160 | shipBy 32 | deliverBy 32 | inspection 32 · 5 tribunal 160 | tail 32 | backstop 32 | earnest 32
/// 6 rules · 7 order. Every bit is read; `earnest` is 0 or 1.
struct PackedTerms {
    bytes32[8] words;
}

/// @notice Everything that a buyer and a seller agree on before money moves. Amounts are minor units of `token`, clocks are
/// Unix seconds, shares are basis points. A clock names the first second at which its window is over.
struct Terms {
    address buyer;
    address seller;
    /// Hosts the sale and earns `feeBps`; zero when there is no fee.
    address marketplace;
    /// Attests delivery; neither the seller nor zero.
    address attestor;
    /// ERC-20 that the price is paid in; zero is the chain's native currency.
    address token;
    uint96 price;
    /// Paid at funding; equal to `price` when everything is paid at once.
    uint96 deposit;
    /// Reserved from the seller's bond for this deal alone.
    uint96 coverage;
    /// Marketplace's share of whatever the seller gets out of the price.
    uint16 feeBps;
    /// The deposit is earnest money (at most 20 % of the price and covered): forfeited by the buyer, doubled by the seller.
    bool earnest;
    uint32 fundBy;
    /// Only read when `deposit` is less than `price`.
    uint32 balanceBy;
    uint32 shipBy;
    uint32 deliverBy;
    /// Seconds from delivery in which the buyer may dispute before anybody may release.
    uint32 inspection;
    /// Seconds in which claims on the coverage stay open after the price was paid out or given back.
    uint32 tail;
    /// Contract that decides a dispute.
    address tribunal;
    /// Read by the tribunal only.
    bytes32 rules;
    /// Seconds after the clock that a dispute holds up, from which a silent tribunal is overtaken.
    uint32 backstop;
    /// Buyer's share of what is held when the tribunal stays silent on a dispute after delivery.
    uint16 silenceBps;
    /// Digest of the order document: listing, promises, governing law, silence table, and a salt that makes it unique.
    bytes32 order;
}
