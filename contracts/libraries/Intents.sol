// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DealSlot} from "../types/Deal.sol";
import {DealId, PackedTerms} from "../types/Terms.sol";
import {DealSlots} from "./DealSlots.sol";
import {TermsCodec} from "./TermsCodec.sol";

/// @notice EIP-712 struct hashes of everything that a party signs for the escrow. One readable type per action.
/// @dev What moves money or opens a dispute names the state that it was signed in: the status, and of a disputed deal its stage and
/// the dispute's second. A deal passes each state once and never returns to one, so that a paper kept back works neither later nor
/// twice; and one that is signed before a dispute is open must state its second.
library Intents {
    using DealSlots for DealSlot;
    using TermsCodec for PackedTerms;

    /// @dev What follows `Deal witness` in Permit2's type; names the deal, its id binds chain, contract and every term.
    string internal constant DEAL_WITNESS_TYPE =
        "Deal witness)Deal(bytes32 id)TokenPermissions(address token,uint256 amount)";

    bytes32 internal constant DEAL_TYPEHASH = keccak256("Deal(bytes32 id)");
    bytes32 internal constant TERMS_TYPEHASH = keccak256(
        "Terms(address buyer,address seller,address marketplace,address attestor,address token,uint96 price,uint96 deposit,uint96 coverage,uint16 feeBps,bool earnest,uint32 fundBy,uint32 balanceBy,uint32 shipBy,uint32 deliverBy,uint32 inspection,uint32 tail,address tribunal,bytes32 rules,uint32 backstop,uint16 silenceBps,bytes32 order)"
    );
    bytes32 internal constant PAY_BALANCE_TYPEHASH = keccak256(
        "PayBalance(bytes32 deal,uint256 amount,uint8 status,uint8 disputedFrom,uint40 disputedAt,uint256 deadline)"
    );
    bytes32 internal constant SHIP_GOODS_TYPEHASH = keccak256(
        "ShipGoods(bytes32 deal,bytes32 tracking,uint256 deadline)"
    );
    bytes32 internal constant ATTEST_DELIVERY_TYPEHASH = keccak256(
        "AttestDelivery(bytes32 deal,bytes32 proof,uint256 deadline)"
    );
    bytes32 internal constant CONFIRM_RECEIPT_TYPEHASH = keccak256(
        "ConfirmReceipt(bytes32 deal,uint256 amount,uint8 status,uint8 disputedFrom,uint40 disputedAt,uint256 deadline)"
    );
    bytes32 internal constant REFUND_BUYER_TYPEHASH = keccak256(
        "RefundBuyer(bytes32 deal,uint256 amount,uint256 remaining,uint8 status,uint8 disputedFrom,uint40 disputedAt,uint256 deadline)"
    );
    bytes32 internal constant OPEN_DISPUTE_TYPEHASH = keccak256(
        "OpenDispute(bytes32 deal,address by,bytes32 statement,uint8 status,uint8 disputedFrom,uint40 disputedAt,uint256 deadline)"
    );
    bytes32 internal constant SETTLEMENT_TYPEHASH = keccak256(
        "Settlement(bytes32 deal,uint256 toBuyer,uint256 toSeller,uint256 compensation,uint8 status,uint8 disputedFrom,uint40 disputedAt,uint256 deadline)"
    );
    bytes32 internal constant POST_BOND_TYPEHASH = keccak256(
        "PostBond(address seller,address token,uint256 amount,bytes32 salt,uint256 deadline)"
    );
    bytes32 internal constant REQUEST_BOND_WITHDRAWAL_TYPEHASH = keccak256(
        "RequestBondWithdrawal(address seller,address token,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant WITHDRAW_BOND_TYPEHASH = keccak256(
        "WithdrawBond(address seller,address token,uint256 amount,address to,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant WITHDRAW_CREDIT_TYPEHASH = keccak256(
        "WithdrawCredit(address owner,address token,uint256 amount,address to,uint256 nonce,uint256 deadline)"
    );

    function hashTerms(PackedTerms calldata terms) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    TERMS_TYPEHASH,
                    terms.buyer(),
                    terms.seller(),
                    terms.marketplace(),
                    terms.attestor(),
                    terms.token(),
                    terms.price(),
                    terms.deposit(),
                    terms.coverage(),
                    terms.feeBps(),
                    terms.earnest(),
                    terms.fundBy(),
                    terms.balanceBy(),
                    terms.shipBy(),
                    terms.deliverBy(),
                    terms.inspection(),
                    terms.tail(),
                    terms.tribunal(),
                    terms.rules(),
                    terms.backstop(),
                    terms.silenceBps(),
                    terms.order()
                )
            );
    }

    function hashDealWitness(DealId id) internal pure returns (bytes32) {
        return keccak256(abi.encode(DEAL_TYPEHASH, id));
    }

    function hashPayBalance(
        DealId deal,
        uint256 amount,
        DealSlot slot,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return _hashAmount(PAY_BALANCE_TYPEHASH, deal, amount, slot, deadline);
    }

    function hashShipGoods(DealId deal, bytes32 tracking, uint256 deadline) internal pure returns (bytes32) {
        return keccak256(abi.encode(SHIP_GOODS_TYPEHASH, deal, tracking, deadline));
    }

    function hashAttestDelivery(DealId deal, bytes32 proof, uint256 deadline) internal pure returns (bytes32) {
        return keccak256(abi.encode(ATTEST_DELIVERY_TYPEHASH, deal, proof, deadline));
    }

    function hashConfirmReceipt(
        DealId deal,
        uint256 amount,
        DealSlot slot,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return _hashAmount(CONFIRM_RECEIPT_TYPEHASH, deal, amount, slot, deadline);
    }

    function hashRefundBuyer(
        DealId deal,
        uint256 amount,
        uint256 remaining,
        DealSlot slot,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    REFUND_BUYER_TYPEHASH,
                    deal,
                    amount,
                    remaining,
                    slot.status(),
                    slot.disputedFrom(),
                    slot.disputedAt(),
                    deadline
                )
            );
    }

    function hashOpenDispute(
        DealId deal,
        address by,
        bytes32 statement,
        DealSlot slot,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    OPEN_DISPUTE_TYPEHASH,
                    deal,
                    by,
                    statement,
                    slot.status(),
                    slot.disputedFrom(),
                    slot.disputedAt(),
                    deadline
                )
            );
    }

    function hashSettlement(
        DealId deal,
        uint256 toBuyer,
        uint256 toSeller,
        uint256 compensation,
        DealSlot slot,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    SETTLEMENT_TYPEHASH,
                    deal,
                    toBuyer,
                    toSeller,
                    compensation,
                    slot.status(),
                    slot.disputedFrom(),
                    slot.disputedAt(),
                    deadline
                )
            );
    }

    function hashPostBond(
        address seller,
        address token,
        uint256 amount,
        bytes32 salt,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(POST_BOND_TYPEHASH, seller, token, amount, salt, deadline));
    }

    function hashRequestBondWithdrawal(
        address seller,
        address token,
        uint256 nonce,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(REQUEST_BOND_WITHDRAWAL_TYPEHASH, seller, token, nonce, deadline));
    }

    function hashWithdrawBond(
        address seller,
        address token,
        uint256 amount,
        address to,
        uint256 nonce,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(WITHDRAW_BOND_TYPEHASH, seller, token, amount, to, nonce, deadline));
    }

    function hashWithdrawCredit(
        address owner,
        address token,
        uint256 amount,
        address to,
        uint256 nonce,
        uint256 deadline
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(WITHDRAW_CREDIT_TYPEHASH, owner, token, amount, to, nonce, deadline));
    }

    function _hashAmount(
        bytes32 typeHash,
        DealId deal,
        uint256 amount,
        DealSlot slot,
        uint256 deadline
    ) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(typeHash, deal, amount, slot.status(), slot.disputedFrom(), slot.disputedAt(), deadline)
            );
    }
}
