// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {MockStablecoin} from "./MockStablecoin.sol";

/// @notice A stablecoin whose transfers deliver more or less than they say, or cost more gas than any other's.
contract SkewedToken is MockStablecoin {
    uint256 public surplus;
    uint256 public missing;
    uint256 public writes;
    mapping(uint256 => uint256) private _written;
    uint256 private _next;

    function skew(uint256 surplus_, uint256 missing_) external {
        (surplus, missing) = (surplus_, missing_);
    }

    /// @notice How many new storage slots a transfer writes, at 22,100 gas each.
    function makeDear(uint256 writes_) external {
        writes = writes_;
    }

    /// @notice Takes from a holder, as a token that loses value does.
    function shrink(address holder, uint256 amount) external {
        _burn(holder, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0) || to == address(0)) return;
        if (surplus != 0) super._update(address(0), to, surplus);
        if (missing != 0) super._update(to, address(0), missing);
        for (uint256 i = 0; i < writes; ++i) _written[_next++] = 1;
    }
}
