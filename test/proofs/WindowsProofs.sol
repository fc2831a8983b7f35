// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Status} from "../../contracts/types/Deal.sol";
import {PackedTerms, Terms} from "../../contracts/types/Terms.sol";
import {EscrowHarness} from "./EscrowHarness.sol";
import {SVM} from "./Svm.sol";

/// @notice Windows are half-open and disjoint: at every second, either the buyer may dispute or the deadline's own action is due.
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
}
