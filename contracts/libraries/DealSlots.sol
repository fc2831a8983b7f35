// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Deal, DealSlot, Status} from "../types/Deal.sol";

/// @notice A deal in one word, written by one store:
/// disputedAt 40 | until 40 | held 96 | disputedFrom 8 | status 8, highest first.
library DealSlots {
    /// @notice A deal that no dispute holds up.
    function pack(Status status_, uint256 held_, uint256 until_) internal pure returns (DealSlot) {
        return DealSlot.wrap((until_ << 112) | (held_ << 16) | uint256(status_));
    }

    /// @notice A deal that is disputed in the stage `from`, with its backstop at `until_`.
    function packDisputed(
        Status from,
        uint256 held_,
        uint256 until_,
        uint256 disputedAt_
    ) internal pure returns (DealSlot) {
        uint256 dispute = (disputedAt_ << 152) | (uint256(from) << 8);
        return DealSlot.wrap(dispute | DealSlot.unwrap(pack(Status.Disputed, held_, until_)));
    }

    function unpack(DealSlot slot) internal pure returns (Deal memory) {
        return Deal(status(slot), disputedFrom(slot), held(slot), until(slot), disputedAt(slot));
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

    function disputedAt(DealSlot slot) internal pure returns (uint40) {
        return uint40(DealSlot.unwrap(slot) >> 152);
    }

    /// @notice Where the deal stands apart from its dispute.
    function stage(DealSlot slot) internal pure returns (Status) {
        Status status_ = status(slot);
        return status_ == Status.Disputed ? disputedFrom(slot) : status_;
    }
}
