// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Status} from "../../contracts/types/Deal.sol";
import {PackedTerms, Terms} from "../../contracts/types/Terms.sol";
import {EscrowHarness} from "./EscrowHarness.sol";
import {SVM} from "./Svm.sol";

/// @notice Whatever is held: what goes out is what was held, each share is rounded as the terms say, and no amount makes the
/// arithmetic fail. Shares are those of `SHARES`: products of two unknowns are beyond the solvers, and `Escrow.t.sol` tries them.
contract SharesProofs is EscrowHarness {
    uint256 private constant BASIS_POINTS = 10_000;
    bytes4 private constant PANIC = 0x4e487b71;

    function check_confirm_paysHeldLessTheFeeRoundedDown(Terms memory terms, uint96 held, uint40 time, uint8 which)
        external
    {
        uint16[3] memory shares = _shares();
        for (uint256 i = 0; i < 3; ++i) if (which == i) _confirm(terms, held, time, shares[i]);
    }

    /// @custom:long
    function check_lapse_splitsHeldBySilence(Terms memory terms, uint96 held, uint40 time, uint8 which) external {
        uint16[3] memory shares = _shares();
        for (uint256 i = 0; i < 3; ++i) if (which == i) _lapse(terms, held, time, shares[i], shares[(i + 1) % 3]);
    }

    function check_award_paysExactlyWhatIsHeldAndNoMoreThanTheCoverage(
        Terms memory terms,
        uint96 held,
        uint96 toBuyer,
        uint96 toSeller,
        uint96 compensation
    ) external {
        // The fee is the same code for every payment to the seller, and proven with `confirm`.
        (terms.feeBps, terms.fundBy) = (0, 0);
        PackedTerms memory packed = _pack(terms);
        _put(packed, _disputed(held, 2));
        SVM.warp(1);
        bytes memory data = abi.encodeCall(IEscrow.award, (packed, toBuyer, toSeller, compensation, "", ""));
        Outcome memory outcome = _rehearse(TRIBUNAL, data);
        assert(outcome.refusal != PANIC);
        assert(!outcome.done || uint256(toBuyer) + toSeller == held);
        assert(!outcome.done || outcome.toSeller + outcome.credit == toSeller);
        uint256 covered = compensation < terms.coverage ? compensation : terms.coverage;
        assert(!outcome.done || outcome.toBuyer == uint256(toBuyer) + covered);
    }

    function _confirm(Terms memory terms, uint96 held, uint40 time, uint16 feeBps) private {
        (terms.feeBps, terms.coverage, terms.fundBy) = (feeBps, 0, 0);
        PackedTerms memory packed = _pack(terms);
        _put(packed, (uint256(type(uint40).max) << 112) | (uint256(held) << 16) | uint256(Status.Delivered));
        SVM.warp(time);
        Outcome memory outcome = _rehearse(BUYER, abi.encodeCall(IEscrow.confirm, (packed, held, Status.Delivered, "")));
        assert(outcome.refusal != PANIC);
        if (!outcome.done) return;
        assert(outcome.toBuyer == 0 && outcome.toSeller + outcome.credit == held);
        _requireShare(outcome.credit, held, feeBps);
    }

    function _lapse(Terms memory terms, uint96 held, uint40 time, uint16 silenceBps, uint16 feeBps) private {
        (terms.feeBps, terms.silenceBps, terms.coverage, terms.fundBy) = (feeBps, silenceBps, 0, 0);
        PackedTerms memory packed = _pack(terms);
        _put(packed, _disputed(held, 0));
        SVM.warp(time);
        Outcome memory outcome = _rehearse(address(0xee), abi.encodeCall(IEscrow.lapse, (packed)));
        assert(outcome.refusal != PANIC);
        if (!outcome.done) return;
        uint256 share = outcome.toSeller + outcome.credit;
        assert(outcome.toBuyer + share == held);
        _requireShare(share, held, BASIS_POINTS - silenceBps);
        _requireShare(outcome.credit, share, feeBps);
    }

    function _disputed(uint96 held, uint256 until) private pure returns (uint256) {
        return (until << 112) | (uint256(held) << 16) | (uint256(Status.Delivered) << 8) | uint256(Status.Disputed);
    }

    function _shares() private pure returns (uint16[3] memory) {
        return [uint16(1), 3_333, 10_000];
    }

    /// @dev The share of `whole` that `bps` says, rounded down, said without a division.
    function _requireShare(uint256 share, uint256 whole, uint256 bps) private pure {
        assert(share * BASIS_POINTS <= whole * bps && whole * bps < (share + 1) * BASIS_POINTS);
    }
}
