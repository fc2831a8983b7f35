// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that calls back whoever it was told to, in the middle of every transfer.
contract ReentrantToken is ERC20("Reentrant Dollar", "RUSD") {
    address public victim;
    bytes public callback;
    /// @notice How the victim's answer to the last call made from a transfer began.
    bytes4 public answer;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function reenter(address victim_, bytes calldata callback_) external {
        (victim, callback, answer) = (victim_, callback_, 0);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (victim == address(0)) return;
        (, bytes memory result) = victim.call(callback);
        answer = bytes4(result);
    }
}
