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
    /// The stage of a disputed deal; it moves on while the parties perform. `None` without a dispute.
    Status disputedFrom;
    /// Minor units of the token held for this deal.
    uint96 held;
    /// End of the running window in Unix seconds: inspection, tail or backstop. Zero where the terms state the clock.
    uint40 until;
    /// When the dispute was opened, in Unix seconds; for one that was open at delivery, the end of the inspection. Zero without one.
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
