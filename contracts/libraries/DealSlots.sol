// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Deal, DealSlot, Status} from "../types/Deal.sol";

/// @notice A deal in one word, written by one store: until 40 | held 96 | status 8.
library DealSlots {
    function pack(Status status, uint256 held, uint256 until) internal pure returns (DealSlot) {
        return DealSlot.wrap((until << 104) | (held << 8) | uint256(status));
    }

    function unpack(DealSlot slot) internal pure returns (Deal memory) {
        uint256 word = DealSlot.unwrap(slot);
        return Deal(Status(uint8(word)), uint96(word >> 8), uint40(word >> 104));
    }
}
