// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Deal, Status} from "../../contracts/types/Deal.sol";
import {DealId, PackedTerms, Terms} from "../../contracts/types/Terms.sol";
import {EscrowHarness} from "./EscrowHarness.sol";
import {SVM} from "./Svm.sol";

/// @notice Windows are half-open and disjoint: at every second, either the buyer may dispute or the deadline's own action is due.
/// And whenever a dispute is opened, its tribunal has the backstop of the terms after the end of that window.
contract WindowsProofs is EscrowHarness {
    function check_disputeOrDeadline_exactlyOne(Terms memory terms, uint256 word, uint40 time) external {
        Status status = Status(uint8(word) % 8);
        SVM.assume(uint8(word) < 8 && uint8(word >> 8) < 8 && status >= Status.Deposited && status <= Status.Released);
        PackedTerms memory packed = _pack(terms);
        _put(packed, word);
        SVM.warp(time);
        bytes4 due = status == Status.Deposited
            ? IEscrow.lapse.selector
            : status == Status.Delivered
                ? IEscrow.release.selector
                : status == Status.Released ? IEscrow.close.selector : IEscrow.expire.selector;

        Outcome memory dispute = _rehearse(BUYER, abi.encodeCall(IEscrow.dispute, (packed, BUYER, "", "")));
        Outcome memory deadline = _rehearse(address(0xee), abi.encodeWithSelector(due, packed));
        assert(dispute.done || dispute.refusal == IEscrow.DeadlinePassed.selector);
        assert(dispute.done == (deadline.refusal == IEscrow.DeadlineNotReached.selector));
        assert(!dispute.done || !deadline.done);
    }

    /// @dev Giving in ends in the second in which the deadline's own action begins, in a dispute too: at no second are both possible.
    function check_confirmOrDeadline_exactlyOne(Terms memory terms, uint256 word, uint40 time) external {
        Status status = Status(uint8(word) % 8);
        Status stage = status == Status.Disputed ? Status(uint8(word >> 8) % 8) : status;
        SVM.assume(uint8(word) < 8 && uint8(word >> 8) < 8 && stage >= Status.Deposited && stage <= Status.Delivered);
        // Amounts are proven in `SharesProofs`: here the money goes to one side, and without coverage every end is the last.
        (terms.feeBps, terms.silenceBps, terms.coverage, terms.fundBy, terms.earnest) = (0, 10_000, 0, 0, false);
        PackedTerms memory packed = _pack(terms);
        _put(packed, word);
        SVM.warp(time);
        bytes4 due = status == Status.Deposited || status == Status.Disputed
            ? IEscrow.lapse.selector
            : status == Status.Delivered ? IEscrow.release.selector : IEscrow.expire.selector;

        bytes memory giveIn = abi.encodeCall(IEscrow.confirm, (packed, uint96(word >> 16), status, ""));
        Outcome memory confirm = _rehearse(BUYER, giveIn);
        Outcome memory deadline = _rehearse(address(0xee), abi.encodeWithSelector(due, packed));
        // Gas is unknown here, so that a payment may be refused for it.
        bool isInTime = confirm.done || confirm.refusal == IEscrow.GasTooLow.selector;
        assert(isInTime || confirm.refusal == IEscrow.DeadlinePassed.selector);
        assert(isInTime == (deadline.refusal == IEscrow.DeadlineNotReached.selector));
        assert(!isInTime || !deadline.done);
    }

    function check_dispute_leavesTheTribunalItsTime(Terms memory terms, uint256 word, uint40 time, bool bySeller) external {
        Status status = Status(uint8(word) % 8);
        uint256 until = uint40(word >> 112);
        // Windows that the chain keeps are bounded from now, so no clock comes near the end of its bits.
        SVM.assume(uint8(word) < 8 && uint8(word >> 8) < 8 && until < 1 << 39);
        PackedTerms memory packed = _pack(terms);
        DealId id = _put(packed, word);
        SVM.warp(time);
        address by = bySeller ? SELLER : BUYER;
        SVM.prank(by);
        try escrow.dispute(packed, by, "", "") {
            Deal memory deal = escrow.dealOf(id);
            uint256 windowEnd = status == Status.Deposited
                ? terms.balanceBy
                : status == Status.Funded ? terms.shipBy : status == Status.Shipped ? terms.deliverBy : until;
            assert(time < windowEnd && deal.until == windowEnd + terms.backstop);
            assert(deal.disputedAt == time && deal.disputedFrom == status && deal.held == uint96(word >> 16));
            assert(!bySeller || status == Status.Funded || status == Status.Shipped);
        } catch {}
    }
}
