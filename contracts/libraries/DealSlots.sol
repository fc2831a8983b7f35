// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Deal, DealSlot, Status} from "../types/Deal.sol";

/// @notice A deal in one word, written by one store:
/// disputedAt 40 | resumeUntil 40 | until 40 | held 96 | disputedFrom 8 | status 8, highest first.
library DealSlots {
    /// @notice A deal that no dispute holds up; the last one was opened at `disputedAt_`.
    function pack(Status status_, uint256 held_, uint256 until_, uint256 disputedAt_) internal pure returns (DealSlot) {
        return DealSlot.wrap((disputedAt_ << 192) | (until_ << 112) | (held_ << 16) | uint256(status_));
    }

    /// @notice A disputed deal that returns to `from` and its `resumeUntil_` when nobody decides before `until_`.
    function packDisputed(Status from, uint256 held_, uint256 until_, uint256 resumeUntil_, uint256 disputedAt_)
        internal
        pure
        returns (DealSlot)
    {
        return DealSlot.wrap(
            (disputedAt_ << 192) | (resumeUntil_ << 152) | (until_ << 112) | (held_ << 16) | (uint256(from) << 8)
                | uint256(Status.Disputed)
        );
    }

    function unpack(DealSlot slot) internal pure returns (Deal memory) {
        return Deal(status(slot), disputedFrom(slot), held(slot), until(slot), resumeUntil(slot), disputedAt(slot));
    }

    function status(DealSlot slot) internal pure returns (Status) {
        return Status(uint8(DealSlot.unwrap(slot)));
    }

    function disputedFrom(DealSlot slot) internal pure returns (Status) {
        return Status(uint8(DealSlot.unwrap(slot) >> 8));
    }

    function held(DealSlot slot) internal pure returns (uint96) {
        return uint96(DealSlot.unwrap(slot) >> 16);
    }

    function until(DealSlot slot) internal pure returns (uint40) {
        return uint40(DealSlot.unwrap(slot) >> 112);
    }

    function resumeUntil(DealSlot slot) internal pure returns (uint40) {
        return uint40(DealSlot.unwrap(slot) >> 152);
    }

    function disputedAt(DealSlot slot) internal pure returns (uint40) {
        return uint40(DealSlot.unwrap(slot) >> 192);
    }

    /// @notice Where the deal stands apart from its dispute.
    function stage(DealSlot slot) internal pure returns (Status) {
        Status status_ = status(slot);
        return status_ == Status.Disputed ? disputedFrom(slot) : status_;
    }

    /// @notice The deal one stage further. A dispute goes on and returns to the new stage.
    function advance(DealSlot slot, Status to, uint256 held_, uint256 until_) internal pure returns (DealSlot) {
        if (status(slot) != Status.Disputed) return pack(to, held_, until_, disputedAt(slot));
        return packDisputed(to, held_, until(slot), until_, disputedAt(slot));
    }
}
