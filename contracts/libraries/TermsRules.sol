// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../interfaces/IEscrow.sol";
import {ITribunal} from "../interfaces/ITribunal.sol";
import {PackedTerms} from "../types/Terms.sol";
import {TermsCodec} from "./TermsCodec.sol";

/// @notice Which terms may be funded at all.
library TermsRules {
    using TermsCodec for PackedTerms;

    uint256 internal constant BASIS_POINTS = 10_000;
    /// @dev Earnest money above a fifth of the price has no effect as such (Civil Code of the PRC art. 586).
    uint256 internal constant EARNEST_DIVISOR = 5;
    /// @dev Shortest inspection, backstop, and time for each step. Seconds. A tribunal's own floors are longer.
    uint256 internal constant MIN_WINDOW = 1 hours;
    /// @dev Longest backstop: how long a dispute may hold a deal up after its clock, before its tribunal has said anything.
    uint256 private constant MAX_BACKSTOP = 180 days;
    uint256 private constant ACCEPTS_GAS = 100_000;
    /// @dev Size of an EIP-7702 delegation: the code of an account that still has a key.
    uint256 private constant DELEGATION_BYTES = 23;

    /// @notice Reverts with the fact that makes the terms unsafe to fund now.
    /// @param longest Seconds from now within which the deal must have run its course.
    function requireFundable(PackedTerms calldata terms, uint256 longest) internal view {
        require(block.timestamp < terms.fundBy(), IEscrow.DeadlinePassed(terms.fundBy()));
        require(terms.isCanonical(), IEscrow.TermsNotCanonical());
        _requireParties(terms);
        _requireAmounts(terms);
        _requireClocks(terms, longest);
        _requireTribunal(terms);
    }

    function _requireParties(PackedTerms calldata terms) private view {
        (address buyer, address seller, address marketplace) = (terms.buyer(), terms.seller(), terms.marketplace());
        require(
            buyer != address(0) &&
                seller != address(0) &&
                terms.attestor() != address(0) &&
                terms.tribunal() != address(0) &&
                (marketplace != address(0) || terms.feeBps() == 0),
            IEscrow.AddressZero()
        );
        require(buyer != seller, IEscrow.BuyerIsSeller(buyer));
        require(buyer != marketplace, IEscrow.BuyerIsMarketplace(buyer));
        require(terms.attestor() != seller, IEscrow.AttestorIsSeller(seller));
        require(
            buyer != address(this) && seller != address(this) && marketplace != address(this),
            IEscrow.EscrowIsParty(address(this))
        );
    }

    function _requireAmounts(PackedTerms calldata terms) private pure {
        require(terms.deposit() != 0, IEscrow.AmountZero());
        require(terms.deposit() <= terms.price(), IEscrow.DepositExceedsPrice(terms.deposit(), terms.price()));
        if (terms.earnest()) {
            uint256 highest = terms.price() / EARNEST_DIVISOR;
            require(terms.deposit() <= highest, IEscrow.EarnestTooHigh(terms.deposit(), highest));
            require(terms.deposit() <= terms.coverage(), IEscrow.EarnestNotCovered(terms.deposit(), terms.coverage()));
        }
        require(terms.feeBps() <= BASIS_POINTS, IEscrow.BasisPointsTooHigh(terms.feeBps()));
        require(terms.silenceBps() <= BASIS_POINTS, IEscrow.BasisPointsTooHigh(terms.silenceBps()));
    }

    function _requireClocks(PackedTerms calldata terms, uint256 longest) private view {
        bool isPaidAtOnce = terms.deposit() == terms.price();
        uint256 paidBy = isPaidAtOnce ? terms.fundBy() : terms.balanceBy();
        require(
            (isPaidAtOnce || paidBy >= terms.fundBy() + MIN_WINDOW) &&
                terms.shipBy() >= paidBy + MIN_WINDOW &&
                terms.deliverBy() >= terms.shipBy() + MIN_WINDOW,
            IEscrow.ClocksOutOfOrder(terms.fundBy(), terms.balanceBy(), terms.shipBy(), terms.deliverBy())
        );
        require(terms.inspection() >= MIN_WINDOW, IEscrow.InspectionTooShort(terms.inspection(), MIN_WINDOW));
        require(terms.backstop() >= MIN_WINDOW, IEscrow.BackstopTooShort(terms.backstop(), MIN_WINDOW));

        uint256 exposure = terms.deliverBy() - block.timestamp + terms.inspection() + terms.tail();
        require(exposure <= longest, IEscrow.ExposureTooLong(exposure, longest));
        require(terms.backstop() <= MAX_BACKSTOP, IEscrow.ExposureTooLong(terms.backstop(), MAX_BACKSTOP));
        // After a silent end nothing but the tail gives the buyer time to look and to claim.
        require(
            terms.coverage() == 0 || terms.tail() >= terms.inspection(),
            IEscrow.TailTooShort(terms.tail(), terms.inspection())
        );
    }

    function _requireTribunal(PackedTerms calldata terms) private view {
        address tribunal = terms.tribunal();
        require(
            tribunal != terms.buyer() && tribunal != terms.seller() && tribunal != terms.marketplace(),
            IEscrow.TribunalIsParty(tribunal)
        );
        require(tribunal.code.length != DELEGATION_BYTES, IEscrow.TribunalRefuses(tribunal));
        (bool success, bytes memory answer) = tribunal.staticcall{gas: ACCEPTS_GAS}(
            abi.encodeCall(ITribunal.accepts, (terms))
        );
        require(
            success && answer.length >= 32 && bytes32(answer) == bytes32(ITribunal.accepts.selector),
            IEscrow.TribunalRefuses(tribunal)
        );
    }
}
