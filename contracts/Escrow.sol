// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Bonds} from "./Bonds.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {IPermit2} from "./interfaces/IPermit2.sol";
import {Consents} from "./libraries/Consents.sol";
import {DealSlots} from "./libraries/DealSlots.sol";
import {Intents} from "./libraries/Intents.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TermsCodec} from "./libraries/TermsCodec.sol";
import {TermsRules} from "./libraries/TermsRules.sol";
import {Deal, DealSlot, Status} from "./types/Deal.sol";
import {DealId, PackedTerms} from "./types/Terms.sol";

/// @notice The life of a deal; `IEscrow` is its manual.
contract Escrow is Bonds {
    using Consents for bytes;
    using DealSlots for DealSlot;
    using Signatures for address;
    using TermsCodec for PackedTerms;
    using TermsRules for PackedTerms;

    /// @dev Longest course of a deal without coverage.
    uint256 private constant MAX_EXPOSURE = 3 * 365 days;
    /// @dev How far from now a tribunal may move a backstop in one step.
    uint256 private constant MAX_EXTENSION = 180 days;
    /// @dev Latest backstop that a tribunal may set, counted from the dispute.
    uint256 private constant MAX_DISPUTE = 3 * 365 days;
    /// @inheritdoc IEscrow
    uint256 public immutable CHAIN_ID = block.chainid;
    /// @notice Where `fundWithPermit2` collects from.
    IPermit2 public immutable PERMIT2;

    mapping(DealId => DealSlot) private _deals;
    mapping(DealId => uint256) private _shortfalls;

    constructor(IPermit2 permit2) {
        PERMIT2 = permit2;
    }

    // ------------------------------------------------------------------ funding

    /// @inheritdoc IEscrow
    function fund(
        PackedTerms calldata terms,
        bytes calldata buyerConsent,
        bytes calldata sellerConsent
    ) external payable nonReentrant {
        DealId id = _idOf(terms);
        if (buyerConsent.length == 0) _requireCaller(terms.buyer());
        else terms.buyer().requireSigned(_digestOf(terms), buyerConsent);
        _open(terms, id, sellerConsent);

        _receive(terms.token(), terms.buyer(), terms.deposit());
    }

    /// @inheritdoc IEscrow
    function fundWithAuthorization(
        PackedTerms calldata terms,
        bytes calldata authorization,
        bytes calldata sellerConsent
    ) external nonReentrant {
        DealId id = _idOf(terms);
        _open(terms, id, sellerConsent);

        bytes32 nonce = DealId.unwrap(id);
        _receiveAuthorized(terms.token(), terms.buyer(), terms.deposit(), terms.fundBy(), nonce, authorization);
    }

    /// @inheritdoc IEscrow
    function fundWithPermit2(
        PackedTerms calldata terms,
        uint256 nonce,
        bytes calldata permitSignature,
        bytes calldata sellerConsent
    ) external nonReentrant {
        DealId id = _idOf(terms);
        _open(terms, id, sellerConsent);

        uint256 before = IERC20(terms.token()).balanceOf(address(this));
        PERMIT2.permitWitnessTransferFrom(
            IPermit2.PermitTransferFrom(
                IPermit2.TokenPermissions(terms.token(), terms.deposit()),
                nonce,
                terms.fundBy()
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
    function payBalance(PackedTerms calldata terms, bytes calldata consent) external payable nonReentrant {
        DealId id = _idOf(terms);
        (DealSlot deal, uint256 amount) = _completePrice(terms, id);
        if (consent.length == 0) _requireCaller(terms.buyer());
        else _requireIntent(terms.buyer(), Intents.hashPayBalance(id, amount, deal, consent.deadline()), consent);

        _receive(terms.token(), terms.buyer(), amount);
    }

    /// @inheritdoc IEscrow
    function payBalanceWithAuthorization(
        PackedTerms calldata terms,
        bytes calldata authorization
    ) external nonReentrant {
        DealId id = _idOf(terms);
        (DealSlot deal, uint256 amount) = _completePrice(terms, id);

        bytes32 nonce = _hashTypedDataV4(Intents.hashPayBalance(id, amount, deal, terms.balanceBy()));
        _receiveAuthorized(terms.token(), terms.buyer(), amount, terms.balanceBy(), nonce, authorization);
    }

    // ------------------------------------------------------------------ performing

    /// @inheritdoc IEscrow
    function ship(PackedTerms calldata terms, bytes32 tracking, bytes calldata consent) external nonReentrant {
        DealId id = _idOf(terms);
        if (consent.length == 0) _requireCaller(terms.seller());
        else _requireIntent(terms.seller(), Intents.hashShipGoods(id, tracking, consent.deadline()), consent);
        DealSlot deal = _requireStage(id, Status.Funded);
        _requireBefore(terms.shipBy());

        emit DealShipped(id, tracking);
        _advance(terms, id, deal, Status.Shipped, deal.held(), 0);
    }

    /// @inheritdoc IEscrow
    function deliver(PackedTerms calldata terms, bytes32 proof, bytes calldata consent) external nonReentrant {
        DealId id = _idOf(terms);
        if (consent.length == 0) _requireCaller(terms.attestor());
        else _requireIntent(terms.attestor(), Intents.hashAttestDelivery(id, proof, consent.deadline()), consent);
        DealSlot deal = _requireStage(id, Status.Shipped);
        _requireBefore(terms.deliverBy());
        uint256 inspectionUntil = block.timestamp + terms.inspection();

        emit DealDelivered(id, proof, inspectionUntil);
        _advance(terms, id, deal, Status.Delivered, deal.held(), inspectionUntil);
    }

    /// @inheritdoc IEscrow
    function confirm(
        PackedTerms calldata terms,
        uint256 amount,
        Status status,
        bytes calldata consent
    ) external nonReentrant {
        DealId id = _idOf(terms);
        DealSlot deal = _requireHeld(terms, id, status);
        _requireSum(0, amount, deal.held());
        if (consent.length == 0) _requireCaller(terms.buyer());
        else _requireIntent(terms.buyer(), Intents.hashConfirmReceipt(id, amount, deal, consent.deadline()), consent);

        _release(terms, id, deal);
    }

    /// @inheritdoc IEscrow
    function release(PackedTerms calldata terms) external nonReentrant {
        DealId id = _idOf(terms);
        DealSlot deal = _requireOver(terms, id, Status.Delivered, Status.Delivered);

        _release(terms, id, deal);
    }

    /// @inheritdoc IEscrow
    function refund(
        PackedTerms calldata terms,
        uint256 amount,
        uint256 remaining,
        Status status,
        bytes calldata consent
    ) external nonReentrant {
        DealId id = _idOf(terms);
        DealSlot deal = _requireHeld(terms, id, status);
        require(amount != 0, AmountZero());
        _requireSum(amount, remaining, deal.held());
        if (consent.length == 0) {
            _requireCaller(terms.seller());
        } else {
            bytes32 intent = Intents.hashRefundBuyer(id, amount, remaining, deal, consent.deadline());
            _requireIntent(terms.seller(), intent, consent);
        }

        if (remaining == 0) {
            _giveBack(terms, id, deal, false);
        } else {
            require(status != Status.Deposited && status != Status.Disputed, RefundNotWhole(amount, deal.held()));
            _deals[id] = DealSlots.pack(status, remaining, deal.until());
            emit DealRefunded(id, amount, remaining, 0);

            _pay(terms.token(), terms.buyer(), amount);
        }
    }

    // ------------------------------------------------------------------ deadlines

    /// @inheritdoc IEscrow
    function expire(PackedTerms calldata terms) external nonReentrant {
        DealId id = _idOf(terms);
        DealSlot deal = _requireOver(terms, id, Status.Funded, Status.Shipped);

        _giveBack(terms, id, deal, true);
    }

    /// @inheritdoc IEscrow
    function lapse(PackedTerms calldata terms) external nonReentrant {
        DealId id = _idOf(terms);
        DealSlot deal = _requireOver(terms, id, Status.Deposited, Status.Disputed);
        Status stage = deal.stage();
        // A dispute is over. Its backstop came after the clock that it held up, so that clock's own end is due.
        deal = DealSlots.pack(stage, deal.held(), 0);

        if (stage == Status.Deposited) _forfeitDeposit(terms, id, deal.held());
        else if (stage == Status.Delivered) _splitForSilence(terms, id, deal);
        else if (stage == Status.Released) _close(terms, id);
        else _giveBack(terms, id, deal, true);
    }

    /// @inheritdoc IEscrow
    function close(PackedTerms calldata terms) external nonReentrant {
        DealId id = _idOf(terms);
        _requireOver(terms, id, Status.Released, Status.Released);

        _close(terms, id);
    }

    // ------------------------------------------------------------------ disputes

    /// @inheritdoc IEscrow
    function dispute(
        PackedTerms calldata terms,
        address by,
        bytes32 statement,
        bytes calldata consent
    ) external nonReentrant {
        DealId id = _idOf(terms);
        DealSlot deal = _deals[id];
        Status status = deal.status();
        if (consent.length == 0) _requireCaller(by);
        else _requireIntent(by, Intents.hashOpenDispute(id, by, statement, deal, consent.deadline()), consent);
        require(status >= Status.Deposited && status <= Status.Released, DealNotOpen(id, status));
        // A seller needs a tribunal only where silence refunds the price: before delivery.
        bool isSellers = by == terms.seller() && (status == Status.Funded || status == Status.Shipped);
        require(by == terms.buyer() || isSellers, NotDisputant(by, status));
        uint256 windowEnd = _windowEnd(terms, status, deal.until());
        _requireBefore(windowEnd);
        // Counted from the end of the window: who disputes early takes from nobody the time to be heard.
        uint256 backstopAt = windowEnd + terms.backstop();

        _deals[id] = DealSlots.packDisputed(status, deal.held(), backstopAt, block.timestamp);
        emit DealDisputed(id, by, statement, backstopAt);
    }

    /// @inheritdoc IEscrow
    function settle(
        PackedTerms calldata terms,
        uint256 toBuyer,
        uint256 toSeller,
        uint256 compensation,
        bytes calldata buyerConsent,
        bytes calldata sellerConsent
    ) external nonReentrant {
        DealId id = _idOf(terms);
        DealSlot deal = _deals[id];
        require(deal.status() != Status.None && deal.status() != Status.Closed, DealNotOpen(id, deal.status()));
        for (uint256 party = 0; party < 2; ++party) {
            address signer = party == 0 ? terms.buyer() : terms.seller();
            bytes calldata consent = party == 0 ? buyerConsent : sellerConsent;
            if (consent.length == 0) {
                _requireCaller(signer);
                continue;
            }
            bytes32 intent = Intents.hashSettlement(id, toBuyer, toSeller, compensation, deal, consent.deadline());
            _requireIntent(signer, intent, consent);
        }
        _requireSum(toBuyer, toSeller, deal.held());
        require(compensation <= terms.coverage(), CompensationExceedsCoverage(compensation, terms.coverage()));

        emit DealSettled(id, toBuyer, toSeller);
        _end(terms, id, uint96(compensation), 0);

        _distribute(terms, toBuyer + compensation, toSeller);
    }

    /// @inheritdoc IEscrow
    function award(
        PackedTerms calldata terms,
        uint96 toBuyer,
        uint96 toSeller,
        uint96 compensation,
        bytes32 reasons,
        bytes32 evidence
    ) external nonReentrant returns (uint256 disputedAt) {
        DealId id = _idOf(terms);
        _requireCaller(terms.tribunal());
        DealSlot deal = _requireDisputed(id);
        _requireSum(toBuyer, toSeller, deal.held());
        disputedAt = deal.disputedAt();

        uint96 covered = compensation < terms.coverage() ? compensation : terms.coverage();
        // A debt is recorded only against a seller who signed these terms or acted on them.
        bool isAnswerable = terms.coverage() != 0 || deal.stage() >= Status.Shipped;
        emit DealAwarded(id, toBuyer, toSeller, reasons, evidence);
        _end(terms, id, covered, isAnswerable ? compensation - covered : 0);

        _distribute(terms, uint256(toBuyer) + covered, toSeller);
    }

    /// @inheritdoc IEscrow
    function extendBackstop(
        PackedTerms calldata terms,
        uint256 until
    ) external nonReentrant returns (uint256 disputedAt) {
        DealId id = _idOf(terms);
        _requireCaller(terms.tribunal());
        DealSlot deal = _requireDisputed(id);
        disputedAt = deal.disputedAt();
        uint256 latest = block.timestamp + MAX_EXTENSION;
        if (latest > disputedAt + MAX_DISPUTE) latest = disputedAt + MAX_DISPUTE;
        require(until > deal.until(), BackstopNotLater(until, deal.until()));
        require(until <= latest, BackstopTooLate(until, latest));

        _deals[id] = DealSlots.packDisputed(deal.disputedFrom(), deal.held(), until, disputedAt);
        emit BackstopMoved(id, until);
    }

    /// @inheritdoc IEscrow
    function payShortfall(PackedTerms calldata terms, uint256 amount) external payable nonReentrant {
        DealId id = _idOf(terms);
        uint256 owed = _shortfalls[id];
        require(amount != 0, AmountZero());
        require(amount <= owed, AmountExceedsShortfall(amount, owed));

        _shortfalls[id] = owed - amount;
        emit ShortfallPaid(id, msg.sender, amount, owed - amount);

        _receive(terms.token(), msg.sender, amount);
        _pay(terms.token(), terms.buyer(), amount);
    }

    // ------------------------------------------------------------------ views

    /// @inheritdoc IEscrow
    function dealIdOf(PackedTerms calldata terms) external view returns (DealId id) {
        id = _idOf(terms);
    }

    /// @inheritdoc IEscrow
    function termsDigestOf(PackedTerms calldata terms) external view returns (bytes32) {
        return _digestOf(terms);
    }

    /// @inheritdoc IEscrow
    function dealOf(DealId id) external view nonReentrantView returns (Deal memory) {
        return _deals[id].unpack();
    }

    /// @inheritdoc IEscrow
    function shortfallOf(DealId id) external view nonReentrantView returns (uint256) {
        return _shortfalls[id];
    }

    // ------------------------------------------------------------------ internals

    /// @dev First thing that every action asks: the name of the deal.
    function _idOf(PackedTerms calldata terms) private view returns (DealId) {
        return terms.idOf(CHAIN_ID, address(this));
    }

    /// @dev What a wallet signs over the terms, in the domain of the chain as it is now.
    function _digestOf(PackedTerms calldata terms) private view returns (bytes32) {
        return _hashTypedDataV4(Intents.hashTerms(terms));
    }

    /// @dev Earnest money is always covered, so coverage alone says whether the seller owes anything beyond the price.
    function _open(PackedTerms calldata terms, DealId id, bytes calldata sellerConsent) private {
        terms.requireFundable(terms.coverage() == 0 ? MAX_EXPOSURE : MAX_COVERED_EXPOSURE);
        Status existing = _deals[id].status();
        require(existing == Status.None, DealExists(id, existing));
        if (terms.coverage() != 0) {
            if (sellerConsent.length == 0)
                require(msg.sender == terms.seller(), SellerSignatureMissing(terms.seller()));
            else terms.seller().requireSigned(_digestOf(terms), sellerConsent);
            _reserve(terms.seller(), terms.token(), terms.coverage());
        }

        Status status = terms.deposit() == terms.price() ? Status.Funded : Status.Deposited;
        _deals[id] = DealSlots.pack(status, terms.deposit(), 0);
        emit DealFunded(id, terms);
    }

    function _completePrice(PackedTerms calldata terms, DealId id) private returns (DealSlot deal, uint256 amount) {
        deal = _requireStage(id, Status.Deposited);
        _requireBefore(terms.balanceBy());
        amount = terms.price() - terms.deposit();

        emit BalancePaid(id, amount);
        _advance(terms, id, deal, Status.Funded, terms.price(), 0);
    }

    /// @dev The deal one stage further, with `until` as its clock where the terms state none. A dispute goes on: its backstop comes
    /// after the new clock and never moves to an earlier second. One about delivered goods waits for the inspection: the time to
    /// answer starts at its end.
    function _advance(
        PackedTerms calldata terms,
        DealId id,
        DealSlot deal,
        Status to,
        uint256 held,
        uint256 until
    ) private {
        if (deal.status() != Status.Disputed) {
            _deals[id] = DealSlots.pack(to, held, until);
            return;
        }
        uint256 backstopAt = _windowEnd(terms, to, until) + terms.backstop();
        if (backstopAt > deal.until()) emit BackstopMoved(id, backstopAt);
        else backstopAt = deal.until();
        uint256 disputedAt = to == Status.Delivered ? until : deal.disputedAt();
        _deals[id] = DealSlots.packDisputed(to, held, backstopAt, disputedAt);
    }

    /// @dev What is held goes to the seller. A deposit that the buyer gives away ends the deal, as one that is forfeited.
    function _release(PackedTerms calldata terms, DealId id, DealSlot deal) private {
        uint256 start = deal.stage() == Status.Deposited ? 0 : block.timestamp;
        emit DealReleased(id, deal.held(), _leaveTail(terms, id, deal, start));

        _distribute(terms, 0, deal.held());
    }

    /// @dev What is held goes to the buyer: the seller gave it back, or did not ship or deliver in time. Before shipping this ends
    /// the deal, and earnest money is doubled. Without earnest money, giving in to a dispute leaves the tail: it does not escape an
    /// award out of the coverage.
    function _giveBack(PackedTerms calldata terms, DealId id, DealSlot deal, bool isExpiry) private {
        uint256 held = deal.held();
        Status stage = deal.stage();
        bool isShipped = stage >= Status.Shipped;
        uint96 owed = terms.earnest() && !isShipped ? terms.deposit() : 0;
        bool hasTail = isShipped || (!isExpiry && deal.status() == Status.Disputed && owed == 0);
        uint256 tailUntil;
        if (hasTail) {
            // What is still on its way can be looked at once it arrived.
            bool isOnItsWay = stage == Status.Shipped && block.timestamp < terms.deliverBy();
            tailUntil = _leaveTail(terms, id, deal, isOnItsWay ? terms.deliverBy() : block.timestamp);
        }
        if (isExpiry) emit DealExpired(id, held, tailUntil);
        else emit DealRefunded(id, held, 0, tailUntil);
        if (!hasTail) _end(terms, id, owed, 0);

        _pay(terms.token(), terms.buyer(), held + owed);
    }

    function _forfeitDeposit(PackedTerms calldata terms, DealId id, uint256 held) private {
        (uint256 toBuyer, uint256 toSeller) = terms.earnest() ? (uint256(0), held) : (held, uint256(0));
        emit DealLapsed(id, toBuyer, toSeller, 0);
        _end(terms, id, 0, 0);

        _distribute(terms, toBuyer, toSeller);
    }

    /// @dev The one default that a dispute may change, because both sides agreed to its share.
    function _splitForSilence(PackedTerms calldata terms, DealId id, DealSlot deal) private {
        uint256 held = deal.held();
        uint256 toSeller = (held * (TermsRules.BASIS_POINTS - terms.silenceBps())) / TermsRules.BASIS_POINTS;
        emit DealLapsed(id, held - toSeller, toSeller, _leaveTail(terms, id, deal, block.timestamp));

        _distribute(terms, held - toSeller, toSeller);
    }

    function _close(PackedTerms calldata terms, DealId id) private {
        emit DealClosed(id);
        _end(terms, id, 0, 0);
    }

    /// @dev Nothing is held any more; claims on the coverage stay open until `tailUntil`, the terms' tail after `start`. Without
    /// coverage, or without a start, the deal ends. A dispute in which a party gave in goes on, about the coverage.
    function _leaveTail(
        PackedTerms calldata terms,
        DealId id,
        DealSlot deal,
        uint256 start
    ) private returns (uint256 tailUntil) {
        if (terms.coverage() == 0 || start == 0) {
            _end(terms, id, 0, 0);
            return 0;
        }
        tailUntil = start + terms.tail();
        _advance(terms, id, deal, Status.Released, 0, tailUntil);
    }

    /// @dev Forgets a deal and ends its reservation. The slot is given back once `fundBy` keeps the terms from being funded
    /// again; before that a closed marker does.
    function _end(PackedTerms calldata terms, DealId id, uint96 compensation, uint96 shortfall) private {
        _deals[id] = block.timestamp < terms.fundBy() ? DealSlots.pack(Status.Closed, 0, 0) : DealSlot.wrap(0);
        _unreserve(terms.seller(), terms.token(), terms.coverage(), compensation);
        if (shortfall != 0) _shortfalls[id] = shortfall;
        if (compensation != 0 || shortfall != 0) emit DealCompensated(id, compensation, shortfall);
    }

    /// @dev The marketplace's fee is due on what the seller gets and rounds down.
    function _distribute(PackedTerms calldata terms, uint256 toBuyer, uint256 toSeller) private {
        _pay(terms.token(), terms.buyer(), toBuyer);
        if (toSeller == 0) return;
        uint256 fee = (toSeller * terms.feeBps()) / TermsRules.BASIS_POINTS;
        _credit(terms.token(), terms.marketplace(), fee);
        _pay(terms.token(), terms.seller(), toSeller - fee);
    }

    /// @dev Until when the parties can act in a status; after it, the deadline's own action may run. The two never overlap.
    function _windowEnd(PackedTerms calldata terms, Status status, uint256 until) private pure returns (uint256) {
        if (status == Status.Deposited) return terms.balanceBy();
        if (status == Status.Funded) return terms.shipBy();
        if (status == Status.Shipped) return terms.deliverBy();
        return until;
    }

    function _requireStage(DealId id, Status expected) private view returns (DealSlot deal) {
        deal = _deals[id];
        require(deal.stage() == expected, WrongStatus(id, deal.status(), expected));
    }

    function _requireDisputed(DealId id) private view returns (DealSlot deal) {
        deal = _deals[id];
        require(deal.status() == Status.Disputed, WrongStatus(id, deal.status(), Status.Disputed));
        _requireBefore(deal.until());
    }

    /// @dev A party can give in: money is held, in the status that the party has seen, and neither the clock of the stage nor the
    /// backstop of a dispute was reached.
    function _requireHeld(PackedTerms calldata terms, DealId id, Status seen) private view returns (DealSlot deal) {
        deal = _deals[id];
        Status status = deal.status();
        Status stage = deal.stage();
        require(stage >= Status.Deposited && stage <= Status.Delivered, DealNotOpen(id, status));
        require(status == seen, WrongStatus(id, status, seen));
        _requireBefore(_windowEnd(terms, status, deal.until()));
    }

    /// @dev The deal is in one of two statuses, and the time to act in it is over.
    function _requireOver(
        PackedTerms calldata terms,
        DealId id,
        Status one,
        Status other
    ) private view returns (DealSlot deal) {
        deal = _deals[id];
        Status status = deal.status();
        require(status == one || status == other, WrongStatus(id, status, other));
        uint256 deadline = _windowEnd(terms, status, deal.until());
        require(block.timestamp >= deadline, DeadlineNotReached(deadline));
    }

    function _requireSum(uint256 toBuyer, uint256 toSeller, uint256 held) private pure {
        require(toBuyer <= held && toSeller == held - toBuyer, AmountsDoNotSum(toBuyer, toSeller, held));
    }

    function _requireBefore(uint256 deadline) private view {
        require(block.timestamp < deadline, DeadlinePassed(deadline));
    }
}
