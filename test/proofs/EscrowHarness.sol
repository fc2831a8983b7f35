// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Escrow} from "../../contracts/Escrow.sol";
import {IPermit2} from "../../contracts/interfaces/IPermit2.sol";
import {DealId, PackedTerms, Terms} from "../../contracts/types/Terms.sol";
import {packTerms} from "../contracts/packTerms.sol";
import {SVM} from "./Svm.sol";

/// @notice The escrow as it is deployed, in a state that a proof chooses: one deal of native currency between four accounts. Every
/// word of storage that the deal may have, every amount, share and clock of its terms and every second are covered at once.
abstract contract EscrowHarness {
    /// @dev Where `Bonds` and `Escrow` keep their mappings; `_put` fails when they move.
    uint256 private constant BONDS_SLOT = 4;
    uint256 private constant DEALS_SLOT = 5;
    address internal constant BUYER = address(0xb0);
    address internal constant SELLER = address(0x5e);
    address internal constant MARKETPLACE = address(0x3a);
    address internal constant TRIBUNAL = address(0x77);

    /// @dev What a rehearsed call did; it reverts so that nothing of it stays.
    error Rehearsed(bool done, bytes4 refusal, uint256 toBuyer, uint256 toSeller, uint256 credit);

    struct Outcome {
        bool done;
        bytes4 refusal;
        uint256 toBuyer;
        uint256 toSeller;
        uint256 credit;
    }

    Escrow internal escrow;

    function setUp() public {
        escrow = new Escrow(IPermit2(address(0)));
    }

    function _pack(Terms memory terms) internal pure returns (PackedTerms memory) {
        (terms.buyer, terms.seller, terms.marketplace) = (BUYER, SELLER, MARKETPLACE);
        (terms.attestor, terms.tribunal, terms.token) = (address(0xa7), TRIBUNAL, address(0));
        (terms.rules, terms.order) = (bytes32(0), bytes32(0));
        return packTerms(terms);
    }

    /// @dev The deal's word, a bond that covers it, and all the money there is.
    function _put(PackedTerms memory packed, uint256 word) internal returns (DealId id) {
        id = DealId.wrap(keccak256(abi.encode(block.chainid, address(escrow), packed)));
        SVM.store(address(escrow), keccak256(abi.encode(id, DEALS_SLOT)), bytes32(word));
        bytes32 bond = keccak256(abi.encode(address(0), keccak256(abi.encode(SELLER, BONDS_SLOT))));
        SVM.store(address(escrow), bond, bytes32(uint256(type(uint192).max)));
        SVM.deal(address(escrow), type(uint128).max);
        assert(escrow.dealOf(id).held == uint96(word >> 16));
        assert(escrow.bondOf(SELLER, address(0)).reserved == type(uint96).max);
    }

    function _rehearse(address caller, bytes memory data) internal returns (Outcome memory outcome) {
        try this.rehearse(caller, data) {}
        catch (bytes memory reason) {
            assert(bytes4(reason) == Rehearsed.selector);
            assembly ("memory-safe") {
                // Skips the length and the selector of `Rehearsed`.
                mcopy(outcome, add(reason, 36), 160)
            }
        }
    }

    /// @dev Only called by the proof itself; always reverts.
    function rehearse(address caller, bytes calldata data) external {
        (uint256 buyerBefore, uint256 sellerBefore) = (BUYER.balance, SELLER.balance);
        SVM.prank(caller);
        (bool done, bytes memory answer) = address(escrow).call(data);
        bytes4 refusal = done || answer.length < 4 ? bytes4(0) : bytes4(answer);
        uint256 credit = escrow.creditOf(MARKETPLACE, address(0));
        revert Rehearsed(done, refusal, BUYER.balance - buyerBefore, SELLER.balance - sellerBefore, credit);
    }
}
