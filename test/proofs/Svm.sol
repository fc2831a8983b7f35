// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The cheatcodes of Halmos that the proofs use. Every argument of a `check_` function stands for all its values.
interface Svm {
    function assume(bool condition) external pure;
    function deal(address account, uint256 balance) external;
    function prank(address sender) external;
    function store(address account, bytes32 slot, bytes32 value) external;
    function warp(uint256 timestamp) external;
}

Svm constant SVM = Svm(address(uint160(uint256(keccak256("hevm cheat code")))));
