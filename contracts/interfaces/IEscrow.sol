// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bond, Deal, Status} from "../types/Deal.sol";
import {DealId, PackedTerms} from "../types/Terms.sol";

/// @title Escrow of one payment per deal, and of sellers' bonds
/// @notice Holds a buyer's payment until it leaves by confirmation, by a deadline, by a settlement that both parties sign,
/// or by an award of the tribunal that the terms name. Nobody owns, pauses or upgrades this contract.
/// @dev Terms come as calldata in every call, packed; the chain keeps one slot under the EIP-712 digest of `Terms`. Amounts
/// are minor units of the terms' token, times are Unix seconds, shares are basis points. Windows are half-open: open while
/// `block.timestamp < end`. Money goes only to buyer, seller and marketplace of the terms. What cannot be delivered to them
/// becomes a credit that its owner withdraws; no receiver can block a deal. A marketplace earns `feeBps` of whatever the
/// seller gets out of the held money, rounded down, always as credit.
///
/// Every action of a party has two forms: `x`, called by the party, and `xFor`, carried by anyone with the party's EIP-712
/// signature (64 or 65 bytes, or ERC-1271) before `deadline`. Both do the same.
interface IEscrow {
    // ------------------------------------------------------------------ life of a deal

    /// @notice The deal was funded with `terms.deposit`; the only event that carries the terms.
    event DealFunded(DealId indexed id, PackedTerms terms);
    event BalancePaid(DealId indexed id, uint256 amount);
    event DealShipped(DealId indexed id, bytes32 tracking);
    event DealDelivered(DealId indexed id, bytes32 proof, uint256 inspectionUntil);
    /// @notice What was held went to the seller, less the fee. `tailUntil` is zero when nothing stays reserved: the deal is closed.
    event DealReleased(DealId indexed id, uint256 amount, uint256 tailUntil);
    /// @notice The seller gave `amount` back; the deal is closed when `remaining` is zero, and then `compensation` was paid from the
    /// coverage where earnest money is doubled; `shortfall` is what the coverage did not carry.
    event DealRefunded(
        DealId indexed id, uint256 amount, uint256 remaining, uint256 compensation, uint256 shortfall
    );
    event DealDisputed(DealId indexed id, address by, bytes32 statement, uint256 backstopAt);
    event BackstopExtended(DealId indexed id, uint256 backstopAt);

    // ------------------------------------------------------------------ ends of a deal

    event DealExpired(DealId indexed id, uint256 refunded, uint256 compensation, uint256 shortfall);
    event DealLapsed(DealId indexed id, uint256 toBuyer, uint256 toSeller);
    event DealSettled(DealId indexed id, uint256 toBuyer, uint256 toSeller, uint256 compensation);
    /// @notice `compensation` was paid from the coverage; `shortfall` is what the award exceeds the coverage by.
    event DealAwarded(
        DealId indexed id, uint256 toBuyer, uint256 toSeller, uint256 compensation, uint256 shortfall, bytes32 reasons
    );
    event DealClosed(DealId indexed id);

    // ------------------------------------------------------------------ bonds and credits

    event BondPosted(address indexed seller, address indexed token, uint256 amount);
    event BondWithdrawalRequested(address indexed seller, address indexed token, uint256 unlockAt);
    event BondWithdrawn(address indexed seller, address indexed token, uint256 amount, address to);
    event CreditAdded(address indexed owner, address indexed token, uint256 amount);
    event CreditWithdrawn(address indexed owner, address indexed token, uint256 amount, address to);

    // ------------------------------------------------------------------ why a call is refused

    error AddressZero();
    error AmountTooLarge(uint256 amount);
    error AmountZero();
    error AmountsDoNotSum(uint256 toBuyer, uint256 toSeller, uint256 held);
    error AttestorIsSeller(address seller);
    error BasisPointsTooHigh(uint256 basisPoints);
    error BondLocked(uint256 unlockAt);
    error BondTooSmall(uint256 amount, uint256 free);
    error BuyerIsSeller(address party);
    error ClocksOutOfOrder();
    error CoverageExceedsBond(uint256 coverage, uint256 available);
    error DealExists(DealId id, Status status);
    error DealMismatch(DealId signed, DealId actual);
    error DealNotOpen(DealId id, Status status);
    error DeadlineNotReached(uint256 deadline);
    error DeadlinePassed(uint256 deadline);
    error DepositExceedsPrice(uint256 deposit, uint256 price);
    error EarnestTooHigh(uint256 deposit, uint256 highest);
    error ExposureTooLong(uint256 secondsOpen, uint256 longest);
    error GasTooLow(uint256 left, uint256 needed);
    error NotCaller(address caller, address expected);
    error NotParty(address account);
    error NothingToWithdraw(address owner, address token);
    error PartialRefundOfDeposit(uint256 amount, uint256 held);
    error PaymentFailed(address to, uint256 amount);
    error RefundExceedsHeld(uint256 amount, uint256 held);
    error RemainingMismatch(uint256 signed, uint256 actual);
    error TribunalIsParty(address tribunal);
    error TribunalUnknown(address tribunal);
    error ValueMismatch(uint256 received, uint256 expected);
    error WrongStatus(DealId id, Status actual, Status expected);

