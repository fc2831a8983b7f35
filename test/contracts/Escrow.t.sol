// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {DealSlots} from "../../contracts/libraries/DealSlots.sol";
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

    function testFuzz_dealIdOf_hashesChainEscrowAndWords(PackedTerms memory packed) public view {
        bytes32 expected = keccak256(
            abi.encode(
                block.chainid,
                escrow,
                packed.words[0],
                packed.words[1],
                packed.words[2],
                packed.words[3],
                packed.words[4],
                packed.words[5],
                packed.words[6],
                packed.words[7]
            )
        );
        require(DealId.unwrap(escrow.dealIdOf(packed)) == expected, "id");
    }

    function testFuzz_termsDigestOf_isTheTypedDataOfEveryField(PackedTerms memory packed) public view {
        Terms memory terms = reader.termsOf(packed);
        require(escrow.termsDigestOf(packed) == _digestOf(_hashOf(terms)), "EIP-712 digest");
    }

    function testFuzz_fund_refusesBitsWithoutAMeaning(uint32 flag) public {
        PackedTerms memory packed = _pack(_terms(7, 0, false));
        packed.words[5] |= bytes32(_bound(flag, 2, type(uint32).max));
        _give(address(0), buyer, 7);
        VM.prank(buyer);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.TermsNotCanonical.selector));
        escrow.fund{value: 7}(packed, "", "");
    }

    // ------------------------------------------------------------------ money

    function testFuzz_confirm_paysThePriceLessTheFee(uint96 price, uint16 feeBps, bool inToken) public {
        Terms memory terms = _terms(price, feeBps, inToken);
        (, PackedTerms memory packed) = _fund(terms);
        VM.prank(buyer);
        escrow.confirm(packed, terms.price, Status.Funded, "");

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
        escrow.refund(packed, part, terms.price - part, Status.Funded, "");
        require(escrow.dealOf(id).held == terms.price - part, "rest held");
        uint256 more = _bound(second, 1, terms.price - part - 1);
        VM.prank(seller);
        escrow.refund(packed, more, terms.price - part - more, Status.Funded, "");
        VM.prank(buyer);
        escrow.confirm(packed, terms.price - part - more, Status.Funded, "");

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
        bytes32 settlement = Intents.hashSettlement(
            id,
            toBuyer,
            toSeller,
            extra,
            DealSlots.pack(Status.Funded, 0, 0),
            FAR
        );
        escrow.settle(
            packed,
            toBuyer,
            toSeller,
            extra,
            _consent(BUYER_KEY, settlement, FAR),
            _consent(SELLER_KEY, settlement, FAR)
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
        bytes32 settlement = Intents.hashSettlement(id, toBuyer, toSeller, 0, DealSlots.pack(Status.Funded, 0, 0), FAR);
        bytes memory consent = _consent(SELLER_KEY, settlement, FAR);
        VM.prank(buyer);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.AmountsDoNotSum.selector, toBuyer, toSeller, terms.price));
        escrow.settle(packed, toBuyer, toSeller, 0, "", consent);
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
        escrow.dispute(packed, seller, "", "");
        uint96 toBuyer = uint96(_bound(cut, 0, terms.price));
        uint96 toSeller = terms.price - toBuyer;
        tribunal.award(packed, toBuyer, toSeller, compensation, "", "");

        uint256 paid = compensation < coverage ? compensation : coverage;
        uint256 fee = (uint256(toSeller) * terms.feeBps) / BASIS_POINTS;
        _expectPaid(terms, toBuyer + paid, toSeller - fee, fee);
        _expectEmpty(terms, fee + coverage - paid);
        _expectBond(terms, coverage - paid, 0);
        require(escrow.shortfallOf(id) == (coverage == 0 ? 0 : compensation - paid), "shortfall");
    }

    /// @dev Whoever neither signed the terms nor shipped owes nothing beyond them; who shipped can owe.
    function testFuzz_award_recordsADebtOnlyAgainstASellerWhoActed(
        uint96 bond,
        uint96 compensation,
        bool ships
    ) public {
        VM.assume(bond != 0);
        _give(address(0), address(this), bond);
        escrow.postBond{value: bond}(seller, address(0), bond);
        Terms memory terms = _terms(1, 0, false);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        if (ships) _ship(packed);
        VM.prank(buyer);
        escrow.dispute(packed, buyer, "", "");
        tribunal.award(packed, 1, 0, compensation, "", "");

        _expectPaid(terms, 1, 0, 0);
        _expectBond(terms, bond, 0);
        require(escrow.shortfallOf(id) == (ships ? compensation : 0), "shortfall");
    }

    function testFuzz_payShortfall_paysTheBuyerAndShrinksTheRecord(uint96 owed, uint96 part, bool inToken) public {
        VM.assume(owed != 0);
        Terms memory terms = _terms(1, 0, inToken);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        _ship(packed);
        VM.prank(buyer);
        escrow.dispute(packed, buyer, "", "");
        tribunal.award(packed, 1, 0, owed, "", "");
        uint256 paid = _bound(part, 1, owed);
        _give(terms.token, address(this), owed);
        escrow.payShortfall{value: inToken ? 0 : paid}(packed, paid);

        require(_balanceOf(terms.token, buyer) == 1 + paid, "buyer");
        require(escrow.shortfallOf(id) == owed - paid, "rest");
        VM.expectRevert(abi.encodeWithSelector(IEscrow.AmountExceedsShortfall.selector, owed - paid + 1, owed - paid));
        escrow.payShortfall(packed, owed - paid + 1);
    }

    function testFuzz_lapse_splitsBySilenceAfterDelivery(
        uint96 price,
        uint16 silenceBps,
        uint16 feeBps,
        bool inToken
    ) public {
        Terms memory terms = _terms(price, feeBps, inToken);
        terms.silenceBps = uint16(_bound(silenceBps, 0, BASIS_POINTS));
        (DealId id, PackedTerms memory packed) = _fund(terms);
        _ship(packed);
        VM.prank(attestor);
        escrow.deliver(packed, "", "");
        VM.prank(buyer);
        escrow.dispute(packed, buyer, "", "");
        VM.warp(escrow.dealOf(id).until);
        escrow.lapse(packed);

        uint256 toSeller = (uint256(terms.price) * (BASIS_POINTS - terms.silenceBps)) / BASIS_POINTS;
        uint256 fee = (toSeller * terms.feeBps) / BASIS_POINTS;
        _expectPaid(terms, terms.price - toSeller, toSeller - fee, fee);
        _expectEmpty(terms, fee);
    }

    function testFuzz_lapse_refundsInFullBeforeDelivery(uint96 price, uint16 feeBps, bool ships, bool bySeller) public {
        Terms memory terms = _terms(price, feeBps, false);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        if (ships) _ship(packed);
        address by = bySeller ? seller : buyer;
        VM.warp((ships ? terms.deliverBy : terms.shipBy) - 1);
        VM.prank(by);
        escrow.dispute(packed, by, "", "");
        VM.warp(escrow.dealOf(id).until);
        escrow.lapse(packed);

        _expectPaid(terms, terms.price, 0, 0);
        _expectEmpty(terms, 0);
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
        terms.coverage = uint96(_bound(coverage, terms.deposit, type(uint96).max));
        terms.balanceBy = uint32(VM.getBlockTimestamp() + 2 * DAY);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        uint256 balance = terms.price - terms.deposit;
        _give(terms.token, buyer, balance);
        VM.prank(buyer);
        escrow.payBalance{value: inToken ? 0 : balance}(packed, "");
        VM.warp(terms.shipBy);
        escrow.expire(packed);

        _expectPaid(terms, uint256(terms.price) + terms.deposit, 0, 0);
        _expectEmpty(terms, terms.coverage - terms.deposit);
        _expectBond(terms, terms.coverage - terms.deposit, 0);
        require(escrow.shortfallOf(id) == 0, "no shortfall");
    }

    // ------------------------------------------------------------------ clocks

    function testFuzz_fund_isPossibleBeforeFundByOnly(uint40 at) public {
        Terms memory terms = _terms(7, 0, false);
        uint256 when = _bound(at, START, terms.fundBy + 5 * DAY);
        _give(address(0), buyer, 7);
        PackedTerms memory packed = _pack(terms);
        VM.warp(when);
        VM.prank(buyer);
        (bool done, ) = address(escrow).call{value: 7}(abi.encodeCall(IEscrow.fund, (packed, "", "")));
        require(done == (when < terms.fundBy), "half-open");
    }

    /// @dev Whatever the second, either the parties still have their window or the deadline's action is open, never both.
    function testFuzz_dispute_andTheDeadlineNeverOverlap(uint8 stage, uint40 at) public {
        Terms memory terms = _terms(10, 0, false);
        stage %= 5;
        if (stage == 0) {
            (terms.deposit, terms.balanceBy) = (2, uint32(START + 2 * DAY));
        }
        if (stage == 4) terms.coverage = 5;
        (DealId id, PackedTerms memory packed) = _fund(terms);
        if (stage > 1) {
            _ship(packed);
        }
        if (stage > 2) {
            VM.prank(attestor);
            escrow.deliver(packed, "", "");
        }
        if (stage > 3) {
            VM.prank(buyer);
            escrow.confirm(packed, terms.price, Status.Delivered, "");
        }
        uint256 until = escrow.dealOf(id).until;
        uint256 end =
            stage == 0
                ? terms.balanceBy
                : stage == 1
                    ? terms.shipBy
                    : stage == 2
                        ? terms.deliverBy
                        : until;
        bytes memory onDeadline =
            stage == 0
                ? abi.encodeCall(IEscrow.lapse, (packed))
                : stage < 3
                    ? abi.encodeCall(IEscrow.expire, (packed))
                    : stage == 3
                        ? abi.encodeCall(IEscrow.release, (packed))
                        : abi.encodeCall(IEscrow.close, (packed));
        VM.warp(_bound(at, START, end + 30 * DAY));

        uint256 snapshot = VM.snapshotState();
        VM.prank(buyer);
        (bool isDisputable, ) = address(escrow).call(abi.encodeCall(IEscrow.dispute, (packed, buyer, "", "")));
        VM.revertToState(snapshot);
        Deal memory deal = escrow.dealOf(id);
        VM.prank(buyer);
        (bool isConfirmable, ) = address(escrow).call(
            abi.encodeCall(IEscrow.confirm, (packed, deal.held, deal.status, ""))
        );
        VM.revertToState(snapshot);
        require(isConfirmable == (isDisputable && deal.held != 0), "giving in ends with the window");
        (bool isOver, ) = address(escrow).call(onDeadline);
        require(isDisputable != isOver, "exactly one door");
    }

    // ------------------------------------------------------------------ signatures

    /// @dev The deal keeps its name when the chain's id changes; signatures made for the old chain serve no longer.
    function testFuzz_confirm_refusesASignatureForAnotherChain(uint64 chain) public {
        VM.assume(chain != 0 && chain != block.chainid);
        Terms memory terms = _terms(7, 0, false);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        bytes memory consent = _consent(
            BUYER_KEY,
            Intents.hashConfirmReceipt(id, 7, DealSlots.pack(Status.Funded, 0, 0), FAR),
            FAR
        );
        VM.chainId(chain);
        VM.expectRevert(abi.encodeWithSelector(Signatures.SignatureInvalid.selector, buyer));
        escrow.confirm(packed, 7, Status.Funded, consent);
        VM.prank(buyer);
        escrow.confirm(packed, 7, Status.Funded, "");
        _expectPaid(terms, 0, 7, 0);
    }

    function testFuzz_confirm_refusesEverySignatureButTheBuyers(bytes calldata signature) public {
        Terms memory terms = _terms(7, 0, false);
        (, PackedTerms memory packed) = _fund(terms);
        VM.expectRevert(abi.encodeWithSelector(Signatures.SignatureInvalid.selector, buyer));
        escrow.confirm(packed, 7, Status.Funded, abi.encodePacked(uint40(FAR), signature));
    }

    function testFuzz_confirm_refusesOneFlippedBit(uint16 bit) public {
        Terms memory terms = _terms(7, 0, false);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        bytes memory consent = _consent(
            BUYER_KEY,
            Intents.hashConfirmReceipt(id, 7, DealSlots.pack(Status.Funded, 0, 0), FAR),
            FAR
        );
        uint256 at = _bound(bit, 0, consent.length * 8 - 1);
        consent[at / 8] ^= bytes1(uint8(1 << (at % 8)));
        VM.expectRevert();
        escrow.confirm(packed, 7, Status.Funded, consent);
    }

    /// @dev Bytes too few to state a deadline consent to nothing.
    function testFuzz_confirm_refusesAStump(bytes4 stump, uint8 length) public {
        Terms memory terms = _terms(7, 0, false);
        (, PackedTerms memory packed) = _fund(terms);
        bytes memory consent = new bytes(_bound(length, 1, 4));
        for (uint256 i = 0; i < consent.length; ++i) consent[i] = stump[i];
        VM.expectRevert(abi.encodeWithSelector(IEscrow.DeadlinePassed.selector, 0));
        escrow.confirm(packed, 7, Status.Funded, consent);
    }

    /// @dev A paper that was kept back works in the status that it names, and in no other.
    function testFuzz_dispute_refusesAPaperOfAnotherStatus(uint8 named) public {
        Terms memory terms = _terms(7, 0, false);
        (DealId id, PackedTerms memory packed) = _fund(terms);
        Status status = Status(named % 8);
        bytes memory consent = _consent(
            BUYER_KEY,
            Intents.hashOpenDispute(id, buyer, "", DealSlots.pack(status, 0, 0), FAR),
            FAR
        );
        if (status != Status.Funded) {
            VM.expectRevert(abi.encodeWithSelector(Signatures.SignatureInvalid.selector, buyer));
        }
        escrow.dispute(packed, buyer, "", consent);
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
            (bool done, ) = address(escrow).call{value: 1}(abi.encodeCall(IEscrow.fund, (_pack(terms), "", consent)));
            require(done == (terms.coverage <= free), "as far as the bond goes");
            if (done) free -= terms.coverage;
            _expectBond(terms, bond, bond - free);
        }
    }

    // ------------------------------------------------------------------ what is expected

    function _ship(PackedTerms memory packed) private {
        VM.prank(seller);
        escrow.ship(packed, "", "");
    }

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
