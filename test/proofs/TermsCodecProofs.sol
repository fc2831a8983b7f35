// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TermsCodec} from "../../contracts/libraries/TermsCodec.sol";
import {PackedTerms, Terms} from "../../contracts/types/Terms.sol";
import {packTerms} from "../contracts/packTerms.sol";

/// @notice Eight words and the fields of `Terms` say the same, both ways, whatever they contain.
contract TermsCodecProofs {
    using TermsCodec for PackedTerms;

    function check_unpack_undoesPack(Terms memory terms) external view {
        assert(_same(this.unpack(packTerms(terms)), terms));
    }

    /// @dev So no two canonical words of eight are the same terms, and no bit of them is without a meaning.
    function check_pack_undoesUnpackOfCanonicalWordsOnly(PackedTerms memory packed) external view {
        PackedTerms memory again = packTerms(this.unpack(packed));
        bool isSame = true;
        for (uint256 i = 0; i < 8; ++i) isSame = isSame && again.words[i] == packed.words[i];
        assert(isSame == this.isCanonical(packed));
    }

    function check_pack_isCanonical(Terms memory terms) external view {
        assert(this.isCanonical(packTerms(terms)));
    }

    function unpack(PackedTerms calldata packed) external pure returns (Terms memory) {
        return packed.unpack();
    }

    function isCanonical(PackedTerms calldata packed) external pure returns (bool) {
        return packed.isCanonical();
    }

    function _same(Terms memory a, Terms memory b) private pure returns (bool) {
        bool areParties = a.buyer == b.buyer && a.seller == b.seller && a.marketplace == b.marketplace
            && a.attestor == b.attestor && a.tribunal == b.tribunal && a.token == b.token;
        bool areAmounts = a.price == b.price && a.deposit == b.deposit && a.coverage == b.coverage
            && a.feeBps == b.feeBps && a.silenceBps == b.silenceBps && a.earnest == b.earnest;
        bool areClocks = a.fundBy == b.fundBy && a.balanceBy == b.balanceBy && a.shipBy == b.shipBy
            && a.deliverBy == b.deliverBy && a.inspection == b.inspection && a.tail == b.tail && a.backstop == b.backstop;
        return areParties && areAmounts && areClocks && a.rules == b.rules && a.order == b.order;
    }
}
