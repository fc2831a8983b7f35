// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Intents} from "../../contracts/libraries/Intents.sol";
import {Signatures} from "../../contracts/libraries/Signatures.sol";
import {TermsReader} from "../../contracts/mocks/TermsReader.sol";
import {Bond, Deal, Status} from "../../contracts/types/Deal.sol";
import {DealId, PackedTerms, Terms} from "../../contracts/types/Terms.sol";
import {DealMaker} from "./DealMaker.sol";
import {VM} from "./Vm.sol";

contract EscrowTest is DealMaker {
    uint256 private constant BASIS_POINTS = 10_000;
    uint256 private constant FAR = type(uint40).max;

    TermsReader private reader;

    function setUp() public {
        _deploy();
        reader = new TermsReader();
    }

    // ------------------------------------------------------------------ bytes

    function testFuzz_termsOf_readsWhatWasPacked(Terms memory terms) public view {
        Terms memory read = reader.termsOf(_pack(terms));
        require(keccak256(abi.encode(read)) == keccak256(abi.encode(terms)), "every field");
    }

    function testFuzz_dealIdOf_isTheDigestOfTheTerms(Terms memory terms) public view {
        require(DealId.unwrap(escrow.dealIdOf(_pack(terms))) == DealId.unwrap(_idOf(terms)), "EIP-712 digest");
    }

    function testFuzz_termsOf_readsAnyWords(PackedTerms memory packed) public view {
        Terms memory terms = reader.termsOf(packed);
        require(DealId.unwrap(escrow.dealIdOf(packed)) == DealId.unwrap(_idOf(terms)), "one id per terms");
    }

    function testFuzz_termsOf_takesAnyByteButZeroForEarnest(PackedTerms memory packed, uint8 flag) public view {
        packed.words[3] = (packed.words[3] & ~bytes32(uint256(0xff) << 56)) | bytes32(uint256(flag) << 56);
        require(reader.termsOf(packed).earnest == (flag != 0), "earnest");
    }

    // ------------------------------------------------------------------ money

    function testFuzz_confirm_paysThePriceLessTheFee(uint96 price, uint16 feeBps, bool inToken) public {
        Terms memory terms = _terms(price, feeBps, inToken);
        (, PackedTerms memory packed) = _fund(terms);
        VM.prank(buyer);
        escrow.confirm(packed);

        uint256 fee = (uint256(terms.price) * terms.feeBps) / BASIS_POINTS;
        _expectPaid(terms, 0, terms.price - fee, fee);
        _expectEmpty(terms, fee);
    }

    function testFuzz_refund_conservesInParts(uint96 price, uint96 first, uint96 second, bool inToken) public {
        Terms memory terms = _terms(price, 0, inToken);
        VM.assume(terms.price > 2);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        uint256 part = _bound(first, 1, terms.price - 2);
        VM.prank(seller);
        escrow.refund(packed, part);
        require(escrow.dealOf(id).held == terms.price - part, "rest held");
        uint256 more = _bound(second, 1, terms.price - part - 1);
        VM.prank(seller);
        escrow.refund(packed, more);
        VM.prank(buyer);
        escrow.confirm(packed);

        _expectPaid(terms, part + more, terms.price - part - more, 0);
        _expectEmpty(terms, 0);
    }

    function testFuzz_settle_conserves(
        uint96 price,
        uint96 cut,
        uint96 coverage,
        uint96 compensation,
        uint16 feeBps,
        bool inToken
    ) public {
        Terms memory terms = _terms(price, feeBps, inToken);
        terms.coverage = coverage;
        (DealId id, PackedTerms memory packed) = _fund(terms);
        uint256 toBuyer = _bound(cut, 0, terms.price);
        uint256 toSeller = terms.price - toBuyer;
        uint256 extra = _bound(compensation, 0, coverage);
        bytes32 settlement = Intents.hashSettlement(id, toBuyer, toSeller, extra, FAR);
        escrow.settle(
            packed, toBuyer, toSeller, extra, FAR, _sign(BUYER_KEY, settlement), _sign(SELLER_KEY, settlement)
        );

        uint256 fee = (toSeller * terms.feeBps) / BASIS_POINTS;
        _expectPaid(terms, toBuyer + extra, toSeller - fee, fee);
        _expectEmpty(terms, fee + coverage - extra);
        _expectBond(terms, coverage - extra, 0);
    }

    function testFuzz_settle_refusesWhatDoesNotSum(uint96 price, uint256 toBuyer, uint256 toSeller) public {
        Terms memory terms = _terms(price, 0, false);
        if (toBuyer <= terms.price) VM.assume(toSeller != terms.price - toBuyer);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        bytes32 settlement = Intents.hashSettlement(id, toBuyer, toSeller, 0, FAR);
        bytes memory signature = _sign(SELLER_KEY, settlement);
        VM.prank(buyer);
        VM.expectRevert(
            abi.encodeWithSelector(IEscrow.AmountsDoNotSum.selector, toBuyer, toSeller, terms.price)
        );
        escrow.settle(packed, toBuyer, toSeller, 0, FAR, "", signature);
    }

    function testFuzz_award_conservesAndRecordsTheShortfall(
        uint96 price,
        uint96 cut,
        uint96 coverage,
        uint96 compensation,
        uint16 feeBps,
        bool inToken
    ) public {
        Terms memory terms = _terms(price, feeBps, inToken);
        terms.coverage = coverage;
        (DealId id, PackedTerms memory packed) = _fund(terms);
        VM.prank(seller);
        escrow.dispute(packed, "");
        uint96 toBuyer = uint96(_bound(cut, 0, terms.price));
        uint96 toSeller = terms.price - toBuyer;
        tribunal.award(packed, id, toBuyer, toSeller, compensation, "");

        uint256 paid = compensation < coverage ? compensation : coverage;
        uint256 fee = (uint256(toSeller) * terms.feeBps) / BASIS_POINTS;
        _expectPaid(terms, toBuyer + paid, toSeller - fee, fee);
        _expectEmpty(terms, fee + coverage - paid);
        _expectBond(terms, coverage - paid, 0);
        require(escrow.shortfallOf(id) == compensation - paid, "shortfall");
    }

    function testFuzz_award_neverTouchesABondThatWasNotSignedAway(uint96 bond, uint96 compensation) public {
        VM.assume(bond != 0);
        _give(address(0), address(this), bond);
        escrow.postBond{value: bond}(seller, address(0), bond);
        Terms memory terms = _terms(1, 0, false);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        VM.prank(buyer);
        escrow.dispute(packed, "");
        tribunal.award(packed, id, 1, 0, compensation, "");

        _expectPaid(terms, 1, 0, 0);
        _expectBond(terms, bond, 0);
    }

    function testFuzz_lapse_splitsBySilence(uint96 price, uint16 silenceBps, uint16 feeBps, bool inToken) public {
        Terms memory terms = _terms(price, feeBps, inToken);
        terms.silenceBps = uint16(_bound(silenceBps, 0, BASIS_POINTS));
        (DealId id, PackedTerms memory packed) = _fund(terms);
        VM.prank(buyer);
        escrow.dispute(packed, "");
        VM.warp(escrow.dealOf(id).until);
        escrow.lapse(packed);

        uint256 toSeller = (uint256(terms.price) * (BASIS_POINTS - terms.silenceBps)) / BASIS_POINTS;
        uint256 fee = (toSeller * terms.feeBps) / BASIS_POINTS;
        _expectPaid(terms, terms.price - toSeller, toSeller - fee, fee);
        _expectEmpty(terms, fee);
    }

    function testFuzz_expire_doublesEarnestMoneyFromTheCoverage(
        uint96 price,
        uint96 deposit,
        uint96 coverage,
        bool inToken
    ) public {
        Terms memory terms = _terms(price, 0, inToken);
        VM.assume(terms.price >= 5);
        terms.deposit = uint96(_bound(deposit, 1, terms.price / 5));
        terms.earnest = true;
        terms.coverage = coverage;
        terms.balanceBy = uint40(VM.getBlockTimestamp() + 2 * DAY);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        uint256 balance = terms.price - terms.deposit;
        _give(terms.token, buyer, balance);
        VM.prank(buyer);
        escrow.payBalance{value: inToken ? 0 : balance}(packed);
        VM.warp(terms.shipBy);
        escrow.expire(packed);

        uint256 paid = terms.deposit < coverage ? terms.deposit : coverage;
        _expectPaid(terms, terms.price + paid, 0, 0);
        _expectEmpty(terms, coverage - paid);
        _expectBond(terms, coverage - paid, 0);
        require(escrow.shortfallOf(id) == terms.deposit - paid, "shortfall");
    }

    // ------------------------------------------------------------------ clocks

    function testFuzz_fund_isPossibleBeforeFundByOnly(uint40 at) public {
        Terms memory terms = _terms(7, 0, false);
        uint256 when = _bound(at, START, terms.fundBy + 5 * DAY);
        _give(address(0), buyer, 7);
        PackedTerms memory packed = _pack(terms);
        VM.warp(when);
        VM.prank(buyer);
        (bool done,) = address(escrow).call{value: 7}(abi.encodeCall(IEscrow.fund, (packed)));
        require(done == (when < terms.fundBy), "half-open");
    }

    /// @dev Whatever the second, either the parties still have their window or the deadline's action is open, never both.
    function testFuzz_dispute_andTheDeadlineNeverOverlap(uint8 stage, uint40 at) public {
        Terms memory terms = _terms(10, 0, false);
        stage %= 5;
        if (stage == 0) {
            (terms.deposit, terms.balanceBy) = (2, uint40(START + 2 * DAY));
        }
        if (stage == 4) terms.coverage = 5;
        (DealId id, PackedTerms memory packed) = _fund(terms);
        if (stage > 1) {
            VM.prank(seller);
            escrow.ship(packed, "");
        }
        if (stage > 2) {
            VM.prank(attestor);
            escrow.deliver(packed, "");
        }
        if (stage > 3) {
            VM.prank(buyer);
            escrow.confirm(packed);
        }
        uint256 until = escrow.dealOf(id).until;
        uint256 end = stage == 0 ? terms.balanceBy : stage == 1 ? terms.shipBy : stage == 2 ? terms.deliverBy : until;
        bytes memory onDeadline = stage == 0
            ? abi.encodeCall(IEscrow.lapse, (packed))
            : stage < 3
                ? abi.encodeCall(IEscrow.expire, (packed))
                : stage == 3 ? abi.encodeCall(IEscrow.release, (packed)) : abi.encodeCall(IEscrow.close, (packed));
        VM.warp(_bound(at, START, end + 30 * DAY));

        uint256 snapshot = VM.snapshotState();
        VM.prank(buyer);
        (bool isDisputable,) = address(escrow).call(abi.encodeCall(IEscrow.dispute, (packed, "")));
        VM.revertToState(snapshot);
        (bool isOver,) = address(escrow).call(onDeadline);
        require(isDisputable != isOver, "exactly one door");
    }

    // ------------------------------------------------------------------ signatures

    function testFuzz_confirmFor_findsNoDealOnAnotherChain(uint64 chain) public {
        VM.assume(chain != 0 && chain != block.chainid);
        Terms memory terms = _terms(7, 0, false);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        bytes memory signature = _sign(BUYER_KEY, Intents.hashConfirmReceipt(id, 7, FAR));
        VM.chainId(chain);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.DealNotOpen.selector, _idOf(terms), Status.None));
        escrow.confirmFor(packed, FAR, signature);
    }

    function testFuzz_confirmFor_refusesEverySignatureButTheBuyers(bytes calldata signature) public {
        Terms memory terms = _terms(7, 0, false);
        (, PackedTerms memory packed) = _fund(terms);
        VM.expectRevert(abi.encodeWithSelector(Signatures.SignatureInvalid.selector, buyer));
        escrow.confirmFor(packed, FAR, signature);
    }

    function testFuzz_confirmFor_refusesOneFlippedBit(uint16 bit) public {
        Terms memory terms = _terms(7, 0, false);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        bytes memory signature = _sign(BUYER_KEY, Intents.hashConfirmReceipt(id, 7, FAR));
        uint256 at = _bound(bit, 0, signature.length * 8 - 1);
        signature[at / 8] ^= bytes1(uint8(1 << (at % 8)));
        VM.expectRevert(abi.encodeWithSelector(Signatures.SignatureInvalid.selector, buyer));
        escrow.confirmFor(packed, FAR, signature);
    }

    // ------------------------------------------------------------------ bonds

    function testFuzz_bonds_reserveNoMoreThanThereIs(uint96 bond, uint96 one, uint96 other) public {
        VM.assume(bond != 0);
        _give(address(0), address(this), bond);
        escrow.postBond{value: bond}(seller, address(0), bond);
        uint256 free = bond;
        for (uint256 i = 0; i < 2; ++i) {
            Terms memory terms = _terms(1, 0, false);
            terms.coverage = i == 0 ? one : other;
            terms.order = bytes32(i);
            bytes memory consent = _sign(SELLER_KEY, _hashOf(terms));
            _give(address(0), buyer, 1);
            VM.prank(buyer);
            (bool done,) =
                address(escrow).call{value: 1}(abi.encodeCall(IEscrow.fundCovered, (_pack(terms), consent)));
            require(done == (terms.coverage <= free), "as far as the bond goes");
            if (done) free -= terms.coverage;
            _expectBond(terms, bond, bond - free);
        }
    }

    // ------------------------------------------------------------------ what is expected

    function _terms(uint96 price, uint16 feeBps, bool inToken) private view returns (Terms memory terms) {
        terms = _termsOf(_bound(price, 1, type(uint96).max));
        terms.feeBps = uint16(_bound(feeBps, 0, BASIS_POINTS));
        terms.token = inToken ? address(token) : address(0);
    }

    function _expectPaid(Terms memory terms, uint256 toBuyer, uint256 toSeller, uint256 fee) private view {
        require(_balanceOf(terms.token, buyer) == toBuyer, "buyer");
        require(_balanceOf(terms.token, seller) == toSeller, "seller");
        require(escrow.creditOf(marketplace, terms.token) == fee, "fee");
        require(_balanceOf(terms.token, address(this)) == 0 || terms.token == address(0), "nobody else");
    }

    function _expectEmpty(Terms memory terms, uint256 rest) private view {
        Deal memory deal = escrow.dealOf(_idOf(terms));
        require(deal.held == 0 && (deal.status == Status.None || deal.status == Status.Closed), "ended");
        require(_balanceOf(terms.token, address(escrow)) == rest, "what the escrow still holds");
    }

    function _expectBond(Terms memory terms, uint256 balance, uint256 reserved) private view {
        Bond memory bond = escrow.bondOf(terms.seller, terms.token);
        require(bond.balance == balance && bond.reserved == reserved, "bond");
    }
}
