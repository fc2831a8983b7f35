// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {TermsCodec} from "../libraries/TermsCodec.sol";
import {PackedTerms, Terms} from "../types/Terms.sol";

/// @notice Terms field by field, as the escrow reads them out of their eight words.
contract TermsReader {
    using TermsCodec for PackedTerms;

    function termsOf(PackedTerms calldata terms) external pure returns (Terms memory) {
        return terms.unpack();
    }
}
