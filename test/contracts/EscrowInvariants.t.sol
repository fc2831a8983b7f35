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

    /// @dev Only what may happen is called; the checks are not.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](20);
        selectors[0] = EscrowHandler.wait.selector;
        selectors[1] = EscrowHandler.postBond.selector;
        selectors[2] = EscrowHandler.open.selector;
        selectors[3] = EscrowHandler.payBalance.selector;
        selectors[4] = EscrowHandler.ship.selector;
        selectors[5] = EscrowHandler.deliver.selector;
        selectors[6] = EscrowHandler.confirm.selector;
        selectors[7] = EscrowHandler.refund.selector;
        selectors[8] = EscrowHandler.deadline.selector;
        selectors[9] = EscrowHandler.dispute.selector;
        selectors[10] = EscrowHandler.settle.selector;
        selectors[11] = EscrowHandler.award.selector;
        selectors[12] = EscrowHandler.extendBackstop.selector;
        selectors[13] = EscrowHandler.withdrawBond.selector;
        selectors[14] = EscrowHandler.withdrawCredit.selector;
        selectors[15] = EscrowHandler.toggleBlock.selector;
        selectors[16] = EscrowHandler.replay.selector;
        selectors[17] = EscrowHandler.fundAgain.selector;
        // Deals are opened and time passes more often than anything else happens.
        selectors[18] = EscrowHandler.open.selector;
        selectors[19] = EscrowHandler.wait.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    function invariant_moneyIsExactlyWhereTheDealsSay() public view {
        handler.checkSolvency();
        handler.checkDeals();
        handler.checkBonds();
    }

    function invariant_silenceEndsEveryDeal() public {
        handler.checkLiveness();
    }
}
