// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedTerms, Terms} from "../../contracts/types/Terms.sol";

/// @notice Terms as the eight words that `TermsCodec` reads: the other side of it, for tests and proofs.
function packTerms(Terms memory terms) pure returns (PackedTerms memory packed) {
    packed.words[0] = wordOf(terms.buyer, terms.price);
    packed.words[1] = wordOf(terms.seller, terms.deposit);
    packed.words[2] = wordOf(terms.token, terms.coverage);
    packed.words[3] = wordOf(
        terms.marketplace,
        (uint256(terms.feeBps) << 80) |
            (uint256(terms.silenceBps) << 64) |
            (uint256(terms.fundBy) << 32) |
            terms.balanceBy
    );
    packed.words[4] = wordOf(
        terms.attestor,
        (uint256(terms.shipBy) << 64) | (uint256(terms.deliverBy) << 32) | terms.inspection
    );
    packed.words[5] = wordOf(
        terms.tribunal,
        (uint256(terms.tail) << 64) | (uint256(terms.backstop) << 32) | (terms.earnest ? 1 : 0)
    );
    packed.words[6] = terms.rules;
    packed.words[7] = terms.order;
}

function wordOf(address account, uint256 rest) pure returns (bytes32) {
    return bytes32((uint256(uint160(account)) << 96) | rest);
}
