// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedTerms} from "../types/Terms.sol";

/// @title What an escrow asks of the contract that decides disputes
/// @notice A tribunal says before any money moves whether it could decide a deal with these terms.
interface ITribunal {
    /// @notice Returns its own selector, `ITribunal.accepts.selector`, when this tribunal can decide a dispute under `terms`.
    /// Anything else, a revert included, refuses the funding.
    /// @dev A static call with at most 100,000 gas, in the transaction that funds the deal. Example: a panel that is
    /// registered, with clocks no shorter than its floors and no party among its arbitrators, accepts. `msg.sender` is the escrow
    /// that will hold the deal: a tribunal that decides for one escrow refuses all others.
    function accepts(PackedTerms calldata terms) external view returns (bytes4);
}
