// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that moves the money and answers false all the same, while it is told to lie.
contract LyingToken is ERC20("Lying Dollar", "LIE") {
    bool public isLying;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function lie(bool isLying_) external {
        isLying = isLying_;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        super.transfer(to, amount);
        return !isLying;
    }
}
