// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EscrowHandler} from "./EscrowHandler.sol";

contract EscrowInvariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    EscrowHandler private handler;
    address[] private _targets;

    function setUp() public {
        handler = new EscrowHandler();
        _targets.push(address(handler));
    }

    function targetContracts() public view returns (address[] memory) {
        return _targets;
    }

    /// @dev Only what may happen is called; the checks are not. What moves deals on stands twice.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[32] memory all = [
            EscrowHandler.wait.selector,
            EscrowHandler.waitFor.selector,
            EscrowHandler.waitFor.selector,
            EscrowHandler.open.selector,
            EscrowHandler.open.selector,
            EscrowHandler.fundAgain.selector,
            EscrowHandler.payBalance.selector,
            EscrowHandler.payBalance.selector,
            EscrowHandler.ship.selector,
            EscrowHandler.ship.selector,
            EscrowHandler.deliver.selector,
            EscrowHandler.confirm.selector,
            EscrowHandler.refund.selector,
            EscrowHandler.dispute.selector,
            EscrowHandler.dispute.selector,
            EscrowHandler.settle.selector,
            EscrowHandler.keepPaper.selector,
            EscrowHandler.submitPaper.selector,
            EscrowHandler.replay.selector,
            EscrowHandler.perform.selector,
            EscrowHandler.meetDeadline.selector,
            EscrowHandler.meetDeadline.selector,
            EscrowHandler.award.selector,
            EscrowHandler.extendBackstop.selector,
            EscrowHandler.payShortfall.selector,
            EscrowHandler.intrude.selector,
            EscrowHandler.postBond.selector,
            EscrowHandler.requestBond.selector,
            EscrowHandler.withdrawBond.selector,
            EscrowHandler.withdrawCredit.selector,
            EscrowHandler.toggleToken.selector,
            EscrowHandler.imagineSilence.selector
        ];
        bytes4[] memory selectors = new bytes4[](34);
        for (uint256 i = 0; i < 32; ++i) selectors[i] = all[i];
        selectors[32] = EscrowHandler.toggleReceiver.selector;
        selectors[33] = EscrowHandler.aim.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    /// @dev What held before a call that changed nothing holds after it, and most calls change nothing.
    function invariant_moneyIsExactlyWhereTheDealsSay() public view {
        if (handler.hasChanged()) handler.checkAll();
    }

    function afterInvariant() public {
        handler.checkAll();
        handler.checkLiveness();
    }
}
