// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {IEscrow} from "../interfaces/IEscrow.sol";
import {ITribunal} from "../interfaces/ITribunal.sol";
import {PackedTerms} from "../types/Terms.sol";

/// @notice A tribunal that accepts, awards and extends whatever anybody asks: an attacker's, or a test's.
contract OpenTribunal is ITribunal {
    IEscrow public immutable ESCROW;

    constructor(IEscrow escrow) {
        ESCROW = escrow;
    }

    function accepts(PackedTerms calldata) external pure returns (bytes4) {
        return ITribunal.accepts.selector;
    }

    function award(
        PackedTerms calldata terms,
        uint96 toBuyer,
        uint96 toSeller,
        uint96 compensation,
        bytes32 reasons,
        bytes32 evidence
    ) external returns (uint256) {
        return ESCROW.award(terms, toBuyer, toSeller, compensation, reasons, evidence);
    }

    function extendBackstop(PackedTerms calldata terms, uint256 until) external {
        ESCROW.extendBackstop(terms, until);
    }
}
