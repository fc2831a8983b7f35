// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice A party that misbehaves when it is paid. It accepts every signature, so it can be any party of any deal.
contract HostileReceiver is IERC1271 {
    enum Behaviour {
        Accept,
        Revert,
        RevertWithBomb,
        BurnGas,
        Reenter
    }

    error Refused();

    uint256 private constant BOMB_BYTES = 100_000;

    Behaviour public behaviour;
    address public victim;
    /// @notice Account whose code is the calldata of the call back: storage would be too dear to read within a payment.
    address public callback;
    /// @notice How the victim's answer to the last call made from the receive hook began.
    bytes4 public answer;
    uint256 private _burnt;

    receive() external payable {
        _misbehave();
    }

    function behave(Behaviour behaviour_) external {
        behaviour = behaviour_;
    }

    function reenter(address victim_, address callback_) external {
        (behaviour, victim, callback, answer) = (Behaviour.Reenter, victim_, callback_, 0);
    }

    function execute(address target, uint256 value, bytes calldata data) external {
        (bool success, ) = target.call{value: value}(data);
        require(success, Refused());
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }

    function _misbehave() private {
        if (behaviour == Behaviour.Revert) revert Refused();
        if (behaviour == Behaviour.RevertWithBomb) revert(string(new bytes(BOMB_BYTES)));
        while (behaviour == Behaviour.BurnGas) ++_burnt;
        if (behaviour == Behaviour.Reenter) {
            (, bytes memory result) = victim.call(callback.code);
            answer = bytes4(result);
        }
    }
}
