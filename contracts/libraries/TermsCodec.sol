// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedTerms, Terms} from "../types/Terms.sol";

/// @notice Reads `Terms` out of their nine words; `src/core/termsCodec.ts` is the other side.
library TermsCodec {
    function unpack(PackedTerms calldata packed) internal pure returns (Terms memory terms) {
        uint256 word = uint256(packed.words[0]);
        terms.buyer = address(uint160(word >> 96));
        terms.price = uint96(word);
        word = uint256(packed.words[1]);
        terms.seller = address(uint160(word >> 96));
        terms.deposit = uint96(word);
        word = uint256(packed.words[2]);
        terms.token = address(uint160(word >> 96));
        terms.coverage = uint96(word);
        word = uint256(packed.words[3]);
        terms.marketplace = address(uint160(word >> 96));
        terms.feeBps = uint16(word >> 80);
        terms.silenceBps = uint16(word >> 64);
        terms.earnest = uint8(word >> 56) != 0;
        word = uint256(packed.words[4]);
        terms.attestor = address(uint160(word >> 96));
        terms.inspection = uint40(word >> 56);
        terms.tail = uint40(word >> 16);
        word = uint256(packed.words[5]);
        terms.tribunal = address(uint160(word >> 96));
        terms.backstop = uint40(word >> 56);
        word = uint256(packed.words[6]);
        terms.fundBy = uint40(word >> 216);
        terms.balanceBy = uint40(word >> 176);
        terms.shipBy = uint40(word >> 136);
        terms.deliverBy = uint40(word >> 96);
        terms.rules = packed.words[7];
        terms.order = packed.words[8];
    }
}
