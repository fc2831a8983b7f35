// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedTerms, Terms} from "../types/Terms.sol";

/// @notice Reads `Terms` out of their nine words, where they lie; `src/core/termsCodec.ts` is the other side.
library TermsCodec {
    function buyer(PackedTerms calldata packed) internal pure returns (address) {
        return address(bytes20(packed.words[0]));
    }

    function price(PackedTerms calldata packed) internal pure returns (uint96) {
        return uint96(uint256(packed.words[0]));
    }

    function seller(PackedTerms calldata packed) internal pure returns (address) {
        return address(bytes20(packed.words[1]));
    }

    function deposit(PackedTerms calldata packed) internal pure returns (uint96) {
        return uint96(uint256(packed.words[1]));
    }

    function token(PackedTerms calldata packed) internal pure returns (address) {
        return address(bytes20(packed.words[2]));
    }

    function coverage(PackedTerms calldata packed) internal pure returns (uint96) {
        return uint96(uint256(packed.words[2]));
    }

    function marketplace(PackedTerms calldata packed) internal pure returns (address) {
        return address(bytes20(packed.words[3]));
    }

    function feeBps(PackedTerms calldata packed) internal pure returns (uint16) {
        return uint16(uint256(packed.words[3]) >> 80);
    }

    function silenceBps(PackedTerms calldata packed) internal pure returns (uint16) {
        return uint16(uint256(packed.words[3]) >> 64);
    }

    function earnest(PackedTerms calldata packed) internal pure returns (bool) {
        return uint8(uint256(packed.words[3]) >> 56) != 0;
    }

    function attestor(PackedTerms calldata packed) internal pure returns (address) {
        return address(bytes20(packed.words[4]));
    }

    function inspection(PackedTerms calldata packed) internal pure returns (uint40) {
        return uint40(uint256(packed.words[4]) >> 56);
    }

    function tail(PackedTerms calldata packed) internal pure returns (uint40) {
        return uint40(uint256(packed.words[4]) >> 16);
    }

    function tribunal(PackedTerms calldata packed) internal pure returns (address) {
        return address(bytes20(packed.words[5]));
    }

    function backstop(PackedTerms calldata packed) internal pure returns (uint40) {
        return uint40(uint256(packed.words[5]) >> 56);
    }

    function fundBy(PackedTerms calldata packed) internal pure returns (uint40) {
        return uint40(uint256(packed.words[6]) >> 216);
    }

    function balanceBy(PackedTerms calldata packed) internal pure returns (uint40) {
        return uint40(uint256(packed.words[6]) >> 176);
    }

    function shipBy(PackedTerms calldata packed) internal pure returns (uint40) {
        return uint40(uint256(packed.words[6]) >> 136);
    }

    function deliverBy(PackedTerms calldata packed) internal pure returns (uint40) {
        return uint40(uint256(packed.words[6]) >> 96);
    }

    function rules(PackedTerms calldata packed) internal pure returns (bytes32) {
        return packed.words[7];
    }

    function order(PackedTerms calldata packed) internal pure returns (bytes32) {
        return packed.words[8];
    }

    /// @dev All of them, in the order in which they are signed.
    function unpack(PackedTerms calldata packed) internal pure returns (Terms memory) {
        return Terms(
            buyer(packed),
            seller(packed),
            marketplace(packed),
            attestor(packed),
            token(packed),
            price(packed),
            deposit(packed),
            coverage(packed),
            feeBps(packed),
            earnest(packed),
            fundBy(packed),
            balanceBy(packed),
            shipBy(packed),
            deliverBy(packed),
            inspection(packed),
            tail(packed),
            tribunal(packed),
            rules(packed),
            backstop(packed),
            silenceBps(packed),
            order(packed)
        );
    }
}
