// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Where a deal stands. `None` is a deal that was never funded, or one whose slot was given back after it closed.
enum Status {
    None,
    Deposited,
    Funded,
    Shipped,
    Delivered,
    Released,
    Disputed,
    Closed
}

/// @notice A `Deal` as storage keeps it; `DealSlots` reads and writes it in one go.
type DealSlot is uint256;

/// @notice What the chain remembers of a deal: one slot.
struct Deal {
    Status status;
    /// What the deal returns to when its dispute stays undecided; it moves on while the parties perform. `None` without a dispute.
    Status disputedFrom;
    /// Minor units of the token held for this deal.
    uint96 held;
    /// End of the running window in Unix seconds: inspection, tail or backstop. Zero where the terms state the clock.
    uint40 until;
    /// `until` of the state that the dispute returns to. Zero without a dispute, or where the terms state the clock.
    uint40 resumeUntil;
    /// When the last dispute was opened, in Unix seconds. Zero before the first.
    uint40 disputedAt;
}

/// @notice A seller's deposit in one token: one slot.
struct Bond {
    uint96 balance;
    /// Part of the balance that is promised to open deals.
    uint96 reserved;
    /// When the requested withdrawal opens, in Unix seconds; zero without a request.
    uint40 unlockAt;
}
