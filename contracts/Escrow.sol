// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Bonds} from "./Bonds.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {IPermit2} from "./interfaces/IPermit2.sol";
import {DealSlots} from "./libraries/DealSlots.sol";
import {Intents} from "./libraries/Intents.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TermsCodec} from "./libraries/TermsCodec.sol";
import {TermsRules} from "./libraries/TermsRules.sol";
import {Award, Deal, DealSlot, Status} from "./types/Deal.sol";
import {DealId, PackedTerms, Terms} from "./types/Terms.sol";

/// @notice The life of a deal; `IEscrow` is its manual.
contract Escrow is Bonds {
    using DealSlots for DealSlot;
    using Signatures for address;
    using TermsCodec for PackedTerms;
    using TermsRules for Terms;

    /// @notice Longest course of a deal without coverage, and longest backstop.
    uint256 public constant MAX_EXPOSURE = 3 * 365 days;
    /// @notice How far from now a tribunal may move a backstop in one step.
    uint256 public constant MAX_EXTENSION = 180 days;
    /// @notice Where `fundWithPermit2` collects from.
    IPermit2 public immutable PERMIT2;

    mapping(DealId => DealSlot) private _deals;
    mapping(DealId => uint256) private _shortfalls;

    constructor(IPermit2 permit2) {
        PERMIT2 = permit2;
    }

    // ------------------------------------------------------------------ funding

    /// @inheritdoc IEscrow
    function fund(PackedTerms calldata packed) external payable nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        _requireCaller(terms.buyer);
        require(terms.coverage == 0, CoverageExceedsBond(terms.coverage, 0));
        _open(packed, terms, id);

        _receive(terms.token, terms.buyer, terms.deposit);
    }

    /// @inheritdoc IEscrow
    function fundCovered(PackedTerms calldata packed, bytes calldata sellerSignature) external payable nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        _requireCaller(terms.buyer);
        _openCovered(packed, terms, id, sellerSignature);

        _receive(terms.token, terms.buyer, terms.deposit);
    }

    /// @inheritdoc IEscrow
    function fundFor(PackedTerms calldata packed, bytes calldata buyerSignature, bytes calldata sellerSignature)
        external
        payable
        nonReentrant
    {
        (Terms memory terms, DealId id) = _load(packed);
        terms.buyer.requireSigned(DealId.unwrap(id), buyerSignature);
        _openCovered(packed, terms, id, sellerSignature);

        _receive(terms.token, terms.buyer, terms.deposit);
    }

    /// @inheritdoc IEscrow
    function fundWithAuthorization(PackedTerms calldata packed, bytes calldata authorization, bytes calldata sellerSignature)
        external
        nonReentrant
    {
        (Terms memory terms, DealId id) = _load(packed);
        _openCovered(packed, terms, id, sellerSignature);

        _receiveAuthorized(terms.token, terms.buyer, terms.deposit, terms.fundBy, DealId.unwrap(id), authorization);
    }

    /// @inheritdoc IEscrow
    function fundWithPermit2(
        PackedTerms calldata packed,
        uint256 nonce,
        bytes calldata permitSignature,
        bytes calldata sellerSignature
    ) external nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        _openCovered(packed, terms, id, sellerSignature);

        uint256 before = IERC20(terms.token).balanceOf(address(this));
        PERMIT2.permitWitnessTransferFrom(
            IPermit2.PermitTransferFrom(
                IPermit2.TokenPermissions(terms.token, terms.deposit), nonce, terms.fundBy
            ),
            IPermit2.SignatureTransferDetails(address(this), terms.deposit),
            terms.buyer,
            Intents.hashDealWitness(id),
            Intents.DEAL_WITNESS_TYPE,
            permitSignature
        );
        _requireReceived(terms.token, before, terms.deposit);
    }

    /// @inheritdoc IEscrow
    function payBalance(PackedTerms calldata packed) external payable nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        _requireCaller(terms.buyer);
        uint256 amount = _completePrice(terms, id);

        _receive(terms.token, terms.buyer, amount);
    }

    /// @inheritdoc IEscrow
    function payBalanceFor(PackedTerms calldata packed, uint256 deadline, bytes calldata signature)
        external
        payable
        nonReentrant
    {
        (Terms memory terms, DealId id) = _load(packed);
        uint256 amount = _completePrice(terms, id);
        _requireIntent(terms.buyer, Intents.hashPayBalance(id, amount, deadline), deadline, signature);

        _receive(terms.token, terms.buyer, amount);
    }

    /// @inheritdoc IEscrow
    function payBalanceWithAuthorization(PackedTerms calldata packed, bytes calldata authorization) external nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        uint256 amount = _completePrice(terms, id);

        bytes32 nonce = _hashTypedDataV4(Intents.hashPayBalance(id, amount, terms.balanceBy));
        _receiveAuthorized(terms.token, terms.buyer, amount, terms.balanceBy, nonce, authorization);
    }

    // ------------------------------------------------------------------ performing

    /// @inheritdoc IEscrow
    function ship(PackedTerms calldata packed, bytes32 tracking) external {
        (Terms memory terms, DealId id) = _load(packed);
        _requireCaller(terms.seller);
        _ship(terms, id, tracking);
    }

    /// @inheritdoc IEscrow
    function shipFor(PackedTerms calldata packed, bytes32 tracking, uint256 deadline, bytes calldata signature) external {
        (Terms memory terms, DealId id) = _load(packed);
        _requireIntent(terms.seller, Intents.hashShipGoods(id, tracking, deadline), deadline, signature);
        _ship(terms, id, tracking);
    }

    /// @inheritdoc IEscrow
    function deliver(PackedTerms calldata packed, bytes32 proof) external {
        (Terms memory terms, DealId id) = _load(packed);
        _requireCaller(terms.attestor);
        _deliver(terms, id, proof);
    }

    /// @inheritdoc IEscrow
    function deliverFor(PackedTerms calldata packed, bytes32 proof, uint256 deadline, bytes calldata signature) external {
        (Terms memory terms, DealId id) = _load(packed);
        _requireIntent(terms.attestor, Intents.hashAttestDelivery(id, proof, deadline), deadline, signature);
        _deliver(terms, id, proof);
    }

    /// @inheritdoc IEscrow
    function confirm(PackedTerms calldata packed) external {
        (Terms memory terms, DealId id) = _load(packed);
        _requireCaller(terms.buyer);
        _confirm(terms, id);
    }

    /// @inheritdoc IEscrow
    function confirmFor(PackedTerms calldata packed, uint256 deadline, bytes calldata signature) external {
        (Terms memory terms, DealId id) = _load(packed);
        _requireIntent(terms.buyer, Intents.hashConfirmReceipt(id, deadline), deadline, signature);
        _confirm(terms, id);
    }

    /// @inheritdoc IEscrow
    function release(PackedTerms calldata packed) external nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        Deal memory deal = _requireStatus(id, Status.Delivered);
        _requireReached(deal.until);

        _release(terms, id, deal.held);
    }

    /// @inheritdoc IEscrow
    function refund(PackedTerms calldata packed, uint256 amount) external {
        (Terms memory terms, DealId id) = _load(packed);
        _requireCaller(terms.seller);
        _refund(terms, id, _requireOpen(id), amount);
    }

    /// @inheritdoc IEscrow
    function refundFor(
        PackedTerms calldata packed,
        uint256 amount,
        uint256 remaining,
        uint256 deadline,
        bytes calldata signature
    ) external {
        (Terms memory terms, DealId id) = _load(packed);
        _requireIntent(terms.seller, Intents.hashRefundBuyer(id, amount, remaining, deadline), deadline, signature);
        Deal memory deal = _requireOpen(id);
        require(amount <= deal.held, RefundExceedsHeld(amount, deal.held));
        require(remaining == deal.held - amount, RemainingMismatch(remaining, deal.held - amount));
        _refund(terms, id, deal, amount);
    }

    // ------------------------------------------------------------------ deadlines

    /// @inheritdoc IEscrow
    function expire(PackedTerms calldata packed) external nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        Deal memory deal = _deals[id].unpack();
        require(
            deal.status == Status.Funded || deal.status == Status.Shipped, WrongStatus(id, deal.status, Status.Shipped)
        );
        bool unshipped = deal.status == Status.Funded;
        _requireReached(unshipped ? terms.shipBy : terms.deliverBy);
        uint96 owed = unshipped && terms.earnest ? terms.deposit : 0;
        uint96 compensation = owed < terms.coverage ? owed : terms.coverage;

        _end(terms, id, compensation);
        _recordShortfall(id, owed - compensation);
        emit DealExpired(id, deal.held, compensation, owed - compensation);

        _pay(terms.token, terms.buyer, uint256(deal.held) + compensation);
    }

    /// @inheritdoc IEscrow
    function lapse(PackedTerms calldata packed) external nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        Deal memory deal = _deals[id].unpack();
        require(
            deal.status == Status.Deposited || deal.status == Status.Disputed,
            WrongStatus(id, deal.status, Status.Disputed)
        );
        uint256 toSeller;
        if (deal.status == Status.Deposited) {
            _requireReached(terms.balanceBy);
            toSeller = terms.earnest ? deal.held : 0;
        } else {
            _requireReached(deal.until);
            toSeller = (uint256(deal.held) * (TermsRules.BASIS_POINTS - terms.silenceBps)) / TermsRules.BASIS_POINTS;
        }
        uint256 toBuyer = deal.held - toSeller;

        _end(terms, id, 0);
        emit DealLapsed(id, toBuyer, toSeller);

        _distribute(terms, toBuyer, toSeller);
    }

    /// @inheritdoc IEscrow
    function close(PackedTerms calldata packed) external nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        _requireReached(_requireStatus(id, Status.Released).until);

        _end(terms, id, 0);
        emit DealClosed(id);
    }

    // ------------------------------------------------------------------ disputes

    /// @inheritdoc IEscrow
    function dispute(PackedTerms calldata packed, bytes32 statement) external {
        (Terms memory terms, DealId id) = _load(packed);
        _dispute(terms, id, msg.sender, statement);
    }

    /// @inheritdoc IEscrow
    function disputeFor(
        PackedTerms calldata packed,
        address by,
        bytes32 statement,
        uint256 deadline,
        bytes calldata signature
    ) external {
        (Terms memory terms, DealId id) = _load(packed);
        _requireIntent(by, Intents.hashOpenDispute(id, by, statement, deadline), deadline, signature);
        _dispute(terms, id, by, statement);
    }

    /// @inheritdoc IEscrow
    function settle(
        PackedTerms calldata packed,
        uint256 toBuyer,
        uint256 toSeller,
        uint256 compensation,
        uint256 deadline,
        bytes calldata buyerSignature,
        bytes calldata sellerSignature
    ) external nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        bytes32 settlement = Intents.hashSettlement(id, toBuyer, toSeller, compensation, deadline);
        if (msg.sender != terms.buyer) _requireIntent(terms.buyer, settlement, deadline, buyerSignature);
        if (msg.sender != terms.seller) _requireIntent(terms.seller, settlement, deadline, sellerSignature);
        Deal memory deal = _deals[id].unpack();
        require(_isOpen(deal.status) || deal.status == Status.Disputed, DealNotOpen(id, deal.status));
        _requireSum(toBuyer, toSeller, deal.held);
        require(compensation <= terms.coverage, CoverageExceedsBond(compensation, terms.coverage));

        _end(terms, id, uint96(compensation));
        emit DealSettled(id, toBuyer, toSeller, compensation);

        _distribute(terms, toBuyer + compensation, toSeller);
    }

    /// @inheritdoc IEscrow
    function award(PackedTerms calldata packed, DealId id, Award calldata decision) external nonReentrant {
        (Terms memory terms, DealId actual) = _load(packed);
        _requireCaller(terms.tribunal);
        require(DealId.unwrap(id) == DealId.unwrap(actual), DealMismatch(id, actual));
        Deal memory deal = _requireStatus(id, Status.Disputed);
        _requireBefore(deal.until);
        _requireSum(decision.toBuyer, decision.toSeller, deal.held);
        uint96 compensation = decision.compensation < terms.coverage ? decision.compensation : terms.coverage;
        uint256 shortfall = decision.compensation - compensation;

        _end(terms, id, compensation);
        _recordShortfall(id, shortfall);
        emit DealAwarded(id, decision.toBuyer, decision.toSeller, compensation, shortfall, decision.reasons);

        _distribute(terms, uint256(decision.toBuyer) + compensation, decision.toSeller);
    }

    /// @inheritdoc IEscrow
    function extendBackstop(PackedTerms calldata packed, uint256 until) external nonReentrant {
        (Terms memory terms, DealId id) = _load(packed);
        _requireCaller(terms.tribunal);
        Deal memory deal = _requireStatus(id, Status.Disputed);
        _requireBefore(deal.until);
        require(until > deal.until, DeadlinePassed(until));
        require(until <= block.timestamp + MAX_EXTENSION, ExposureTooLong(until - block.timestamp, MAX_EXTENSION));

        _deals[id] = DealSlots.pack(Status.Disputed, deal.held, until);
        emit BackstopExtended(id, until);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IEscrow
    function dealOf(DealId id) external view returns (Deal memory) {
        return _deals[id].unpack();
    }

    /// @inheritdoc IEscrow
    function shortfallOf(DealId id) external view returns (uint256) {
        return _shortfalls[id];
    }

    /// @inheritdoc IEscrow
    function dealIdOf(PackedTerms calldata packed) external view returns (DealId id) {
        (, id) = _load(packed);
    }

    /// @inheritdoc IEscrow
    function termsOf(PackedTerms calldata packed) external pure returns (Terms memory) {
        return packed.unpack();
    }

    // ------------------------------------------------------------------ internals

    /// @dev First thing that every action does: what the deal is, and its name.
    function _load(PackedTerms calldata packed) private view returns (Terms memory terms, DealId id) {
        terms = packed.unpack();
        id = DealId.wrap(_hashTypedDataV4(Intents.hashTerms(terms)));
    }

    function _openCovered(
        PackedTerms calldata packed,
        Terms memory terms,
        DealId id,
        bytes calldata sellerSignature
    ) private {
        if (terms.coverage != 0) {
            terms.seller.requireSigned(DealId.unwrap(id), sellerSignature);
            _reserve(terms.seller, terms.token, terms.coverage);
        }
        _open(packed, terms, id);
    }

    function _open(PackedTerms calldata packed, Terms memory terms, DealId id) private {
        terms.requireFundable(terms.coverage == 0 ? MAX_EXPOSURE : MAX_COVERED_EXPOSURE);
        Status existing = _deals[id].unpack().status;
        require(existing == Status.None, DealExists(id, existing));

        _deals[id] = DealSlots.pack(terms.deposit == terms.price ? Status.Funded : Status.Deposited, terms.deposit, 0);
        emit DealFunded(id, packed);
    }

    function _completePrice(Terms memory terms, DealId id) private returns (uint256 amount) {
        _requireStatus(id, Status.Deposited);
        _requireBefore(terms.balanceBy);
        amount = terms.price - terms.deposit;

        _deals[id] = DealSlots.pack(Status.Funded, terms.price, 0);
        emit BalancePaid(id, amount);
    }

    function _ship(Terms memory terms, DealId id, bytes32 tracking) private nonReentrant {
        Deal memory deal = _requireStatus(id, Status.Funded);
        _requireBefore(terms.shipBy);

        _deals[id] = DealSlots.pack(Status.Shipped, deal.held, 0);
        emit DealShipped(id, tracking);
    }

    function _deliver(Terms memory terms, DealId id, bytes32 proof) private nonReentrant {
        Deal memory deal = _requireStatus(id, Status.Shipped);
        _requireBefore(terms.deliverBy);
        uint256 until = block.timestamp + terms.inspection;

        _deals[id] = DealSlots.pack(Status.Delivered, deal.held, until);
        emit DealDelivered(id, proof, until);
    }

    function _confirm(Terms memory terms, DealId id) private nonReentrant {
        _release(terms, id, _requireOpen(id).held);
    }

    function _release(Terms memory terms, DealId id, uint96 held) private {
        uint256 until;
        if (terms.coverage != 0 && terms.tail != 0) {
            until = block.timestamp + terms.tail;
            _deals[id] = DealSlots.pack(Status.Released, 0, until);
        } else {
            _end(terms, id, 0);
        }
        emit DealReleased(id, held, until);

        _distribute(terms, 0, held);
    }

    function _refund(Terms memory terms, DealId id, Deal memory deal, uint256 amount) private nonReentrant {
        require(amount != 0, AmountZero());
        require(amount <= deal.held, RefundExceedsHeld(amount, deal.held));
        uint256 remaining = deal.held - amount;
        require(
            remaining == 0 || deal.status != Status.Deposited, PartialRefundOfDeposit(amount, deal.held)
        );

        if (remaining == 0) _end(terms, id, 0);
        else _deals[id] = DealSlots.pack(deal.status, remaining, deal.until);
        emit DealRefunded(id, amount, remaining);

        _pay(terms.token, terms.buyer, amount);
    }

    function _dispute(Terms memory terms, DealId id, address by, bytes32 statement) private nonReentrant {
        require(by == terms.buyer || by == terms.seller, NotParty(by));
        Deal memory deal = _deals[id].unpack();
        _requireBefore(_windowEnd(terms, id, deal));
        uint256 until = block.timestamp + terms.backstop;

        _deals[id] = DealSlots.pack(Status.Disputed, deal.held, until);
        emit DealDisputed(id, by, statement, until);
    }

    /// @dev Until when a deal can be disputed; after it, the deadline's own action may run. The two never overlap.
    function _windowEnd(Terms memory terms, DealId id, Deal memory deal) private pure returns (uint256) {
        if (deal.status == Status.Deposited) return terms.balanceBy;
        if (deal.status == Status.Funded) return terms.shipBy;
        if (deal.status == Status.Shipped) return terms.deliverBy;
        require(deal.status == Status.Delivered || deal.status == Status.Released, DealNotOpen(id, deal.status));
        return deal.until;
    }

    /// @dev Forgets a deal and ends its reservation. The slot is given back once `fundBy` keeps the terms from being funded
    /// again; before that a closed marker does.
    function _end(Terms memory terms, DealId id, uint96 compensation) private {
        _deals[id] = DealSlots.pack(block.timestamp < terms.fundBy ? Status.Closed : Status.None, 0, 0);
        _unreserve(terms.seller, terms.token, terms.coverage, compensation);
    }

    function _recordShortfall(DealId id, uint256 shortfall) private {
        if (shortfall != 0) _shortfalls[id] = shortfall;
    }

    /// @dev The marketplace's fee is due on what the seller gets and rounds down.
    function _distribute(Terms memory terms, uint256 toBuyer, uint256 toSeller) private {
        uint256 fee = (toSeller * terms.feeBps) / TermsRules.BASIS_POINTS;
        _credit(terms.token, terms.marketplace, fee);
        _pay(terms.token, terms.buyer, toBuyer);
        _pay(terms.token, terms.seller, toSeller - fee);
    }

    function _requireStatus(DealId id, Status expected) private view returns (Deal memory deal) {
        deal = _deals[id].unpack();
        require(deal.status == expected, WrongStatus(id, deal.status, expected));
    }

    function _requireOpen(DealId id) private view returns (Deal memory deal) {
        deal = _deals[id].unpack();
        require(_isOpen(deal.status), DealNotOpen(id, deal.status));
    }

    function _isOpen(Status status) private pure returns (bool) {
        return status >= Status.Deposited && status <= Status.Delivered;
    }

    function _requireSum(uint256 toBuyer, uint256 toSeller, uint256 held) private pure {
        // Each part is bounded before it is added, so the sum cannot overflow.
        require(
            toBuyer <= held && toSeller <= held && toBuyer + toSeller == held,
            AmountsDoNotSum(toBuyer <= held && toSeller <= held ? toBuyer + toSeller : type(uint256).max, held)
        );
    }

    function _requireBefore(uint256 deadline) private view {
        require(block.timestamp < deadline, DeadlinePassed(deadline));
    }

    function _requireReached(uint256 deadline) private view {
        require(block.timestamp >= deadline, DeadlineNotReached(deadline));
    }
}
