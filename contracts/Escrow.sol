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
import {Deal, DealSlot, Status} from "./types/Deal.sol";
import {DealId, PackedTerms} from "./types/Terms.sol";

/// @notice The life of a deal; `IEscrow` is its manual.
contract Escrow is Bonds {
    using DealSlots for DealSlot;
    using Signatures for address;
    using TermsCodec for PackedTerms;
    using TermsRules for PackedTerms;

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
    function fund(PackedTerms calldata terms) external payable nonReentrant {
        DealId id = _idOf(terms);
        _requireCaller(terms.buyer());
        require(terms.coverage() == 0, CoverageExceedsBond(terms.coverage(), 0));
        _open(terms, id);

        _receive(terms.token(), terms.buyer(), terms.deposit());
    }

    /// @inheritdoc IEscrow
    function fundCovered(PackedTerms calldata terms, bytes calldata sellerSignature) external payable nonReentrant {
        DealId id = _idOf(terms);
        _requireCaller(terms.buyer());
        _openCovered(terms, id, sellerSignature);

        _receive(terms.token(), terms.buyer(), terms.deposit());
    }

    /// @inheritdoc IEscrow
    function fundFor(PackedTerms calldata terms, bytes calldata buyerSignature, bytes calldata sellerSignature)
        external
        payable
        nonReentrant
    {
        DealId id = _idOf(terms);
        terms.buyer().requireSigned(DealId.unwrap(id), buyerSignature);
        _openCovered(terms, id, sellerSignature);

        _receive(terms.token(), terms.buyer(), terms.deposit());
    }

    /// @inheritdoc IEscrow
    function fundWithAuthorization(PackedTerms calldata terms, bytes calldata authorization, bytes calldata sellerSignature)
        external
        nonReentrant
    {
        DealId id = _idOf(terms);
        _openCovered(terms, id, sellerSignature);

        bytes32 nonce = DealId.unwrap(id);
        _receiveAuthorized(terms.token(), terms.buyer(), terms.deposit(), terms.fundBy(), nonce, authorization);
    }

    /// @inheritdoc IEscrow
    function fundWithPermit2(
        PackedTerms calldata terms,
        uint256 nonce,
        bytes calldata permitSignature,
        bytes calldata sellerSignature
    ) external nonReentrant {
        DealId id = _idOf(terms);
        _openCovered(terms, id, sellerSignature);

        uint256 before = IERC20(terms.token()).balanceOf(address(this));
        PERMIT2.permitWitnessTransferFrom(
            IPermit2.PermitTransferFrom(
                IPermit2.TokenPermissions(terms.token(), terms.deposit()), nonce, terms.fundBy()
            ),
            IPermit2.SignatureTransferDetails(address(this), terms.deposit()),
            terms.buyer(),
            Intents.hashDealWitness(id),
            Intents.DEAL_WITNESS_TYPE,
            permitSignature
        );
        _requireReceived(terms.token(), before, terms.deposit());
    }

    /// @inheritdoc IEscrow
    function payBalance(PackedTerms calldata terms) external payable nonReentrant {
        DealId id = _idOf(terms);
        _requireCaller(terms.buyer());
        uint256 amount = _completePrice(terms, id);

        _receive(terms.token(), terms.buyer(), amount);
    }

    /// @inheritdoc IEscrow
    function payBalanceFor(PackedTerms calldata terms, uint256 deadline, bytes calldata signature)
        external
        payable
        nonReentrant
    {
        DealId id = _idOf(terms);
        uint256 amount = _completePrice(terms, id);
        _requireIntent(terms.buyer(), Intents.hashPayBalance(id, amount, deadline), deadline, signature);

        _receive(terms.token(), terms.buyer(), amount);
    }

    /// @inheritdoc IEscrow
    function payBalanceWithAuthorization(PackedTerms calldata terms, bytes calldata authorization) external nonReentrant {
        DealId id = _idOf(terms);
        uint256 amount = _completePrice(terms, id);

        bytes32 nonce = _hashTypedDataV4(Intents.hashPayBalance(id, amount, terms.balanceBy()));
        _receiveAuthorized(terms.token(), terms.buyer(), amount, terms.balanceBy(), nonce, authorization);
    }

    // ------------------------------------------------------------------ performing

    /// @inheritdoc IEscrow
    function ship(PackedTerms calldata terms, bytes32 tracking) external {
        DealId id = _idOf(terms);
        _requireCaller(terms.seller());
        _ship(terms, id, tracking);
    }

    /// @inheritdoc IEscrow
    function shipFor(PackedTerms calldata terms, bytes32 tracking, uint256 deadline, bytes calldata signature) external {
        DealId id = _idOf(terms);
        _requireIntent(terms.seller(), Intents.hashShipGoods(id, tracking, deadline), deadline, signature);
        _ship(terms, id, tracking);
    }

    /// @inheritdoc IEscrow
    function deliver(PackedTerms calldata terms, bytes32 proof) external {
        DealId id = _idOf(terms);
        _requireCaller(terms.attestor());
        _deliver(terms, id, proof);
    }

    /// @inheritdoc IEscrow
    function deliverFor(PackedTerms calldata terms, bytes32 proof, uint256 deadline, bytes calldata signature) external {
        DealId id = _idOf(terms);
        _requireIntent(terms.attestor(), Intents.hashAttestDelivery(id, proof, deadline), deadline, signature);
        _deliver(terms, id, proof);
    }

    /// @inheritdoc IEscrow
    function confirm(PackedTerms calldata terms) external nonReentrant {
        DealId id = _idOf(terms);
        _requireCaller(terms.buyer());
        _release(terms, id, _requireOpen(id).held());
    }

    /// @inheritdoc IEscrow
    function confirmFor(PackedTerms calldata terms, uint256 deadline, bytes calldata signature) external nonReentrant {
        DealId id = _idOf(terms);
        uint96 held = _requireOpen(id).held();
        _requireIntent(terms.buyer(), Intents.hashConfirmReceipt(id, held, deadline), deadline, signature);
        _release(terms, id, held);
    }

    /// @inheritdoc IEscrow
    function release(PackedTerms calldata terms) external nonReentrant {
        DealId id = _idOf(terms);
        DealSlot deal = _requireStatus(id, Status.Delivered);
        _requireReached(deal.until());

        _release(terms, id, deal.held());
    }

    /// @inheritdoc IEscrow
    function refund(PackedTerms calldata terms, uint256 amount) external {
        DealId id = _idOf(terms);
        _requireCaller(terms.seller());
        _refund(terms, id, _requireOpen(id), amount);
    }

    /// @inheritdoc IEscrow
    function refundFor(
        PackedTerms calldata terms,
        uint256 amount,
        uint256 remaining,
        uint256 deadline,
        bytes calldata signature
    ) external {
        DealId id = _idOf(terms);
        _requireIntent(terms.seller(), Intents.hashRefundBuyer(id, amount, remaining, deadline), deadline, signature);
        DealSlot deal = _requireOpen(id);
        require(amount <= deal.held(), RefundExceedsHeld(amount, deal.held()));
        require(remaining == deal.held() - amount, RemainingMismatch(remaining, deal.held() - amount));
        _refund(terms, id, deal, amount);
    }

    // ------------------------------------------------------------------ deadlines

    /// @inheritdoc IEscrow
    function expire(PackedTerms calldata terms) external nonReentrant {
        DealId id = _idOf(terms);
        DealSlot deal = _deals[id];
        require(
            deal.status() == Status.Funded || deal.status() == Status.Shipped,
            WrongStatus(id, deal.status(), Status.Shipped)
        );
        _requireReached(deal.status() == Status.Funded ? terms.shipBy() : terms.deliverBy());

        (uint96 compensation, uint256 shortfall) = _endOwing(terms, id, _earnestOwed(terms, deal.status()));
        emit DealExpired(id, deal.held(), compensation, shortfall);

        _pay(terms.token(), terms.buyer(), uint256(deal.held()) + compensation);
    }

    /// @inheritdoc IEscrow
    function lapse(PackedTerms calldata terms) external nonReentrant {
        DealId id = _idOf(terms);
        DealSlot deal = _deals[id];
        require(
            deal.status() == Status.Deposited || deal.status() == Status.Disputed,
            WrongStatus(id, deal.status(), Status.Disputed)
        );
        uint256 toSeller;
        if (deal.status() == Status.Deposited) {
            _requireReached(terms.balanceBy());
            toSeller = terms.earnest() ? deal.held() : 0;
        } else {
            _requireReached(deal.until());
            toSeller = (uint256(deal.held()) * (TermsRules.BASIS_POINTS - terms.silenceBps())) / TermsRules.BASIS_POINTS;
        }
        uint256 toBuyer = deal.held() - toSeller;

        _end(terms, id, 0);
        emit DealLapsed(id, toBuyer, toSeller);

        _distribute(terms, toBuyer, toSeller);
    }

    /// @inheritdoc IEscrow
    function close(PackedTerms calldata terms) external nonReentrant {
        DealId id = _idOf(terms);
        _requireReached(_requireStatus(id, Status.Released).until());

        _end(terms, id, 0);
        emit DealClosed(id);
    }

    // ------------------------------------------------------------------ disputes

    /// @inheritdoc IEscrow
    function dispute(PackedTerms calldata terms, bytes32 statement) external {
        DealId id = _idOf(terms);
        _dispute(terms, id, msg.sender, statement);
    }

    /// @inheritdoc IEscrow
    function disputeFor(
        PackedTerms calldata terms,
        address by,
        bytes32 statement,
        uint256 deadline,
        bytes calldata signature
    ) external {
        DealId id = _idOf(terms);
        _requireIntent(by, Intents.hashOpenDispute(id, by, statement, deadline), deadline, signature);
        _dispute(terms, id, by, statement);
    }

    /// @inheritdoc IEscrow
    function settle(
        PackedTerms calldata terms,
        uint256 toBuyer,
        uint256 toSeller,
        uint256 compensation,
        uint256 deadline,
        bytes calldata buyerSignature,
        bytes calldata sellerSignature
    ) external nonReentrant {
        DealId id = _idOf(terms);
        bytes32 settlement = Intents.hashSettlement(id, toBuyer, toSeller, compensation, deadline);
        if (msg.sender != terms.buyer()) _requireIntent(terms.buyer(), settlement, deadline, buyerSignature);
        if (msg.sender != terms.seller()) _requireIntent(terms.seller(), settlement, deadline, sellerSignature);
        DealSlot deal = _deals[id];
        require(_isOpen(deal.status()) || deal.status() == Status.Disputed, DealNotOpen(id, deal.status()));
        _requireSum(toBuyer, toSeller, deal.held());
        require(compensation <= terms.coverage(), CoverageExceedsBond(compensation, terms.coverage()));

        _end(terms, id, uint96(compensation));
        emit DealSettled(id, toBuyer, toSeller, compensation);

        _distribute(terms, toBuyer + compensation, toSeller);
    }

    /// @inheritdoc IEscrow
    function award(
        PackedTerms calldata terms,
        DealId id,
        uint96 toBuyer,
        uint96 toSeller,
        uint96 compensation,
        bytes32 reasons
    ) external nonReentrant {
        DealId actual = _idOf(terms);
        _requireCaller(terms.tribunal());
        require(DealId.unwrap(id) == DealId.unwrap(actual), DealMismatch(id, actual));
        DealSlot deal = _requireStatus(id, Status.Disputed);
        _requireBefore(deal.until());
        _requireSum(toBuyer, toSeller, deal.held());

        (uint96 covered, uint256 shortfall) = _endOwing(terms, id, compensation);
        emit DealAwarded(id, toBuyer, toSeller, covered, shortfall, reasons);

        _distribute(terms, uint256(toBuyer) + covered, toSeller);
    }

    /// @inheritdoc IEscrow
    function extendBackstop(PackedTerms calldata terms, uint256 until) external nonReentrant {
        DealId id = _idOf(terms);
        _requireCaller(terms.tribunal());
        DealSlot deal = _requireStatus(id, Status.Disputed);
        _requireBefore(deal.until());
        require(until > deal.until(), DeadlinePassed(until));
        require(until <= block.timestamp + MAX_EXTENSION, ExposureTooLong(until - block.timestamp, MAX_EXTENSION));

        _deals[id] = DealSlots.pack(Status.Disputed, deal.held(), until);
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
    function dealIdOf(PackedTerms calldata terms) external view returns (DealId id) {
        id = _idOf(terms);
    }

    // ------------------------------------------------------------------ internals

    /// @dev First thing that every action asks: the name of the deal.
    function _idOf(PackedTerms calldata terms) private view returns (DealId) {
        return DealId.wrap(_hashTypedDataV4(Intents.hashTerms(terms)));
    }

    function _openCovered(PackedTerms calldata terms, DealId id, bytes calldata sellerSignature) private {
        if (terms.coverage() != 0) {
            terms.seller().requireSigned(DealId.unwrap(id), sellerSignature);
            _reserve(terms.seller(), terms.token(), terms.coverage());
        }
        _open(terms, id);
    }

    function _open(PackedTerms calldata terms, DealId id) private {
        terms.requireFundable(terms.coverage() == 0 ? MAX_EXPOSURE : MAX_COVERED_EXPOSURE);
        Status existing = _deals[id].status();
        require(existing == Status.None, DealExists(id, existing));

        Status status = terms.deposit() == terms.price() ? Status.Funded : Status.Deposited;
        _deals[id] = DealSlots.pack(status, terms.deposit(), 0);
        emit DealFunded(id, terms);
    }

    function _completePrice(PackedTerms calldata terms, DealId id) private returns (uint256 amount) {
        _requireStatus(id, Status.Deposited);
        _requireBefore(terms.balanceBy());
        amount = terms.price() - terms.deposit();

        _deals[id] = DealSlots.pack(Status.Funded, terms.price(), 0);
        emit BalancePaid(id, amount);
    }

    function _ship(PackedTerms calldata terms, DealId id, bytes32 tracking) private nonReentrant {
        DealSlot deal = _requireStatus(id, Status.Funded);
        _requireBefore(terms.shipBy());

        _deals[id] = DealSlots.pack(Status.Shipped, deal.held(), 0);
        emit DealShipped(id, tracking);
    }

    function _deliver(PackedTerms calldata terms, DealId id, bytes32 proof) private nonReentrant {
        DealSlot deal = _requireStatus(id, Status.Shipped);
        _requireBefore(terms.deliverBy());
        uint256 until = block.timestamp + terms.inspection();

        _deals[id] = DealSlots.pack(Status.Delivered, deal.held(), until);
        emit DealDelivered(id, proof, until);
    }

    function _release(PackedTerms calldata terms, DealId id, uint96 held) private {
        uint256 until;
        if (terms.coverage() != 0 && terms.tail() != 0) {
            until = block.timestamp + terms.tail();
            _deals[id] = DealSlots.pack(Status.Released, 0, until);
        } else {
            _end(terms, id, 0);
        }
        emit DealReleased(id, held, until);

        _distribute(terms, 0, held);
    }

    function _refund(PackedTerms calldata terms, DealId id, DealSlot deal, uint256 amount) private nonReentrant {
        require(amount != 0, AmountZero());
        require(amount <= deal.held(), RefundExceedsHeld(amount, deal.held()));
        uint256 remaining = deal.held() - amount;
        require(
            remaining == 0 || deal.status() != Status.Deposited, PartialRefundOfDeposit(amount, deal.held())
        );

        uint96 compensation;
        uint256 shortfall;
        if (remaining == 0) (compensation, shortfall) = _endOwing(terms, id, _earnestOwed(terms, deal.status()));
        else _deals[id] = DealSlots.pack(deal.status(), remaining, deal.until());
        emit DealRefunded(id, amount, remaining, compensation, shortfall);

        _pay(terms.token(), terms.buyer(), amount + compensation);
    }

    /// @dev What a seller owes beyond a refund who took earnest money and ends the deal before shipping: as much again.
    function _earnestOwed(PackedTerms calldata terms, Status status) private pure returns (uint96) {
        return terms.earnest() && status <= Status.Funded ? terms.deposit() : 0;
    }

    function _dispute(PackedTerms calldata terms, DealId id, address by, bytes32 statement) private nonReentrant {
        DealSlot deal = _deals[id];
        // In the tail nothing is held: only the buyer has a claim, and nobody else may cut short the time for it.
        require(by == terms.buyer() || (by == terms.seller() && deal.status() != Status.Released), NotParty(by));
        _requireBefore(_windowEnd(terms, id, deal));
        uint256 until = block.timestamp + terms.backstop();

        _deals[id] = DealSlots.pack(Status.Disputed, deal.held(), until);
        emit DealDisputed(id, by, statement, until);
    }

    /// @dev Until when a deal can be disputed; after it, the deadline's own action may run. The two never overlap.
    function _windowEnd(PackedTerms calldata terms, DealId id, DealSlot deal) private pure returns (uint256) {
        if (deal.status() == Status.Deposited) return terms.balanceBy();
        if (deal.status() == Status.Funded) return terms.shipBy();
        if (deal.status() == Status.Shipped) return terms.deliverBy();
        require(deal.status() == Status.Delivered || deal.status() == Status.Released, DealNotOpen(id, deal.status()));
        return deal.until();
    }

    /// @dev Of what the seller owes beyond the price, as much as this deal's coverage carries leaves the bond; the rest is recorded.
    function _endOwing(PackedTerms calldata terms, DealId id, uint96 owed)
        private
        returns (uint96 compensation, uint256 shortfall)
    {
        compensation = owed < terms.coverage() ? owed : terms.coverage();
        shortfall = owed - compensation;

        if (shortfall != 0) _shortfalls[id] = shortfall;
        _end(terms, id, compensation);
    }

    /// @dev Forgets a deal and ends its reservation. The slot is given back once `fundBy` keeps the terms from being funded
    /// again; before that a closed marker does.
    function _end(PackedTerms calldata terms, DealId id, uint96 compensation) private {
        _deals[id] = block.timestamp < terms.fundBy() ? DealSlots.pack(Status.Closed, 0, 0) : DealSlot.wrap(0);
        _unreserve(terms.seller(), terms.token(), terms.coverage(), compensation);
    }

    /// @dev The marketplace's fee is due on what the seller gets and rounds down.
    function _distribute(PackedTerms calldata terms, uint256 toBuyer, uint256 toSeller) private {
        _pay(terms.token(), terms.buyer(), toBuyer);
        if (toSeller == 0) return;
        uint256 fee = (toSeller * terms.feeBps()) / TermsRules.BASIS_POINTS;
        _credit(terms.token(), terms.marketplace(), fee);
        _pay(terms.token(), terms.seller(), toSeller - fee);
    }

    function _requireStatus(DealId id, Status expected) private view returns (DealSlot deal) {
        deal = _deals[id];
        require(deal.status() == expected, WrongStatus(id, deal.status(), expected));
    }

    function _requireOpen(DealId id) private view returns (DealSlot deal) {
        deal = _deals[id];
        require(_isOpen(deal.status()), DealNotOpen(id, deal.status()));
    }

    function _isOpen(Status status) private pure returns (bool) {
        return status >= Status.Deposited && status <= Status.Delivered;
    }

    function _requireSum(uint256 toBuyer, uint256 toSeller, uint256 held) private pure {
        require(toBuyer <= held && toSeller == held - toBuyer, AmountsDoNotSum(toBuyer, toSeller, held));
    }

    function _requireBefore(uint256 deadline) private view {
        require(block.timestamp < deadline, DeadlinePassed(deadline));
    }

    function _requireReached(uint256 deadline) private view {
        require(block.timestamp >= deadline, DeadlineNotReached(deadline));
    }
}
