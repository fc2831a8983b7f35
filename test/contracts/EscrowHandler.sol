// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {DealSlots} from "../../contracts/libraries/DealSlots.sol";
import {Intents} from "../../contracts/libraries/Intents.sol";
import {BlocklistToken} from "../../contracts/mocks/BlocklistToken.sol";
import {FalseReturningToken} from "../../contracts/mocks/FalseReturningToken.sol";
import {HostileReceiver} from "../../contracts/mocks/HostileReceiver.sol";
import {ReentrantToken} from "../../contracts/mocks/ReentrantToken.sol";
import {Bond, Deal, DealSlot, Status} from "../../contracts/types/Deal.sol";
import {DealId, PackedTerms, Terms} from "../../contracts/types/Terms.sol";
import {Actors} from "./Actors.sol";
import {VM} from "./Vm.sol";

/// @notice Plays several deals at once: everything that anybody may do, at any time, and with papers that were kept back.
/// It knows from the table of states and actions whether a call must succeed, and after each one checks who gained and who
/// lost. A call that does otherwise reverts, which fails the run.
contract EscrowHandler is Actors {
    enum Kind {
        PayBalance,
        Ship,
        Deliver,
        Confirm,
        Refund,
        Dispute,
        Settle
    }

    struct Entry {
        Terms terms;
        PackedTerms packed;
        DealId id;
        uint256 paidIn;
        uint256 paidOut;
        uint256 shortfall;
        bool isFunded;
        bool isOver;
    }

    /// @dev What a party does or signs, with what it states: amounts, the state, until when.
    struct Paper {
        Kind kind;
        bool bySeller;
        bool isUsed;
        uint8 entry;
        Status status;
        Status disputedFrom;
        uint40 disputedAt;
        uint40 deadline;
        uint256 a;
        uint256 b;
        uint256 c;
    }

    /// @dev A call that succeeded on a signature that must never serve again.
    struct Spent {
        bytes data;
        uint256 value;
    }

    /// @dev How a rehearsal ended: it reverts so that nothing of it stays.
    error Rehearsed(uint256 steps);

    uint256 private constant MAX_DEALS = 5;
    uint256 private constant MAX_PAPERS = 24;
    uint256 private constant MAX_SPENT = 12;
    uint256 private constant BASIS_POINTS = 10_000;
    uint256 private constant CALL_GAS = 3_000_000;
    bytes4 private constant PANIC = 0x4e487b71;

    Entry[] private _deals;
    Paper[] private _papers;
    Spent[] private _spent;
    address private _callback = address(0xca11bac);
    uint256 private _posted;
    /// @notice Whether the last call of the fuzzer may have changed anything that `checkAll` reads.
    bool public hasChanged = true;

    /// @dev A call of the fuzzer. It changes something by calls that the escrow accepts, or by a new deal; what the escrow
    /// refuses leaves no trace.
    modifier turn() {
        hasChanged = false;
        _;
    }

    constructor() {
        _gather();
    }

    receive() external payable {}

    // ------------------------------------------------------------------ time

    function wait(uint32 time) external turn {
        VM.warp(VM.getBlockTimestamp() + _bound(time, 1, 4 days));
    }

    /// @dev To a second around one of the clocks: the one before, itself, or the one after.
    function waitFor(uint8 which, uint8 clock, uint8 offset) external turn {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        Deal memory deal = escrow.dealOf(entry.id);
        Bond memory bond = escrow.bondOf(entry.terms.seller, entry.terms.token);
        uint256[9] memory clocks = [
            entry.terms.fundBy,
            entry.terms.balanceBy,
            entry.terms.shipBy,
            entry.terms.deliverBy,
            deal.until,
            bond.unlockAt,
            uint256(bond.unlockAt) + 30 days,
            _dueAt(entry.terms, deal),
            _dueAt(entry.terms, deal)
        ];
        uint256 at = clocks[clock % 9] + (offset % 3);
        if (at > VM.getBlockTimestamp() + 1) VM.warp(at - 1);
    }

    // ------------------------------------------------------------------ funding

    function open(uint256 seed, uint96 price, uint96 coverage, bool signed) external turn {
        if (_deals.length == MAX_DEALS) return;
        hasChanged = true;
        Entry storage entry = _deals.push();
        entry.terms = _invent(seed, price, coverage);
        (entry.packed, entry.id) = (_pack(entry.terms), _idOf(entry.terms));
        _fundEntry(entry, signed);
    }

    /// @dev Refused deals again, and those that were funded, which must never be again.
    function fundAgain(uint8 which, bool signed) external turn {
        if (_deals.length == 0) return;
        _fundEntry(_deals[which % _deals.length], signed);
    }

    // ------------------------------------------------------------------ what parties do and sign

    function payBalance(uint8 which, bool signed) external turn {
        _do(which, Kind.PayBalance, 0, signed);
    }

    function ship(uint8 which, bool signed) external turn {
        _do(which, Kind.Ship, 0, signed);
    }

    function deliver(uint8 which, bool signed) external turn {
        _do(which, Kind.Deliver, 0, signed);
    }

    function confirm(uint8 which, bool signed) external turn {
        _do(which, Kind.Confirm, 0, signed);
    }

    function refund(uint8 which, uint256 seed, bool signed) external turn {
        _do(which, Kind.Refund, seed, signed);
    }

    function dispute(uint8 which, uint256 seed, bool signed) external turn {
        _do(which, Kind.Dispute, seed, signed);
    }

    function settle(uint8 which, uint256 seed) external turn {
        _do(which, Kind.Settle, seed, true);
    }

    /// @dev A party signs for the state as it is, or for another, and the paper is kept back.
    function keepPaper(uint8 which, uint8 kind, uint256 seed) external turn {
        if (_deals.length == 0 || _papers.length == MAX_PAPERS) return;
        Paper memory paper = _write(which, Kind(kind % 7), seed);
        if (seed % 5 == 0) paper.status = Status((seed >> 8) % 8);
        if (seed % 7 == 0) paper.disputedFrom = Status((seed >> 16) % 8);
        _papers.push(paper);
    }

    /// @dev Anybody submits a paper, whenever they like, and as often.
    function submitPaper(uint8 which) external turn {
        if (_papers.length == 0) return;
        Paper storage paper = _papers[which % _papers.length];
        bool done = _try(paper, true);
        // A contract wallet of these tests accepts whatever it is shown.
        bool hasKey = keys[_author(_deals[paper.entry], paper)] != 0;
        require(!done || !paper.isUsed || !hasKey, "a paper served twice");
        if (done) paper.isUsed = true;
    }

    /// @dev Whatever happened since: no signature with a nonce, and none over terms, serves again.
    function replay(uint8 which) external turn {
        if (_spent.length == 0) return;
        Spent memory spent = _spent[which % _spent.length];
        (bool done, ) = address(escrow).call{value: spent.value, gas: CALL_GAS}(spent.data);
        require(!done, "a signature served twice");
    }

    /// @dev Some steps of a deal as it should go, up to the end of its tail: chance alone rarely gets there.
    function perform(uint8 which, uint8 steps) external turn {
        if (_deals.length == 0) return;
        uint8 index = uint8(which % _deals.length);
        for (uint256 i = 0; i <= steps % 4; ++i) {
            Status stage = _stageOf(escrow.dealOf(_deals[index].id));
            if (stage == Status.Deposited) _do(index, Kind.PayBalance, 0, false);
            else if (stage == Status.Funded) _do(index, Kind.Ship, 0, false);
            else if (stage == Status.Shipped) _do(index, Kind.Deliver, 0, false);
            else _meetDeadline(_deals[index], steps % 3 != 0);
        }
    }

    // ------------------------------------------------------------------ deadlines and tribunal

    /// @dev The action that is due, or another, which must be refused.
    function meetDeadline(uint8 which, uint8 action) external turn {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        if (action % 4 != 0) {
            _meetDeadline(entry, false);
            return;
        }
        bytes4 selector = [
            IEscrow.release.selector,
            IEscrow.expire.selector,
            IEscrow.lapse.selector,
            IEscrow.close.selector
        ][(action / 4) % 4];
        Deal memory deal = escrow.dealOf(entry.id);
        bool may = selector == _dueCall(deal) && VM.getBlockTimestamp() >= _dueAt(entry.terms, deal);
        _act(entry, address(this), abi.encodeWithSelector(selector, entry.packed), 0, address(0), may);
    }

    function award(uint8 which, uint96 cut, uint96 compensation, uint8 off) external turn {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        Deal memory deal = escrow.dealOf(entry.id);
        uint96 toBuyer = uint96(_bound(cut, 0, deal.held));
        uint96 toSeller = deal.held - toBuyer + (off % 16 == 0 ? 1 : 0);
        compensation = uint96(_bound(compensation, 0, uint256(entry.terms.coverage) * 2 + 1));
        bytes memory data = abi.encodeCall(IEscrow.award, (entry.packed, toBuyer, toSeller, compensation, "", ""));
        bool may = deal.status == Status.Disputed && _before(deal.until) && off % 16 != 0;
        if (!_act(entry, address(tribunal), data, 0, address(0), may)) return;
        bool isAnswerable = entry.terms.coverage != 0 || deal.disputedFrom >= Status.Shipped;
        if (isAnswerable && compensation > entry.terms.coverage) {
            entry.shortfall = compensation - entry.terms.coverage;
        }
    }

    function extendBackstop(uint8 which, uint256 by) external turn {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        Deal memory deal = escrow.dealOf(entry.id);
        uint256 now_ = VM.getBlockTimestamp();
        uint256 until = _bound(by, deal.until, deal.until + 181 days);
        bool may =
            deal.status == Status.Disputed &&
                _before(deal.until) &&
                until > deal.until &&
                until <= now_ + 180 days &&
                until <= uint256(deal.disputedAt) + 3 * 365 days;
        bytes memory data = abi.encodeCall(IEscrow.extendBackstop, (entry.packed, until));
        _act(entry, address(tribunal), data, 0, address(0), may);
    }

    function payShortfall(uint8 which, uint256 amount) external turn {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        uint256 part = _bound(amount, 0, entry.shortfall + entry.shortfall / 8);
        bool may = part != 0 && part <= entry.shortfall && _canBeTaken(entry.terms.token, address(this));
        bytes memory data = abi.encodeCall(IEscrow.payShortfall, (entry.packed, part));
        if (_act(entry, address(this), data, part, address(this), may)) entry.shortfall -= part;
    }

    /// @dev Whoever is neither the party nor the tribunal is refused.
    function intrude(uint8 which, uint8 kind, uint8 who, uint256 seed) external turn {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        Paper memory paper = _write(which, Kind(kind % 7), seed);
        address[4] memory strangers = [marketplace, buyers[who % KINDS], sellers[who % KINDS], address(this)];
        address caller = strangers[(who / 4) % 4];
        address by = _author(entry, paper);
        if (caller == by || (paper.kind == Kind.Settle && caller == entry.terms.buyer)) return;
        uint256 value = paper.kind == Kind.PayBalance ? entry.terms.price - entry.terms.deposit : 0;
        if (value == 0) value = 1;
        _act(entry, caller, _dataOf(entry, paper, false), paper.kind == Kind.PayBalance ? value : 0, caller, false);
    }

    // ------------------------------------------------------------------ bonds and credits

    function postBond(uint8 who, uint8 what, uint96 amount, bool authorized) external turn {
        address asset = assets[what % ASSETS];
        address owner = sellers[who % KINDS];
        amount = uint96(_bound(amount, 1, 1e24));
        bool may = _canBeTaken(asset, authorized ? owner : address(this));
        bytes memory data = abi.encodeCall(IEscrow.postBond, (owner, asset, amount));
        uint256 value = asset == address(0) ? amount : 0;
        if (authorized && asset == assets[STABLECOIN]) {
            uint256 until = VM.getBlockTimestamp() + 1 days;
            bytes32 nonce = _digestOf(Intents.hashPostBond(owner, asset, amount, bytes32(++_posted), until));
            data = abi.encodeCall(
                IEscrow.postBondWithAuthorization,
                (owner, asset, amount, bytes32(_posted), until, _authorizationOf(owner, amount, until, nonce))
            );
            may = true;
        } else {
            may = _canBeTaken(asset, address(this));
        }
        uint256 before = escrow.bondOf(owner, asset).balance;
        bool done = _call(address(this), data, value, may);
        require(escrow.bondOf(owner, asset).balance == before + (done ? amount : 0), "what was posted");
        if (done && authorized && asset == assets[STABLECOIN]) _remember(data, value);
    }

    function requestBond(uint8 who, uint8 what, bool signed) external turn {
        (address owner, address asset) = (sellers[who % KINDS], assets[what % ASSETS]);
        uint256 unlockAt = escrow.bondOf(owner, asset).unlockAt;
        bytes memory consent;
        if (signed) {
            uint256 until = VM.getBlockTimestamp() + 1;
            consent = _consentOf(owner, Intents.hashRequestBondWithdrawal(owner, asset, _nonceOf(owner), until), until);
        }
        bytes memory data = abi.encodeCall(IEscrow.requestBondWithdrawal, (owner, asset, consent));
        bool may = unlockAt == 0 || VM.getBlockTimestamp() >= unlockAt + 30 days;
        if (_call(signed ? address(this) : owner, data, 0, may)) {
            require(escrow.bondOf(owner, asset).unlockAt == VM.getBlockTimestamp() + 180 days, "the delay");
            if (signed) _remember(data, 0);
        }
    }

    function withdrawBond(uint8 who, uint8 what, uint96 amount, bool signed) external turn {
        (address owner, address asset) = (sellers[who % KINDS], assets[what % ASSETS]);
        Bond memory bond = escrow.bondOf(owner, asset);
        uint256 part = _bound(amount, 0, uint256(bond.balance) + 1);
        bytes memory consent;
        if (signed) {
            bytes32 hash = Intents.hashWithdrawBond(
                owner,
                asset,
                part,
                owner,
                _nonceOf(owner),
                VM.getBlockTimestamp() + 1
            );
            consent = _consentOf(owner, hash, VM.getBlockTimestamp() + 1);
        }
        bool may =
            bond.unlockAt != 0 &&
                !_before(bond.unlockAt) &&
                _before(uint256(bond.unlockAt) + 30 days) &&
                part != 0 &&
                part <= bond.balance - bond.reserved &&
                _canBeSent(asset, owner);
        bytes memory data = abi.encodeCall(IEscrow.withdrawBond, (owner, asset, part, owner, consent));
        uint256 before = _balanceOf(asset, owner);
        bool done = _call(signed ? address(this) : owner, data, 0, may);
        require(_balanceOf(asset, owner) == before + (done ? part : 0), "what was withdrawn");
        if (done && signed) _remember(data, 0);
    }

    /// @dev A credit leaves in parts.
    function withdrawCredit(uint8 who, uint8 what, uint96 amount, bool signed) external turn {
        address asset = assets[what % ASSETS];
        address owner =
            who % 9 == 8
                ? marketplace
                : who % 2 == 0
                    ? buyers[(who / 2) % KINDS]
                    : sellers[(who / 2) % KINDS];
        uint256 credit = escrow.creditOf(owner, asset);
        uint256 part = amount % 2 == 0 ? credit : _bound(amount, 0, credit + 1);
        bytes memory consent;
        if (signed) {
            bytes32 hash = Intents.hashWithdrawCredit(
                owner,
                asset,
                part,
                owner,
                _nonceOf(owner),
                VM.getBlockTimestamp() + 1
            );
            consent = _consentOf(owner, hash, VM.getBlockTimestamp() + 1);
        }
        bytes memory data = abi.encodeCall(IEscrow.withdrawCredit, (owner, asset, part, owner, consent));
        uint256 before = _balanceOf(asset, owner);
        bool may = part != 0 && part <= credit && _canBeSent(asset, owner);
        bool done = _call(signed ? address(this) : owner, data, 0, may);
        require(_balanceOf(asset, owner) == before + (done ? part : 0), "the part");
        require(escrow.creditOf(owner, asset) == credit - (done ? part : 0), "the rest");
        if (done && signed) _remember(data, 0);
    }

    // ------------------------------------------------------------------ bad days

    /// @dev The issuer of a token turns against a party, and back; another token stops moving, and starts again.
    function toggleToken(uint8 who) external turn {
        if (who % 9 == 8) {
            FalseReturningToken off = FalseReturningToken(assets[FALSE_RETURNING]);
            off.switchOff(!off.isOff());
            return;
        }
        address account = who % 2 == 0 ? buyers[(who / 2) % KINDS] : sellers[(who / 2) % KINDS];
        BlocklistToken(assets[BLOCKLIST]).setBlocked(account, !BlocklistToken(assets[BLOCKLIST]).blocked(account));
    }

    function toggleReceiver(uint8 side, uint8 behaviour) external turn {
        hostiles[side % 2].behave(HostileReceiver.Behaviour(behaviour % 4));
    }

    /// @dev What hostile receivers and the reentrant token try from within a payment.
    function aim(uint8 which, uint8 kind, uint256 seed) external turn {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        bytes memory data =
            kind % 8 == 7
                ? abi.encodeCall(IEscrow.dealOf, (entry.id))
                : _dataOf(entry, _write(which, Kind(kind % 8), seed), true);
        ReentrantToken(assets[REENTRANT]).reenter(address(escrow), data);
        VM.etch(_callback, data);
        hostiles[seed % 2].reenter(address(escrow), _callback);
    }

    // ------------------------------------------------------------------ what must hold

    /// @dev Every deal and every asset; and nothing entered the guard.
    function checkAll() external view {
        Deal[] memory deals = new Deal[](_deals.length);
        for (uint256 i = 0; i < deals.length; ++i) {
            deals[i] = escrow.dealOf(_deals[i].id);
            _checkDeal(_deals[i], deals[i]);
        }
        for (uint256 a = 0; a < ASSETS; ++a) _checkAsset(assets[a], deals);
        _requireRefused(ReentrantToken(assets[REENTRANT]).answer());
        _requireRefused(hostiles[0].answer());
        _requireRefused(hostiles[1].answer());
    }

    /// @dev To the unit: what the escrow owns of an asset is what deals hold, bonds contain and credits owe. A bond has
    /// reserved exactly the coverage of the deals that can still claim it.
    function _checkAsset(address asset, Deal[] memory deals) private view {
        uint256 owed = escrow.creditOf(marketplace, asset) + escrow.creditOf(address(this), asset);
        uint256[KINDS] memory reserved;
        for (uint256 i = 0; i < deals.length; ++i) {
            Terms storage terms = _deals[i].terms;
            if (terms.token != asset) continue;
            owed += deals[i].held;
            if (deals[i].status == Status.None || deals[i].status == Status.Closed) continue;
            for (uint256 kind = 0; kind < KINDS; ++kind) {
                if (terms.seller == sellers[kind]) reserved[kind] += terms.coverage;
            }
        }
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            Bond memory bond = escrow.bondOf(sellers[kind], asset);
            require(bond.reserved == reserved[kind] && bond.reserved <= bond.balance, "reserved");
            owed += bond.balance + escrow.creditOf(sellers[kind], asset) + escrow.creditOf(buyers[kind], asset);
        }
        require(_balanceOf(asset, address(escrow)) == owed, "solvent to the unit");
    }

    /// @dev What came in for a deal is held or went out; an ended deal stays ended.
    function _checkDeal(Entry storage entry, Deal memory deal) private view {
        require(entry.paidIn == entry.paidOut + deal.held, "in = out + held");
        bool isOpen = deal.status != Status.None && deal.status != Status.Closed;
        require(isOpen || deal.held == 0, "nothing held after the end");
        require(isOpen == (entry.isFunded && !entry.isOver), "one end");
        require(deal.status != Status.Released || deal.held == 0, "the tail holds nothing");
        require(escrow.shortfallOf(entry.id) == entry.shortfall, "shortfall");
    }

    /// @dev From here, with everybody silent, the clock alone ends every deal.
    function checkLiveness() external {
        for (uint256 i = 0; i < _deals.length; ++i) _rehearseSilence(i);
    }

    /// @dev The same for one deal, as one of the things that happen: so that it is asked in every state.
    function imagineSilence(uint8 which) external turn {
        if (_deals.length != 0) _rehearseSilence(which % _deals.length);
    }

    /// @dev Only called by the handler itself; always reverts.
    function rehearse(uint256 index) external {
        Entry storage entry = _deals[index];
        (uint256 toBuyer, uint256 toSeller, uint256 fromBond) = _expectSilence(entry);
        Terms memory terms = entry.terms;
        uint256 buyerBefore = _wealthOf(terms.token, terms.buyer);
        uint256 sellerBefore = _wealthOf(terms.token, terms.seller);
        Bond memory bond = escrow.bondOf(terms.seller, terms.token);
        bool isOpen = entry.isFunded && !entry.isOver;
        uint256 steps;
        while (_dueAt(terms, escrow.dealOf(entry.id)) != 0) {
            require(++steps <= 2, "two deadlines end any deal");
            _meetDeadline(entry, true);
        }
        uint256 fee = (toSeller * terms.feeBps) / BASIS_POINTS;
        require(escrow.dealOf(entry.id).held == 0, "money left");
        require(_wealthOf(terms.token, terms.buyer) == buyerBefore + toBuyer, "what silence gives the buyer");
        require(_wealthOf(terms.token, terms.seller) == sellerBefore + toSeller - fee, "what silence gives the seller");
        Bond memory after_ = escrow.bondOf(terms.seller, terms.token);
        require(after_.balance == bond.balance - fromBond, "what silence takes from the bond");
        require(after_.reserved == bond.reserved - (isOpen ? terms.coverage : 0), "the reservation is free");
        revert Rehearsed(steps);
    }

    // ------------------------------------------------------------------ internals: terms and papers

    /// @dev Terms that must be fundable, with every shape of clock, deposit and coverage.
    function _invent(uint256 seed, uint96 price, uint96 coverage) private view returns (Terms memory terms) {
        terms = _termsOf(_bound(price, 5_000, 1e24));
        terms.buyer = buyers[seed % KINDS];
        terms.seller = sellers[(seed >> 8) % KINDS];
        terms.token = assets[(seed >> 16) % ASSETS];
        terms.feeBps = uint16(_bound(uint16(seed >> 24), 0, BASIS_POINTS));
        terms.silenceBps = uint16(_bound(uint16(seed >> 40), 0, BASIS_POINTS));
        terms.order = bytes32(_deals.length);
        uint256 clock = VM.getBlockTimestamp();
        terms.fundBy = uint32(clock += _bound(uint24(seed >> 56), 1, 2 days));
        if ((seed >> 80) % 2 == 0) {
            terms.earnest = (seed >> 80) % 4 == 0;
            terms.deposit = terms.earnest ? terms.price / 5 : terms.price - 1;
            terms.balanceBy = uint32(clock += _bound(uint24(seed >> 84), 1 hours, 5 days));
        }
        terms.shipBy = uint32(clock += _bound(uint24(seed >> 108), 1 hours, 9 days));
        terms.deliverBy = uint32(clock += _bound(uint24(seed >> 132), 1 hours, 20 days));
        terms.inspection = uint32(_bound(uint24(seed >> 156), 1 hours, 10 days));
        terms.tail = (seed >> 180) % 5 == 0 ? 0 : uint32(_bound(uint24(seed >> 184), 0, 60 days));
        terms.backstop = uint32(_bound(uint24(seed >> 208), 1 hours, 60 days));
        Bond memory bond = escrow.bondOf(terms.seller, terms.token);
        uint256 free = bond.balance - bond.reserved;
        terms.coverage = coverage % 3 == 0 ? 0 : uint96(_bound(coverage, 0, free));
        if (terms.earnest && terms.coverage < terms.deposit) {
            if (free < terms.deposit) terms.earnest = false;
            else terms.coverage = terms.deposit;
        }
        if (terms.coverage != 0 && terms.tail < terms.inspection) terms.tail = terms.inspection;
    }

    function _fundEntry(Entry storage entry, bool signed) private {
        Terms memory terms = entry.terms;
        bytes memory bySeller = _signatureOf(terms.seller, _digestOf(_hashOf(terms)));
        bool may = !entry.isFunded && _before(terms.fundBy) && _isFree(terms);
        bytes memory data;
        if (signed && terms.token == assets[STABLECOIN]) {
            bytes memory authorization = _authorizationOf(
                terms.buyer,
                terms.deposit,
                terms.fundBy,
                DealId.unwrap(entry.id)
            );
            data = abi.encodeCall(IEscrow.fundWithAuthorization, (entry.packed, authorization, bySeller));
        } else {
            may = may && _canBeTaken(terms.token, terms.buyer);
            bytes memory byBuyer = signed ? _signatureOf(terms.buyer, _digestOf(_hashOf(terms))) : bytes("");
            data = abi.encodeCall(IEscrow.fund, (entry.packed, byBuyer, bySeller));
        }
        address caller = signed ? address(this) : terms.buyer;
        address payer = terms.token == address(0) ? caller : terms.buyer;
        if (!_act(entry, caller, data, terms.deposit, payer, may)) return;
        entry.isFunded = true;
        if (signed) _remember(data, terms.token == address(0) ? terms.deposit : 0);
    }

    function _isFree(Terms memory terms) private view returns (bool) {
        Bond memory bond = escrow.bondOf(terms.seller, terms.token);
        return terms.coverage <= bond.balance - bond.reserved;
    }

    function _do(uint8 which, Kind kind, uint256 seed, bool signed) private {
        if (_deals.length == 0) return;
        Paper memory paper = _write(which, kind, seed);
        paper.deadline = type(uint40).max;
        if (_try(paper, signed) && signed && _papers.length < MAX_PAPERS) {
            paper.isUsed = true;
            _papers.push(paper);
        }
    }

    /// @dev What fits the state as it is, and sometimes not quite.
    function _write(uint8 which, Kind kind, uint256 seed) private view returns (Paper memory paper) {
        paper.entry = uint8(which % _deals.length);
        Entry storage entry = _deals[paper.entry];
        Deal memory deal = escrow.dealOf(entry.id);
        (paper.kind, paper.status, paper.bySeller) = (kind, deal.status, seed % 2 == 0);
        (paper.disputedFrom, paper.disputedAt) = (deal.disputedFrom, deal.disputedAt);
        paper.deadline = uint40(VM.getBlockTimestamp() + _bound(uint32(seed >> 8), 0, 30 days));
        if (kind == Kind.PayBalance) {
            paper.a = entry.terms.price - entry.terms.deposit;
        } else if (kind == Kind.Confirm) {
            paper.a = deal.held;
        } else if (kind == Kind.Refund) {
            paper.a = seed % 3 == 0 ? deal.held : _bound(uint96(seed >> 40), 0, deal.held + deal.held / 8);
            paper.b = paper.a > deal.held ? 0 : deal.held - paper.a;
        } else if (kind == Kind.Settle) {
            paper.a = _bound(uint96(seed >> 40), 0, deal.held);
            paper.b = deal.held - paper.a + (seed % 11 == 0 ? 1 : 0);
            paper.c = _bound(uint96(seed >> 136), 0, uint256(entry.terms.coverage) + (seed % 7 == 0 ? 1 : 0));
        }
    }

    function _try(Paper memory paper, bool signed) private returns (bool) {
        Entry storage entry = _deals[paper.entry];
        address caller = signed ? address(this) : _author(entry, paper);
        uint256 amount = paper.kind == Kind.PayBalance ? paper.a : 0;
        address payer = entry.terms.token == address(0) ? caller : entry.terms.buyer;
        return _act(entry, caller, _dataOf(entry, paper, signed), amount, payer, _may(entry, paper, signed));
    }

    function _author(Entry storage entry, Paper memory paper) private view returns (address) {
        if (paper.kind == Kind.Deliver) return entry.terms.attestor;
        if (paper.kind == Kind.PayBalance || paper.kind == Kind.Confirm) return entry.terms.buyer;
        if (paper.kind == Kind.Dispute) return paper.bySeller ? entry.terms.seller : entry.terms.buyer;
        return entry.terms.seller;
    }

    function _dataOf(Entry storage entry, Paper memory paper, bool signed) private view returns (bytes memory) {
        address by = _author(entry, paper);
        bytes memory consent = signed ? _consentOf(by, _intentOf(entry, paper, by), paper.deadline) : bytes("");
        PackedTerms memory packed = entry.packed;
        if (paper.kind == Kind.PayBalance) return abi.encodeCall(IEscrow.payBalance, (packed, consent));
        if (paper.kind == Kind.Ship) return abi.encodeCall(IEscrow.ship, (packed, "", consent));
        if (paper.kind == Kind.Deliver) return abi.encodeCall(IEscrow.deliver, (packed, "", consent));
        if (paper.kind == Kind.Confirm) {
            return abi.encodeCall(IEscrow.confirm, (packed, paper.a, paper.status, consent));
        }
        if (paper.kind == Kind.Refund) {
            return abi.encodeCall(IEscrow.refund, (packed, paper.a, paper.b, paper.status, consent));
        }
        if (paper.kind == Kind.Dispute) return abi.encodeCall(IEscrow.dispute, (packed, by, "", consent));
        bytes memory byBuyer =
            signed ? _consentOf(entry.terms.buyer, _intentOf(entry, paper, by), paper.deadline) : bytes("");
        return abi.encodeCall(IEscrow.settle, (packed, paper.a, paper.b, paper.c, byBuyer, consent));
    }

    function _intentOf(Entry storage entry, Paper memory paper, address by) private view returns (bytes32) {
        (DealId id, uint256 until) = (entry.id, paper.deadline);
        if (paper.kind == Kind.PayBalance) return Intents.hashPayBalance(id, paper.a, _seenIn(paper), until);
        if (paper.kind == Kind.Ship) return Intents.hashShipGoods(id, "", until);
        if (paper.kind == Kind.Deliver) return Intents.hashAttestDelivery(id, "", until);
        if (paper.kind == Kind.Confirm) return Intents.hashConfirmReceipt(id, paper.a, _seenIn(paper), until);
        if (paper.kind == Kind.Refund) return Intents.hashRefundBuyer(id, paper.a, paper.b, _seenIn(paper), until);
        if (paper.kind == Kind.Dispute) return Intents.hashOpenDispute(id, by, "", _seenIn(paper), until);
        return Intents.hashSettlement(id, paper.a, paper.b, paper.c, _seenIn(paper), until);
    }

    function _seenIn(Paper memory paper) private pure returns (DealSlot) {
        uint256 word = DealSlot.unwrap(DealSlots.packDisputed(paper.disputedFrom, 0, 0, paper.disputedAt));
        return DealSlot.wrap(word ^ uint256(Status.Disputed) ^ uint256(paper.status));
    }

    /// @dev The table: whether this action of this party must succeed now.
    function _may(Entry storage entry, Paper memory paper, bool signed) private view returns (bool) {
        Terms memory terms = entry.terms;
        Deal memory deal = escrow.dealOf(entry.id);
        Status stage = _stageOf(deal);
        if (signed && !_before(paper.deadline)) return false;
        if (paper.kind == Kind.Ship) return stage == Status.Funded && _before(terms.shipBy);
        if (paper.kind == Kind.Deliver) return stage == Status.Shipped && _before(terms.deliverBy);
        // What a hostile wallet accepts may state anything; any other signature only the state as it is.
        bool isSeen =
            paper.status == deal.status &&
                paper.disputedFrom == deal.disputedFrom &&
                paper.disputedAt == deal.disputedAt;
        bool isStated = !signed || keys[_author(entry, paper)] == 0 || isSeen;
        if (paper.kind == Kind.PayBalance) {
            return
                isStated &&
                stage == Status.Deposited &&
                _before(terms.balanceBy) &&
                _canBeTaken(terms.token, terms.buyer);
        }
        if (paper.kind == Kind.Settle) {
            isStated = isStated && (!signed || keys[terms.buyer] == 0 || isSeen);
            return
                isStated &&
                deal.status != Status.None &&
                deal.status != Status.Closed &&
                paper.a + paper.b == deal.held &&
                paper.c <= terms.coverage;
        }
        if (paper.kind == Kind.Dispute) {
            bool isOpen = deal.status >= Status.Deposited && deal.status <= Status.Released;
            bool isAllowed = !paper.bySeller || deal.status == Status.Funded || deal.status == Status.Shipped;
            return isStated && isOpen && isAllowed && _before(_windowEnd(terms, deal.status, deal.until));
        }
        if (stage < Status.Deposited || stage > Status.Delivered || !_before(_dueAt(terms, deal))) return false;
        if (!isStated || paper.status != deal.status) return false;
        if (paper.kind == Kind.Confirm) return paper.a == deal.held;
        if (paper.a == 0 || paper.a + paper.b != deal.held) return false;
        return paper.b == 0 || (deal.status != Status.Deposited && deal.status != Status.Disputed);
    }

    // ------------------------------------------------------------------ internals: clocks

    function _before(uint256 end) private view returns (bool) {
        return VM.getBlockTimestamp() < end;
    }

    function _stageOf(Deal memory deal) private pure returns (Status) {
        return deal.status == Status.Disputed ? deal.disputedFrom : deal.status;
    }

    function _windowEnd(Terms memory terms, Status stage, uint256 until) private pure returns (uint256) {
        if (stage == Status.Deposited) return terms.balanceBy;
        if (stage == Status.Funded) return terms.shipBy;
        if (stage == Status.Shipped) return terms.deliverBy;
        return until;
    }

    /// @dev The second at which silence moves the deal on; zero once it has ended.
    function _dueAt(Terms memory terms, Deal memory deal) private pure returns (uint256) {
        if (deal.status == Status.None || deal.status == Status.Closed) return 0;
        return deal.status == Status.Disputed ? deal.until : _windowEnd(terms, deal.status, deal.until);
    }

    function _dueCall(Deal memory deal) private pure returns (bytes4) {
        if (deal.status == Status.Deposited || deal.status == Status.Disputed) return IEscrow.lapse.selector;
        if (deal.status == Status.Delivered) return IEscrow.release.selector;
        if (deal.status == Status.Released) return IEscrow.close.selector;
        return deal.status == Status.None || deal.status == Status.Closed ? bytes4(0) : IEscrow.expire.selector;
    }

    function _meetDeadline(Entry storage entry, bool waits) private {
        Deal memory deal = escrow.dealOf(entry.id);
        uint256 at = _dueAt(entry.terms, deal);
        if (at == 0) return;
        if (waits && _before(at)) VM.warp(at);
        _act(entry, address(this), abi.encodeWithSelector(_dueCall(deal), entry.packed), 0, address(0), !_before(at));
    }

    /// @dev What the buyer and the seller get, and the bond loses, when nobody acts from here on.
    function _expectSilence(
        Entry storage entry
    ) private view returns (uint256 toBuyer, uint256 toSeller, uint256 fromBond) {
        Deal memory deal = escrow.dealOf(entry.id);
        Status stage = _stageOf(deal);
        if (stage == Status.Deposited) {
            return entry.terms.earnest ? (uint256(0), uint256(deal.held), uint256(0)) : (deal.held, 0, 0);
        }
        if (stage == Status.Funded) {
            fromBond = entry.terms.earnest ? entry.terms.deposit : 0;
            return (deal.held + fromBond, 0, fromBond);
        }
        if (stage == Status.Shipped) return (deal.held, 0, 0);
        if (stage == Status.Delivered) {
            toSeller =
                deal.status == Status.Disputed
                    ? (uint256(deal.held) * (BASIS_POINTS - entry.terms.silenceBps)) / BASIS_POINTS
                    : deal.held;
            toBuyer = deal.held - toSeller;
        }
    }

    function _rehearseSilence(uint256 index) private {
        uint256 now_ = VM.getBlockTimestamp();
        try this.rehearse(index) {
            revert("a rehearsal stayed");
        } catch (bytes memory reason) {
            if (bytes4(reason) != Rehearsed.selector) {
                assembly ("memory-safe") {
                    revert(add(reason, 32), mload(reason))
                }
            }
        }
        VM.warp(now_);
    }

    // ------------------------------------------------------------------ internals: calls and accounts

    /// @dev Calls, demands the expected outcome, and accounts for every unit that moved.
    function _act(
        Entry storage entry,
        address caller,
        bytes memory data,
        uint256 amount,
        address payer,
        bool may
    ) private returns (bool done) {
        Terms memory terms = entry.terms;
        uint256 value = terms.token == address(0) ? amount : 0;
        // Nothing moves in a call that is refused, as this one must be.
        if (!may) return _call(caller, data, value, false);
        uint256[6] memory before = _accountsOf(entry, payer);
        done = _call(caller, data, value, true);
        uint256[6] memory after_ = _accountsOf(entry, payer);

        uint256 sumBefore;
        uint256 sum;
        for (uint256 i = 0; i < 6; ++i) {
            sumBefore += before[i];
            sum += after_[i];
        }
        require(sum == sumBefore, "nothing vanishes, and only parties are paid");
        address[3] memory parties = [terms.buyer, terms.seller, terms.marketplace];
        for (uint256 i = 0; i < 3; ++i) {
            require(after_[i] + (done && parties[i] == payer ? amount : 0) >= before[i], "nobody's wealth falls");
        }
        require(after_[3] + (done ? amount : 0) >= before[3], "who pays, pays what was asked");
        require(before[5] <= after_[5] + terms.coverage, "no more than this deal's coverage");

        if (after_[4] > before[4]) entry.paidIn += after_[4] - before[4];
        else entry.paidOut += before[4] - after_[4];
        Status status = escrow.dealOf(entry.id).status;
        if (entry.isFunded && (status == Status.None || status == Status.Closed)) entry.isOver = true;
    }

    /// @dev Wealth of buyer, seller, marketplace and a payer who is none of them; what is held; the bond.
    function _accountsOf(Entry storage entry, address payer) private view returns (uint256[6] memory accounts) {
        (address asset, address buyer_, address seller_) = (entry.terms.token, entry.terms.buyer, entry.terms.seller);
        accounts[0] = _wealthOf(asset, buyer_);
        accounts[1] = _wealthOf(asset, seller_);
        accounts[2] = _wealthOf(asset, entry.terms.marketplace);
        bool isParty = payer == buyer_ || payer == seller_ || payer == entry.terms.marketplace;
        accounts[3] = isParty || payer == address(0) ? 0 : _wealthOf(asset, payer);
        accounts[4] = escrow.dealOf(entry.id).held;
        accounts[5] = escrow.bondOf(seller_, asset).balance;
    }

    /// @dev A refusal must be one of the contract's own: a panic is a bug, whatever was expected.
    function _call(address caller, bytes memory data, uint256 value, bool may) private returns (bool done) {
        bytes memory answer;
        if (caller != address(this)) VM.prank(caller);
        (done, answer) = address(escrow).call{value: value, gas: CALL_GAS}(data);
        if (done) hasChanged = true;
        else require(answer.length >= 4 && bytes4(answer) != PANIC, "a refusal without a reason");
        require(done == may, may ? "a call that must succeed" : "a call that must be refused");
    }

    function _remember(bytes memory data, uint256 value) private {
        if (_spent.length < MAX_SPENT) _spent.push(Spent(data, value));
    }

    function _nonceOf(address owner) private view returns (uint256 nonce) {
        (, bytes memory answer) = address(escrow).staticcall(abi.encodeWithSignature("nonces(address)", owner));
        nonce = abi.decode(answer, (uint256));
    }

    function _requireRefused(bytes4 answer) private pure {
        require(
            answer == 0 || answer == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector,
            "entered twice"
        );
    }
}