    // ------------------------------------------------------------------ funding

    /// @notice Funds an uncovered deal with `terms.deposit` from the caller, who must be the buyer: native currency as
    /// `msg.value`, a token from the allowance.
    /// @dev Refuses terms that are unsafe or out of order, tokens that arrive short, a deal that exists, and `fundBy` reached.
    function fund(PackedTerms calldata terms) external payable;

    /// @notice The same for a deal with coverage, which the seller's signature over the `Terms` reserves from their bond.
    function fundCovered(PackedTerms calldata terms, bytes calldata sellerSignature) external payable;

    /// @notice Funds from the buyer's allowance, or with the carrier's native currency, on the buyer's signature over the
    /// `Terms`. `sellerSignature` is read only when there is coverage.
    function fundFor(PackedTerms calldata terms, bytes calldata buyerSignature, bytes calldata sellerSignature) external payable;

    /// @notice Funds by an ERC-3009 authorization of the buyer: value `terms.deposit`, valid from 0 to `terms.fundBy`, nonce
    /// equal to the deal's id. `authorization` is 65 bytes (r, s, v) or what the token's `bytes` overload accepts.
    function fundWithAuthorization(PackedTerms calldata terms, bytes calldata authorization, bytes calldata sellerSignature)
        external;

    /// @notice Funds by a Permit2 transfer of the buyer with `Deal(bytes32 id)` as witness, valid to `terms.fundBy`.
    /// @param nonce Permit2's unordered nonce that the buyer signed.
    function fundWithPermit2(
        PackedTerms calldata terms,
        uint256 nonce,
        bytes calldata permitSignature,
        bytes calldata sellerSignature
    ) external;

    /// @notice Pays exactly `price - deposit` before `balanceBy`. Buyer only.
    function payBalance(PackedTerms calldata terms) external payable;

    /// @notice The same on the buyer's `PayBalance`.
    function payBalanceFor(PackedTerms calldata terms, uint256 deadline, bytes calldata signature) external payable;

    /// @notice The same by an ERC-3009 authorization whose nonce is the digest of `PayBalance` with `deadline` = `balanceBy`.
    function payBalanceWithAuthorization(PackedTerms calldata terms, bytes calldata authorization) external;

    // ------------------------------------------------------------------ performing

    /// @notice Records that the goods left, before `shipBy`. Seller only.
    /// @param tracking Digest of the carrier's reference.
    function ship(PackedTerms calldata terms, bytes32 tracking) external;

    /// @notice The same on the seller's `ShipGoods`.
    function shipFor(PackedTerms calldata terms, bytes32 tracking, uint256 deadline, bytes calldata signature) external;

    /// @notice Records delivery before `deliverBy` and starts the inspection. Attestor only.
    /// @param proof Digest of the proof of delivery.
    function deliver(PackedTerms calldata terms, bytes32 proof) external;

    /// @notice The same on the attestor's `AttestDelivery`.
    function deliverFor(PackedTerms calldata terms, bytes32 proof, uint256 deadline, bytes calldata signature) external;

    /// @notice Pays what is held to the seller, less the fee. Buyer only, from any open state.
    /// @dev Waives nothing: until the tail ends the buyer can still dispute and be compensated from the coverage.
    function confirm(PackedTerms calldata terms) external;

    /// @notice The same on the buyer's `ConfirmReceipt`, which states what is held: it does not release what is paid in later.
    function confirmFor(PackedTerms calldata terms, uint256 deadline, bytes calldata signature) external;

    /// @notice Pays what is held to the seller, less the fee, once the inspection is over. Anyone.
    function release(PackedTerms calldata terms) external;

    /// @notice Gives `amount` of what is held back to the buyer; all of it closes the deal. Seller only, from any open state.
    /// @dev A deposit goes back whole or not at all, so that what is left to pay is always `price - deposit`. A seller who ends a
    /// deal with earnest money before shipping pays as much again from the coverage, as at `expire`; a settlement can spare it.
    function refund(PackedTerms calldata terms, uint256 amount) external;

    /// @notice The same on the seller's `RefundBuyer`, which states what remains, so that it cannot run twice.
    function refundFor(
        PackedTerms calldata terms,
        uint256 amount,
        uint256 remaining,
        uint256 deadline,
        bytes calldata signature
    ) external;

    // ------------------------------------------------------------------ deadlines

