// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {IEscrow} from "../interfaces/IEscrow.sol";
import {DealId, PackedTerms} from "../types/Terms.sol";

/// @notice A tribunal that awards and extends whatever anybody asks: an attacker's, or a test's.
contract OpenTribunal {
    IEscrow public immutable ESCROW;

    constructor(IEscrow escrow) {
        ESCROW = escrow;
    }

    function award(
        PackedTerms calldata terms,
        DealId id,
        uint96 toBuyer,
        uint96 toSeller,
        uint96 compensation,
        bytes32 reasons
    ) external {
        ESCROW.award(terms, id, toBuyer, toSeller, compensation, reasons);
    }

    function extendBackstop(PackedTerms calldata terms, uint256 until) external {
        ESCROW.extendBackstop(terms, until);
    }
}
