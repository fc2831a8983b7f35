// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

/// @notice A token whose transfers return nothing, as the oldest large stablecoin's do.
contract NoReturnToken {
    error BalanceTooLow(address owner, uint256 balance);

    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        require(balanceOf[from] >= amount, BalanceTooLow(from, balanceOf[from]));
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}
