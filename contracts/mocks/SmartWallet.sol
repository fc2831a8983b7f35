// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A contract wallet of one key: ERC-1271 over the bare digest, and a receive hook that costs about as much as a
/// Safe's behind its proxy, more than a 2,300 gas stipend.
contract SmartWallet is IERC1271 {
    event Received(address from, uint256 amount);
    error NotOwner(address caller);

    address public immutable OWNER;
    uint256 public received = 1;

    constructor(address owner) {
        OWNER = owner;
    }

    receive() external payable {
        _record();
    }

    function execute(address target, uint256 value, bytes calldata data) external {
        require(msg.sender == OWNER, NotOwner(msg.sender));
        (bool success, bytes memory result) = target.call{value: value}(data);
        require(success, string(result));
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        (address signer, , ) = ECDSA.tryRecover(digest, signature);
        return signer == OWNER ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    function _record() private {
        received += msg.value;
        emit Received(msg.sender, msg.value);
    }
}
