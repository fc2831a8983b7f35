// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Deal, DealSlot, Status} from "../types/Deal.sol";

/// @notice A deal in one word, written by one store: until 40 | held 96 | status 8.
library DealSlots {
    function pack(Status status_, uint256 held_, uint256 until_) internal pure returns (DealSlot) {
        return DealSlot.wrap((until_ << 104) | (held_ << 8) | uint256(status_));
    }

    function unpack(DealSlot slot) internal pure returns (Deal memory) {
        return Deal(status(slot), held(slot), until(slot));
    }

    function status(DealSlot slot) internal pure returns (Status) {
        return Status(uint8(DealSlot.unwrap(slot)));
    }

    function held(DealSlot slot) internal pure returns (uint96) {
        return uint96(DealSlot.unwrap(slot) >> 8);
    }

    function until(DealSlot slot) internal pure returns (uint40) {
        return uint40(DealSlot.unwrap(slot) >> 104);
    }
}
