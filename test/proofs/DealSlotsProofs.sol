// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DealSlots} from "../../contracts/libraries/DealSlots.sol";
import {Deal, DealSlot, Status} from "../../contracts/types/Deal.sol";

/// @notice A deal and its storage word say the same, both ways. Amounts are those of 96 bits, clocks those before the year
/// 36812: the escrow never stores others, because amounts are `uint96` and windows are bounded from now.
contract DealSlotsProofs {
    using DealSlots for DealSlot;

    function check_unpack_undoesPack(Status status, uint96 held, uint40 until, uint40 disputedAt) external pure {
        Deal memory deal = DealSlots.pack(status, held, until, disputedAt).unpack();
        assert(deal.status == status && deal.disputedFrom == Status.None);
        assert(deal.held == held && deal.until == until && deal.resumeUntil == 0 && deal.disputedAt == disputedAt);
    }

    function check_unpack_undoesPackDisputed(
        Status from,
        uint96 held,
        uint40 until,
        uint40 resumeUntil,
        uint40 disputedAt
    ) external pure {
        DealSlot slot = DealSlots.packDisputed(from, held, until, resumeUntil, disputedAt);
        Deal memory deal = slot.unpack();
        assert(deal.status == Status.Disputed && deal.disputedFrom == from && slot.stage() == from);
        assert(deal.held == held && deal.until == until);
        assert(deal.resumeUntil == resumeUntil && deal.disputedAt == disputedAt);
    }

    /// @dev For every word that packing can make, and for no other.
    function check_pack_undoesUnpack(uint256 word) external pure {
        bool isReadable = uint8(word) <= uint8(type(Status).max) && uint8(word >> 8) <= uint8(type(Status).max);
        if (!isReadable) return;
        DealSlot slot = DealSlot.wrap(word);
        Deal memory deal = slot.unpack();
        DealSlot again = deal.status == Status.Disputed
            ? DealSlots.packDisputed(deal.disputedFrom, deal.held, deal.until, deal.resumeUntil, deal.disputedAt)
            : DealSlots.pack(deal.status, deal.held, deal.until, deal.disputedAt);
        bool isMade = word >> 232 == 0
            && (deal.status == Status.Disputed || (deal.disputedFrom == Status.None && deal.resumeUntil == 0));
        assert((DealSlot.unwrap(again) == word) == isMade);
    }

    /// @dev One stage further, a dispute goes on with its backstop and its opening.
    function check_advance_keepsTheDispute(uint256 word, Status to, uint96 held, uint40 until) external pure {
        if (uint8(word) > uint8(type(Status).max) || uint8(word >> 8) > uint8(type(Status).max)) return;
        Deal memory before = DealSlot.wrap(word).unpack();
        DealSlot slot = DealSlot.wrap(word).advance(to, held, until);
        Deal memory deal = slot.unpack();
        bool isDisputed = before.status == Status.Disputed;
        assert(deal.held == held && deal.disputedAt == before.disputedAt);
        assert(deal.status == (isDisputed ? Status.Disputed : to));
        assert(deal.disputedFrom == (isDisputed ? to : Status.None));
        assert(deal.until == (isDisputed ? before.until : until));
        assert(deal.resumeUntil == (isDisputed ? until : 0));
    }
}
