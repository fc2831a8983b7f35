// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Intents} from "../../contracts/libraries/Intents.sol";
import {BlocklistToken} from "../../contracts/mocks/BlocklistToken.sol";
import {Bond, Deal, Status} from "../../contracts/types/Deal.sol";
import {DealId, PackedTerms, Terms} from "../../contracts/types/Terms.sol";
import {DealMaker} from "./DealMaker.sol";
import {VM} from "./Vm.sol";

/// @notice Plays several deals in three assets at once: everything that anybody may do, at any time, with old signatures too.
/// It knows from the table of states and actions whether a call must succeed, and after each one checks who gained and who
/// lost. A call that does otherwise reverts, which fails the run.
contract EscrowHandler is DealMaker {
    struct Entry {
        Terms terms;
        PackedTerms packed;
        DealId id;
        uint256 paidIn;
        uint256 paidOut;
    }

    /// @dev A call that succeeded once on a signature that must never serve again.
    struct Spent {
        bytes data;
        uint256 value;
    }

    uint256 private constant MAX_DEALS = 4;
    uint256 private constant FAR = type(uint40).max;
    uint256 private constant RICHES = 1e30;

    address[3] public assets;
    Entry[] private _deals;
    Spent[] private _spent;
    address[] private _people;
    mapping(address => uint256) private _keys;
    address[2] private _buyers;
    address[2] private _sellers;

    constructor() {
        _deploy();
        BlocklistToken other = new BlocklistToken();
        assets = [address(0), address(token), address(other)];
        for (uint256 i = 0; i < 2; ++i) {
            _buyers[i] = _person(BUYER_KEY + i);
            _sellers[i] = _person(SELLER_KEY + i);
        }
        _people.push(marketplace);
        _people.push(attestor);
        _people.push(address(tribunal));
        _people.push(address(this));
        for (uint256 i = 0; i < _people.length; ++i) {
            if (i == _people.length - 2) continue;
            VM.deal(_people[i], RICHES);
            for (uint256 a = 1; a < 3; ++a) {
                BlocklistToken(assets[a]).mint(_people[i], RICHES);
                VM.prank(_people[i]);
                BlocklistToken(assets[a]).approve(address(escrow), type(uint256).max);
            }
        }
    }

    receive() external payable {}

    // ------------------------------------------------------------------ what may happen

    function wait(uint32 time) external {
        VM.warp(VM.getBlockTimestamp() + _bound(time, 1, 8 * DAY));
    }

    /// @dev To the second at which silence moves a deal on, or the one before.
    function waitFor(uint8 which, bool justBefore) external {
        if (_deals.length == 0) return;
        uint256 at = _at(_deals[which % _deals.length]);
        if (justBefore && at != 0) --at;
        if (at > VM.getBlockTimestamp()) VM.warp(at);
    }

    function postBond(uint8 who, uint8 what, uint96 amount) external {
        address asset = assets[what % 3];
        amount = uint96(_bound(amount, 1, 1e24));
        escrow.postBond{value: asset == address(0) ? amount : 0}(_sellers[who % 2], asset, amount);
    }

    function open(uint8 who, uint8 what, uint96 price, uint96 coverage, uint16 feeBps, uint8 shape, bool signed)
        external
    {
        if (_deals.length == MAX_DEALS) return;
        Terms memory terms = _termsOf(_bound(price, 5, 1e24));
        (terms.buyer, terms.seller) = (_buyers[who % 2], _sellers[(who / 2) % 2]);
        terms.token = assets[what % 3];
        terms.feeBps = uint16(_bound(feeBps, 0, 10_000));
        terms.silenceBps = uint16(_bound(feeBps ^ shape, 0, 10_000));
        terms.tail = shape % 5 == 0 ? 0 : terms.tail;
        terms.order = bytes32(_deals.length);
        if (shape % 2 == 0) {
            terms.deposit = shape % 4 == 0 ? terms.price / 5 : terms.price - 1;
            terms.earnest = shape % 4 == 0;
            terms.balanceBy = terms.fundBy + uint40(DAY);
        }
        Bond memory bond = escrow.bondOf(terms.seller, terms.token);
        terms.coverage = coverage % 3 == 0 ? 0 : uint96(_bound(coverage, 0, bond.balance - bond.reserved));

        Entry storage entry = _deals.push();
        (entry.terms, entry.packed, entry.id) = (terms, _pack(terms), _idOf(terms));
        bytes memory consent = _sign(_keys[terms.seller], _hashOf(terms));
        bytes memory data = signed
            ? abi.encodeCall(IEscrow.fundFor, (entry.packed, _sign(_keys[terms.buyer], _hashOf(terms)), consent))
            : abi.encodeCall(IEscrow.fundCovered, (entry.packed, consent));
        bool paid = _act(entry, signed ? address(this) : terms.buyer, data, terms.deposit, _canBeTaken(terms));
        if (paid && signed) _spent.push(Spent(data, terms.token == address(0) ? terms.deposit : 0));
    }

    function payBalance(uint8 which, bool signed) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        Terms memory terms = entry.terms;
        uint256 amount = terms.price - terms.deposit;
        bytes memory data = signed
            ? abi.encodeCall(
                IEscrow.payBalanceFor,
                (entry.packed, FAR, _sign(_keys[terms.buyer], Intents.hashPayBalance(entry.id, amount, FAR)))
            )
            : abi.encodeCall(IEscrow.payBalance, (entry.packed));
        bool may = _isIn(entry, Status.Deposited) && _before(terms.balanceBy) && _canBeTaken(terms);
        _step(entry, terms.buyer, signed, data, amount, may);
    }

    function ship(uint8 which, bool signed) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        address by = entry.terms.seller;
        bytes memory data = signed
            ? abi.encodeCall(
                IEscrow.shipFor, (entry.packed, "", FAR, _sign(_keys[by], Intents.hashShipGoods(entry.id, "", FAR)))
            )
            : abi.encodeCall(IEscrow.ship, (entry.packed, ""));
        _step(entry, by, signed, data, 0, _isIn(entry, Status.Funded) && _before(entry.terms.shipBy));
    }

    function deliver(uint8 which) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        bytes memory data = abi.encodeCall(IEscrow.deliver, (entry.packed, ""));
        _act(entry, attestor, data, 0, _isIn(entry, Status.Shipped) && _before(entry.terms.deliverBy));
    }

    /// @dev Some steps of a deal as it should go, up to its release and the end of its tail: chance alone rarely gets there.
    function perform(uint8 which, uint8 steps) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        for (uint256 i = 0; i <= steps % 4; ++i) {
            Status status = escrow.dealOf(entry.id).status;
            if (status == Status.Funded && _before(entry.terms.shipBy)) {
                _act(entry, entry.terms.seller, abi.encodeCall(IEscrow.ship, (entry.packed, "")), 0, true);
            } else if (status == Status.Shipped && _before(entry.terms.deliverBy)) {
                _act(entry, attestor, abi.encodeCall(IEscrow.deliver, (entry.packed, "")), 0, true);
            } else if (status == Status.Delivered || status == Status.Released) {
                if (_before(_at(entry))) VM.warp(_at(entry));
                _act(entry, address(this), _deadlineCall(entry, status == Status.Delivered ? 0 : 3), 0, true);
            }
        }
    }

    function confirm(uint8 which, bool signed) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        address by = entry.terms.buyer;
        uint256 held = escrow.dealOf(entry.id).held;
        bytes memory data = signed
            ? abi.encodeCall(
                IEscrow.confirmFor,
                (entry.packed, FAR, _sign(_keys[by], Intents.hashConfirmReceipt(entry.id, held, FAR)))
            )
            : abi.encodeCall(IEscrow.confirm, (entry.packed));
        _step(entry, by, signed, data, 0, _isOpen(entry));
    }

    function refund(uint8 which, uint96 amount, bool signed) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        address by = entry.terms.seller;
        uint256 held = escrow.dealOf(entry.id).held;
        uint256 part = amount % 3 == 0 ? held : _bound(amount, 0, held + held / 8);
        uint256 rest = part > held ? 0 : held - part;
        bytes memory data = signed
            ? abi.encodeCall(
                IEscrow.refundFor,
                (entry.packed, part, rest, FAR, _sign(_keys[by], Intents.hashRefundBuyer(entry.id, part, rest, FAR)))
            )
            : abi.encodeCall(IEscrow.refund, (entry.packed, part));
        bool isPossible = part != 0 && part <= held && (part == held || !_isIn(entry, Status.Deposited));
        _step(entry, by, signed, data, 0, _isOpen(entry) && isPossible);
    }

    function deadline(uint8 which, uint8 action) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        uint256 due = _deadlineAction(entry);
        // The one that is due more often than another, which must be refused.
        action = due != 0 && action % 4 != 0 ? uint8(due - 1) : (action / 4) % 4;
        _act(entry, address(this), _deadlineCall(entry, action), 0, due == uint256(action) + 1);
    }

    function dispute(uint8 which, bool bySeller, bool signed) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        address by = bySeller ? entry.terms.seller : entry.terms.buyer;
        bytes memory data = signed
            ? abi.encodeCall(
                IEscrow.disputeFor,
                (entry.packed, by, "", FAR, _sign(_keys[by], Intents.hashOpenDispute(entry.id, by, "", FAR)))
            )
            : abi.encodeCall(IEscrow.dispute, (entry.packed, ""));
        uint256 end = _windowEnd(entry);
        bool may = !bySeller || !_isIn(entry, Status.Released);
        _step(entry, by, signed, data, 0, may && end != 0 && _before(end));
    }

    function settle(uint8 which, uint96 cut, uint96 compensation) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        uint256 held = escrow.dealOf(entry.id).held;
        uint256 toBuyer = _bound(cut, 0, held);
        compensation = uint96(_bound(compensation, 0, entry.terms.coverage));
        bytes32 hash = Intents.hashSettlement(entry.id, toBuyer, held - toBuyer, compensation, FAR);
        bytes memory data = abi.encodeCall(
            IEscrow.settle,
            (
                entry.packed,
                toBuyer,
                held - toBuyer,
                compensation,
                FAR,
                _sign(_keys[entry.terms.buyer], hash),
                _sign(_keys[entry.terms.seller], hash)
            )
        );
        _step(entry, address(0), true, data, 0, _isOpen(entry) || _isIn(entry, Status.Disputed));
    }

    function award(uint8 which, uint96 cut, uint96 compensation) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        Deal memory deal = escrow.dealOf(entry.id);
        uint96 toBuyer = uint96(_bound(cut, 0, deal.held));
        bytes memory data = abi.encodeCall(
            IEscrow.award, (entry.packed, entry.id, toBuyer, deal.held - toBuyer, compensation, "")
        );
        _act(entry, address(tribunal), data, 0, deal.status == Status.Disputed && _before(deal.until));
    }

    function extendBackstop(uint8 which, uint32 by) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        Deal memory deal = escrow.dealOf(entry.id);
        uint256 until = deal.until + _bound(by, 0, 90 * DAY);
        bytes memory data = abi.encodeCall(IEscrow.extendBackstop, (entry.packed, until));
        bool isPossible = until > deal.until && until <= VM.getBlockTimestamp() + 180 days;
        _act(entry, address(tribunal), data, 0, deal.status == Status.Disputed && _before(deal.until) && isPossible);
    }

    function withdrawBond(uint8 who, uint8 what, uint96 amount, bool requests) external {
        (address owner, address asset) = (_sellers[who % 2], assets[what % 3]);
        Bond memory bond = escrow.bondOf(owner, asset);
        if (requests) {
            VM.prank(owner);
            return escrow.requestBondWithdrawal(asset);
        }
        uint256 part = _bound(amount, 1, bond.balance + 1);
        uint256 now_ = VM.getBlockTimestamp();
        bool may = bond.unlockAt != 0 && now_ >= bond.unlockAt && now_ < bond.unlockAt + 30 days
            && part <= bond.balance - bond.reserved && _canBeSent(asset, owner);
        uint256 before = _balanceOf(asset, owner);
        VM.prank(owner);
        (bool done,) = address(escrow).call(abi.encodeCall(IEscrow.withdrawBond, (asset, part, owner)));
        require(done == may, "withdrawal of a bond");
        require(_balanceOf(asset, owner) == before + (done ? part : 0), "what was withdrawn");
    }

    function withdrawCredit(uint8 who, uint8 what) external {
        (address owner, address asset) = (_people[who % _people.length], assets[what % 3]);
        uint256 credit = escrow.creditOf(owner, asset);
        uint256 before = _balanceOf(asset, owner);
        VM.prank(owner);
        (bool done,) = address(escrow).call(abi.encodeCall(IEscrow.withdrawCredit, (asset, owner)));
        require(done == (credit != 0 && _canBeSent(asset, owner)), "withdrawal of a credit");
        require(_balanceOf(asset, owner) == before + (done ? credit : 0), "the whole credit");
    }

    /// @dev The issuer of the last token turns against a party, and back.
    function toggleBlock(uint8 who) external {
        BlocklistToken issuer = BlocklistToken(assets[2]);
        address account = who % 2 == 0 ? _buyers[(who / 2) % 2] : _sellers[(who / 2) % 2];
        issuer.setBlocked(account, !issuer.blocked(account));
    }

    /// @dev Whatever happened since: no signature that was used serves again.
    function replay(uint8 which) external {
        if (_spent.length == 0) return;
        Spent memory spent = _spent[which % _spent.length];
        (bool done,) = address(escrow).call{value: spent.value}(spent.data);
        require(!done, "a signature served twice");
    }

    /// @dev Each deal is funded again by its own buyer, with the seller's old consent.
    function fundAgain(uint8 which) external {
        if (_deals.length == 0) return;
        Entry storage entry = _deals[which % _deals.length];
        bytes memory consent = _sign(_keys[entry.terms.seller], _hashOf(entry.terms));
        bool wasRefused = entry.paidIn == 0 && _before(entry.terms.fundBy);
        if (wasRefused) return;
        _act(entry, entry.terms.buyer, abi.encodeCall(IEscrow.fundCovered, (entry.packed, consent)), entry.terms.deposit, false);
    }

    // ------------------------------------------------------------------ what must hold

    /// @dev To the unit: what the escrow owns of each asset is what deals hold, bonds contain and credits owe.
    function checkSolvency() external view {
        for (uint256 a = 0; a < 3; ++a) {
            uint256 owed;
            for (uint256 i = 0; i < _deals.length; ++i) {
                if (_deals[i].terms.token == assets[a]) owed += escrow.dealOf(_deals[i].id).held;
            }
            for (uint256 i = 0; i < _people.length; ++i) {
                owed += escrow.bondOf(_people[i], assets[a]).balance + escrow.creditOf(_people[i], assets[a]);
            }
            require(_balanceOf(assets[a], address(escrow)) == owed, "solvent to the unit");
        }
    }

    /// @dev What came in for a deal is held or went out, and nothing of an ended deal is left or comes again.
    function checkDeals() external view {
        for (uint256 i = 0; i < _deals.length; ++i) {
            Deal memory deal = escrow.dealOf(_deals[i].id);
            require(_deals[i].paidIn == _deals[i].paidOut + deal.held, "in = out + held");
            bool isOver = deal.status == Status.None || deal.status == Status.Closed || deal.status == Status.Released;
            require(!isOver || deal.held == 0, "nothing held after the end");
        }
    }

    /// @dev A bond has reserved exactly the coverage of the deals that can still claim it, and never more than it has.
    function checkBonds() external view {
        for (uint256 s = 0; s < 2; ++s) {
            for (uint256 a = 0; a < 3; ++a) {
                uint256 reserved;
                for (uint256 i = 0; i < _deals.length; ++i) {
                    Terms memory terms = _deals[i].terms;
                    if (terms.seller != _sellers[s] || terms.token != assets[a]) continue;
                    Status status = escrow.dealOf(_deals[i].id).status;
                    if (status != Status.None && status != Status.Closed) reserved += terms.coverage;
                }
                Bond memory bond = escrow.bondOf(_sellers[s], assets[a]);
                require(bond.reserved == reserved && reserved <= bond.balance, "reserved");
            }
        }
    }

    /// @dev With everybody silent, warping from deadline to deadline ends every deal and frees every bond.
    function checkLiveness() external {
        for (uint256 i = 0; i < _deals.length; ++i) {
            for (uint256 steps = 0; _at(_deals[i]) != 0; ++steps) {
                require(steps < 2, "two deadlines end any deal");
                uint256 at = _at(_deals[i]);
                if (at > VM.getBlockTimestamp()) VM.warp(at);
                uint256 action = _deadlineAction(_deals[i]);
                require(action != 0, "a deadline's action is open");
                _act(_deals[i], address(this), _deadlineCall(_deals[i], action - 1), 0, true);
            }
            require(escrow.dealOf(_deals[i].id).held == 0, "money left");
        }
        for (uint256 s = 0; s < 2; ++s) {
            for (uint256 a = 0; a < 3; ++a) {
                require(escrow.bondOf(_sellers[s], assets[a]).reserved == 0, "bonds are free");
            }
        }
    }

    // ------------------------------------------------------------------ internals

    function _person(uint256 key) private returns (address account) {
        account = VM.addr(key);
        _keys[account] = key;
        _people.push(account);
    }

    /// @dev The direct form by the party, or the signed form by a carrier, which must serve once.
    function _step(Entry storage entry, address by, bool signed, bytes memory data, uint256 value, bool may) private {
        bool done = _act(entry, signed ? address(this) : by, data, value, may);
        if (done && signed) _spent.push(Spent(data, entry.terms.token == address(0) ? value : 0));
    }

    /// @dev Calls, demands the expected outcome, and accounts for every unit that moved.
    function _act(Entry storage entry, address caller, bytes memory data, uint256 amount, bool may)
        private
        returns (bool done)
    {
        address asset = entry.terms.token;
        uint256[] memory before = _wealth(asset);
        uint256 bondBefore = escrow.bondOf(entry.terms.seller, asset).balance;
        uint256 heldBefore = escrow.dealOf(entry.id).held;

        VM.prank(caller);
        (done,) = address(escrow).call{value: asset == address(0) ? amount : 0}(data);
        require(done == may, may ? "a call that must succeed" : "a call that must be refused");

        uint256 held = escrow.dealOf(entry.id).held;
        uint256 compensation = bondBefore - escrow.bondOf(entry.terms.seller, asset).balance;
        require(compensation <= entry.terms.coverage, "no more than this deal's coverage");
        _checkWealth(entry, caller, before, held > heldBefore ? held - heldBefore : 0);
        _checkSum(asset, before, heldBefore + compensation, held);
        if (held > heldBefore) entry.paidIn += held - heldBefore;
        else entry.paidOut += heldBefore - held;
    }

    /// @dev Balance and credit of everybody.
    function _wealth(address asset) private view returns (uint256[] memory wealth) {
        wealth = new uint256[](_people.length);
        for (uint256 i = 0; i < wealth.length; ++i) {
            wealth[i] = _balanceOf(asset, _people[i]) + escrow.creditOf(_people[i], asset);
        }
    }

    /// @dev Only parties of the terms gain; only who pays loses, and exactly what the deal then holds more.
    function _checkWealth(Entry storage entry, address caller, uint256[] memory before, uint256 paid) private view {
        Terms memory terms = entry.terms;
        address payer = terms.token == address(0) ? caller : terms.buyer;
        uint256[] memory wealth = _wealth(terms.token);
        for (uint256 i = 0; i < wealth.length; ++i) {
            address person = _people[i];
            if (paid != 0) {
                require(wealth[i] + (person == payer ? paid : 0) == before[i], "who pays");
            } else if (person == terms.buyer || person == terms.seller || person == terms.marketplace) {
                require(wealth[i] >= before[i], "nobody's wealth falls");
            } else {
                require(wealth[i] == before[i], "only parties are paid");
            }
        }
    }

    function _checkSum(address asset, uint256[] memory before, uint256 insideBefore, uint256 inside) private view {
        uint256[] memory wealth = _wealth(asset);
        for (uint256 i = 0; i < wealth.length; ++i) {
            insideBefore += before[i];
            inside += wealth[i];
        }
        require(insideBefore == inside, "nothing appears or vanishes");
    }

    function _isIn(Entry storage entry, Status status) private view returns (bool) {
        return escrow.dealOf(entry.id).status == status;
    }

    function _isOpen(Entry storage entry) private view returns (bool) {
        Status status = escrow.dealOf(entry.id).status;
        return status == Status.Deposited || status == Status.Funded || status == Status.Shipped
            || status == Status.Delivered;
    }

    function _before(uint256 end) private view returns (bool) {
        return VM.getBlockTimestamp() < end;
    }

    function _canBeTaken(Terms memory terms) private view returns (bool) {
        return terms.token != assets[2] || !BlocklistToken(assets[2]).blocked(terms.buyer);
    }

    function _canBeSent(address asset, address to) private view returns (bool) {
        return to != address(tribunal) && (asset != assets[2] || !BlocklistToken(assets[2]).blocked(to));
    }

    function _windowEnd(Entry storage entry) private view returns (uint256) {
        Deal memory deal = escrow.dealOf(entry.id);
        if (deal.status == Status.Deposited) return entry.terms.balanceBy;
        if (deal.status == Status.Funded) return entry.terms.shipBy;
        if (deal.status == Status.Shipped) return entry.terms.deliverBy;
        return deal.status == Status.Delivered || deal.status == Status.Released ? deal.until : 0;
    }

    /// @dev The second at which silence moves the deal on; zero once it has ended.
    function _at(Entry storage entry) private view returns (uint256) {
        return _isIn(entry, Status.Disputed) ? escrow.dealOf(entry.id).until : _windowEnd(entry);
    }

    /// @dev Which deadline's action is open now, from 1 in the order of `_deadlineCall`; zero for none.
    function _deadlineAction(Entry storage entry) private view returns (uint256) {
        if (_at(entry) == 0 || _before(_at(entry))) return 0;
        Status status = escrow.dealOf(entry.id).status;
        if (status == Status.Delivered) return 1;
        if (status == Status.Funded || status == Status.Shipped) return 2;
        return status == Status.Released ? 4 : 3;
    }

    function _deadlineCall(Entry storage entry, uint256 action) private view returns (bytes memory) {
        if (action == 0) return abi.encodeCall(IEscrow.release, (entry.packed));
        if (action == 1) return abi.encodeCall(IEscrow.expire, (entry.packed));
        if (action == 2) return abi.encodeCall(IEscrow.lapse, (entry.packed));
        return abi.encodeCall(IEscrow.close, (entry.packed));
    }
}

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
        selectors[18] = EscrowHandler.waitFor.selector;
        selectors[19] = EscrowHandler.perform.selector;
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
