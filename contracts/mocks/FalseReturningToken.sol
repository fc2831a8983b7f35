// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that moves nothing and returns false instead of reverting, while it is switched off.
contract FalseReturningToken is ERC20("False Dollar", "FALSE") {
    bool public isOff;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function switchOff(bool off) external {
        isOff = off;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !isOff && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !isOff && super.transferFrom(from, to, amount);
    }
}
