// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Status} from "../../contracts/types/Deal.sol";
import {PackedTerms, Terms} from "../../contracts/types/Terms.sol";
import {EscrowHarness} from "./EscrowHarness.sol";
import {SVM} from "./Svm.sol";

/// @notice Whatever is held, and whatever the shares: what goes out is what was held, each share is rounded as the terms say, and
/// no amount makes the arithmetic fail.
contract SharesProofs is EscrowHarness {
    uint256 private constant BASIS_POINTS = 10_000;
    bytes4 private constant PANIC = 0x4e487b71;

    function check_confirm_paysHeldLessTheFeeRoundedDown(Terms memory terms, uint96 held, uint40 time) external {
        SVM.assume(terms.feeBps <= BASIS_POINTS);
        PackedTerms memory packed = _pack(terms);
        _put(packed, (uint256(held) << 16) | uint256(Status.Delivered));
        SVM.warp(time);
        Outcome memory outcome = _rehearse(BUYER, abi.encodeCall(IEscrow.confirm, (packed, "")));
        assert(outcome.refusal != PANIC);
        if (!outcome.done) return;
        assert(outcome.toBuyer == 0 && outcome.toSeller + outcome.credit == held);
        _requireShare(outcome.credit, held, terms.feeBps);
    }

    function check_lapse_splitsHeldBySilence(Terms memory terms, uint96 held, uint40 until, uint40 time) external {
        SVM.assume(terms.feeBps <= BASIS_POINTS && terms.silenceBps <= BASIS_POINTS && time >= until);
        PackedTerms memory packed = _pack(terms);
        _put(
            packed,
            (uint256(until) << 112) | (uint256(held) << 16) | (uint256(Status.Delivered) << 8) | uint256(Status.Disputed)
        );
        SVM.warp(time);
        Outcome memory outcome = _rehearse(address(0xee), abi.encodeCall(IEscrow.lapse, (packed)));
        assert(outcome.refusal != PANIC);
        if (!outcome.done) return;
        uint256 share = outcome.toSeller + outcome.credit;
        assert(outcome.toBuyer + share == held);
        _requireShare(share, held, BASIS_POINTS - terms.silenceBps);
        _requireShare(outcome.credit, share, terms.feeBps);
    }

    function check_award_paysExactlyWhatIsHeldAndNoMoreThanTheCoverage(
        Terms memory terms,
        uint256 word,
        uint96 toBuyer,
        uint96 toSeller,
        uint96 compensation,
        uint40 time
    ) external {
        SVM.assume(terms.feeBps <= BASIS_POINTS);
        SVM.assume(uint8(word) == uint8(Status.Disputed) && uint8(word >> 8) < 8);
        PackedTerms memory packed = _pack(terms);
        _put(packed, word);
        SVM.warp(time);
        bytes memory data = abi.encodeCall(IEscrow.award, (packed, toBuyer, toSeller, compensation, "", ""));
        Outcome memory outcome = _rehearse(TRIBUNAL, data);
        assert(outcome.refusal != PANIC);
        if (!outcome.done) return;
        assert(uint256(toBuyer) + toSeller == uint96(word >> 16));
        assert(outcome.toSeller + outcome.credit == toSeller);
        assert(outcome.toBuyer == uint256(toBuyer) + (compensation < terms.coverage ? compensation : terms.coverage));
    }

    /// @dev The share of `whole` that `bps` says, rounded down, said without a division.
    function _requireShare(uint256 share, uint256 whole, uint256 bps) private pure {
        assert(share * BASIS_POINTS <= whole * bps && whole * bps < (share + 1) * BASIS_POINTS);
    }
}
