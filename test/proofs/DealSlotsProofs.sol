// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DealSlots} from "../../contracts/libraries/DealSlots.sol";
import {Deal, DealSlot, Status} from "../../contracts/types/Deal.sol";

/// @notice A deal and its storage word say the same, both ways. Amounts are those of 96 bits, clocks those before the year
/// 36812: the escrow never stores others, because amounts are `uint96` and windows are bounded from now.
contract DealSlotsProofs {
    using DealSlots for DealSlot;

    function check_unpack_undoesPack(Status status, uint96 held, uint40 until) external pure {
        Deal memory deal = DealSlots.pack(status, held, until).unpack();
        assert(deal.status == status && deal.disputedFrom == Status.None);
        assert(deal.held == held && deal.until == until && deal.disputedAt == 0);
    }

    function check_unpack_undoesPackDisputed(Status from, uint96 held, uint40 until, uint40 disputedAt) external pure {
        DealSlot slot = DealSlots.packDisputed(from, held, until, disputedAt);
        Deal memory deal = slot.unpack();
        assert(deal.status == Status.Disputed && deal.disputedFrom == from && slot.stage() == from);
        assert(deal.held == held && deal.until == until && deal.disputedAt == disputedAt);
    }

    /// @dev For every word that packing can make, and for no other.
    function check_pack_undoesUnpack(uint256 word) external pure {
        bool isReadable = uint8(word) <= uint8(type(Status).max) && uint8(word >> 8) <= uint8(type(Status).max);
        if (!isReadable) return;
        DealSlot slot = DealSlot.wrap(word);
        Deal memory deal = slot.unpack();
        DealSlot again = deal.status == Status.Disputed
            ? DealSlots.packDisputed(deal.disputedFrom, deal.held, deal.until, deal.disputedAt)
            : DealSlots.pack(deal.status, deal.held, deal.until);
        bool isMade = word >> 192 == 0 && (deal.status == Status.Disputed || (deal.disputedFrom == Status.None && deal.disputedAt == 0));
        assert((DealSlot.unwrap(again) == word) == isMade);
    }
}
