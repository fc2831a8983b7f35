// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DealId, PackedTerms, Terms} from "../types/Terms.sol";

/// @notice Reads `Terms` out of their eight words, where they lie; `src/core/deal/termsCodec.ts` is the other side.
library TermsCodec {
    function buyer(PackedTerms calldata terms) internal pure returns (address) {
        return address(bytes20(terms.words[0]));
    }

    function price(PackedTerms calldata terms) internal pure returns (uint96) {
        return uint96(uint256(terms.words[0]));
    }

    function seller(PackedTerms calldata terms) internal pure returns (address) {
        return address(bytes20(terms.words[1]));
    }

    function deposit(PackedTerms calldata terms) internal pure returns (uint96) {
        return uint96(uint256(terms.words[1]));
    }

    function token(PackedTerms calldata terms) internal pure returns (address) {
        return address(bytes20(terms.words[2]));
    }

    function coverage(PackedTerms calldata terms) internal pure returns (uint96) {
        return uint96(uint256(terms.words[2]));
    }

    function marketplace(PackedTerms calldata terms) internal pure returns (address) {
        return address(bytes20(terms.words[3]));
    }

    function feeBps(PackedTerms calldata terms) internal pure returns (uint16) {
        return uint16(uint256(terms.words[3]) >> 80);
    }

    function silenceBps(PackedTerms calldata terms) internal pure returns (uint16) {
        return uint16(uint256(terms.words[3]) >> 64);
    }

    function earnest(PackedTerms calldata terms) internal pure returns (bool) {
        return uint32(uint256(terms.words[5])) != 0;
    }

    function attestor(PackedTerms calldata terms) internal pure returns (address) {
        return address(bytes20(terms.words[4]));
    }

    function inspection(PackedTerms calldata terms) internal pure returns (uint32) {
        return uint32(uint256(terms.words[4]));
    }

    function tail(PackedTerms calldata terms) internal pure returns (uint32) {
        return uint32(uint256(terms.words[5]) >> 64);
    }

    function tribunal(PackedTerms calldata terms) internal pure returns (address) {
        return address(bytes20(terms.words[5]));
    }

    function backstop(PackedTerms calldata terms) internal pure returns (uint32) {
        return uint32(uint256(terms.words[5]) >> 32);
    }

    function fundBy(PackedTerms calldata terms) internal pure returns (uint32) {
        return uint32(uint256(terms.words[3]) >> 32);
    }

    function balanceBy(PackedTerms calldata terms) internal pure returns (uint32) {
        return uint32(uint256(terms.words[3]));
    }

    function shipBy(PackedTerms calldata terms) internal pure returns (uint32) {
        return uint32(uint256(terms.words[4]) >> 64);
    }

    function deliverBy(PackedTerms calldata terms) internal pure returns (uint32) {
        return uint32(uint256(terms.words[4]) >> 32);
    }

    function rules(PackedTerms calldata terms) internal pure returns (bytes32) {
        return terms.words[6];
    }

    function order(PackedTerms calldata terms) internal pure returns (bytes32) {
        return terms.words[7];
    }

    /// @notice Whether the words are those that packing makes: the only bits without a meaning of their own are zero.
    function isCanonical(PackedTerms calldata terms) internal pure returns (bool) {
        return uint32(uint256(terms.words[5])) <= 1;
    }

    /// @notice The name of a deal, the same as long as the escrow lives: a later change of the chain's id changes nothing.
    /// @param chainId Of the chain at the escrow's deployment.
    function idOf(PackedTerms calldata terms, uint256 chainId, address escrow) internal pure returns (DealId) {
        return DealId.wrap(keccak256(abi.encode(chainId, escrow, terms)));
    }

    /// @dev All of them, in the order in which they are signed.
    function unpack(PackedTerms calldata terms) internal pure returns (Terms memory) {
        return
            Terms(
                buyer(terms),
                seller(terms),
                marketplace(terms),
                attestor(terms),
                token(terms),
                price(terms),
                deposit(terms),
                coverage(terms),
                feeBps(terms),
                earnest(terms),
                fundBy(terms),
                balanceBy(terms),
                shipBy(terms),
                deliverBy(terms),
                inspection(terms),
                tail(terms),
                tribunal(terms),
                rules(terms),
                backstop(terms),
                silenceBps(terms),
                order(terms)
            );
    }
}
