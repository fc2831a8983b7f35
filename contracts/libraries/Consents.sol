// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice How a party agrees to an action: by calling, with no bytes, or by 5 bytes of deadline followed by a signature over
/// the action's EIP-712 type.
library Consents {
    uint256 private constant DEADLINE_BYTES = 5;

    /// @notice Unix second from which the consent is refused; zero where the bytes are too few to state one.
    function deadline(bytes calldata consent) internal pure returns (uint256) {
        return consent.length < DEADLINE_BYTES ? 0 : uint40(bytes5(consent[:DEADLINE_BYTES]));
    }

    /// @notice The signature of a consent that states a deadline.
    function signature(bytes calldata consent) internal pure returns (bytes calldata) {
        return consent[DEADLINE_BYTES:];
    }
}
