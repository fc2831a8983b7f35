// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../interfaces/IEscrow.sol";
import {PackedTerms} from "../types/Terms.sol";
import {TermsCodec} from "./TermsCodec.sol";

/// @notice Which terms may be funded at all.
library TermsRules {
    using TermsCodec for PackedTerms;

    uint256 internal constant BASIS_POINTS = 10_000;
    /// @dev Earnest money above a fifth of the price has no effect as such (Civil Code of the PRC art. 586).
    uint256 internal constant EARNEST_DIVISOR = 5;

    /// @notice Reverts with the fact that makes the terms unsafe to fund now.
    /// @param longest Seconds from now within which the deal must have run its course, and longest backstop.
    function requireFundable(PackedTerms calldata terms, uint256 longest) internal view {
        require(block.timestamp < terms.fundBy(), IEscrow.DeadlinePassed(terms.fundBy()));
        _requireParties(terms);
        _requireAmounts(terms);
        _requireClocks(terms, longest);
    }

    function _requireParties(PackedTerms calldata terms) private view {
        require(
            terms.buyer() != address(0) && terms.seller() != address(0) && terms.attestor() != address(0)
                && (terms.marketplace() != address(0) || terms.feeBps() == 0),
            IEscrow.AddressZero()
        );
        require(terms.buyer() != terms.seller(), IEscrow.BuyerIsSeller(terms.buyer()));
        require(terms.attestor() != terms.seller(), IEscrow.AttestorIsSeller(terms.seller()));
        require(
            terms.tribunal() != terms.buyer() && terms.tribunal() != terms.seller(),
            IEscrow.TribunalIsParty(terms.tribunal())
        );
        require(terms.tribunal().code.length != 0, IEscrow.TribunalUnknown(terms.tribunal()));
    }

    function _requireAmounts(PackedTerms calldata terms) private pure {
        require(terms.deposit() != 0, IEscrow.AmountZero());
        require(terms.deposit() <= terms.price(), IEscrow.DepositExceedsPrice(terms.deposit(), terms.price()));
        require(
            !terms.earnest() || terms.deposit() <= terms.price() / EARNEST_DIVISOR,
            IEscrow.EarnestTooHigh(terms.deposit(), terms.price() / EARNEST_DIVISOR)
        );
        require(terms.feeBps() <= BASIS_POINTS, IEscrow.BasisPointsTooHigh(terms.feeBps()));
        require(terms.silenceBps() <= BASIS_POINTS, IEscrow.BasisPointsTooHigh(terms.silenceBps()));
    }

    function _requireClocks(PackedTerms calldata terms, uint256 longest) private view {
        bool inOrder = terms.deposit() == terms.price()
            ? terms.fundBy() < terms.shipBy()
            : terms.fundBy() < terms.balanceBy() && terms.balanceBy() < terms.shipBy();
        require(
            inOrder && terms.shipBy() < terms.deliverBy() && terms.inspection() != 0 && terms.backstop() != 0,
            IEscrow.ClocksOutOfOrder()
        );

        uint256 exposure = terms.deliverBy() - block.timestamp + terms.inspection() + terms.tail();
        require(exposure <= longest, IEscrow.ExposureTooLong(exposure, longest));
        require(terms.backstop() <= longest, IEscrow.ExposureTooLong(terms.backstop(), longest));
    }
}