    /// @notice Refunds the buyer in full when the goods were not shipped before `shipBy` or not delivered before `deliverBy`.
    /// Anyone.
    /// @dev Earnest money that was not shipped for is doubled from the coverage (Civil Code of the PRC art. 587).
    function expire(PackedTerms calldata terms) external;

    /// @notice Ends a deposit whose balance was not paid before `balanceBy` (earnest money goes to the seller, an advance back
    /// to the buyer), or a dispute that the tribunal left to its backstop (split by `silenceBps`, remainder to the buyer).
    /// Anyone.
    function lapse(PackedTerms calldata terms) external;

    /// @notice Frees the coverage of a released deal when its tail is over. Anyone.
    function close(PackedTerms calldata terms) external;

    // ------------------------------------------------------------------ disputes

    /// @notice Freezes the deal: from here money moves only by settlement, award, or the backstop. Buyer or seller, while the
    /// running window (`balanceBy`, `shipBy`, `deliverBy`, inspection) is open; in the tail the buyer only.
    /// @param statement Digest of what the party states.
    function dispute(PackedTerms calldata terms, bytes32 statement) external;

    /// @notice The same on the `OpenDispute` of `by`, the buyer or the seller.
    function disputeFor(
        PackedTerms calldata terms,
        address by,
        bytes32 statement,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Closes an open or disputed deal as both parties signed in one `Settlement`. Anyone; a party that calls consents
    /// by calling, and its signature is not read.
    /// @dev `toBuyer + toSeller` must equal what is held; `compensation` comes from the coverage and may not exceed it.
    function settle(
        PackedTerms calldata terms,
        uint256 toBuyer,
        uint256 toSeller,
        uint256 compensation,
        uint256 deadline,
        bytes calldata buyerSignature,
        bytes calldata sellerSignature
    ) external;

    /// @notice Closes a disputed deal as its tribunal decides, before the backstop. Tribunal of the terms only.
    /// @dev `toBuyer + toSeller` must equal what is held. Compensation is paid from this deal's coverage and nothing else; the
    /// rest is recorded as a shortfall.
    /// @param id What the tribunal's signers signed; must be the id of `terms`.
    /// @param compensation What the seller owes beyond the price, in minor units.
    /// @param reasons Digest of the written reasons.
    function award(
        PackedTerms calldata terms,
        DealId id,
        uint96 toBuyer,
        uint96 toSeller,
        uint96 compensation,
        bytes32 reasons
    ) external;

    /// @notice Moves the backstop of a disputed deal later, at most `MAX_EXTENSION` from now, again and again while a docket
    /// is live. Tribunal of the terms only.
    function extendBackstop(PackedTerms calldata terms, uint256 until) external;

    // ------------------------------------------------------------------ bonds and credits

    /// @notice Adds `amount` of the caller's `token` to the bond of `seller`.
    function postBond(address seller, address token, uint256 amount) external payable;

    /// @notice Adds to the seller's bond by their ERC-3009 authorization: valid from 0 to `deadline`, nonce equal to the digest
    /// of `PostBond`.
    function postBondWithAuthorization(
        address seller,
        address token,
        uint256 amount,
        bytes32 salt,
        uint256 deadline,
        bytes calldata authorization
    ) external;

    /// @notice Starts the clock of a withdrawal: the free part of the bond can leave from `BOND_DELAY` on, for `BOND_WINDOW`.
    function requestBondWithdrawal(address token) external;

    /// @notice The same on the seller's `RequestBondWithdrawal`.
    function requestBondWithdrawalFor(address seller, address token, uint256 deadline, bytes calldata signature) external;

    /// @notice Sends `amount` of the bond that no deal has reserved to `to`. Seller only, while a requested withdrawal is open.
    /// @dev Only what is reserved is promised to anybody: `reserved` of `bondOf`, not its `balance`.
    function withdrawBond(address token, uint256 amount, address to) external;

    /// @notice The same on the seller's `WithdrawBond`.
    function withdrawBondFor(
        address seller,
        address token,
        uint256 amount,
        address to,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Sends the caller's whole credit in `token` to `to`; reverts when it cannot be delivered there.
    function withdrawCredit(address token, address to) external;

    /// @notice The same on the owner's `WithdrawCredit`.
    function withdrawCreditFor(address owner, address token, address to, uint256 deadline, bytes calldata signature)
        external;

    // ------------------------------------------------------------------ views

    /// @notice The EIP-712 digest of the terms: what a wallet signs and what names the deal.
    function dealIdOf(PackedTerms calldata terms) external view returns (DealId);

    /// @notice Where the deal stands; status `None` before funding and after the slot of a closed deal was given back.
    function dealOf(DealId id) external view returns (Deal memory);

    function bondOf(address seller, address token) external view returns (Bond memory);

    function creditOf(address owner, address token) external view returns (uint256);

    /// @notice What an award exceeded this deal's coverage by, for the seller to pay elsewhere.
    function shortfallOf(DealId id) external view returns (uint256);
}
