// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "../../contracts/interfaces/IEscrow.sol";
import {Determination, PanelRules, Seat} from "../../contracts/interfaces/IPanelTribunal.sol";
import {ITribunal} from "../../contracts/interfaces/ITribunal.sol";
import {PanelTribunal} from "../../contracts/tribunals/PanelTribunal.sol";
import {DealId, PackedTerms} from "../../contracts/types/Terms.sol";
import {SVM} from "./Svm.sol";

/// @dev What a panel asks of an escrow, answering yes to everything.
contract YesEscrow {
    uint256 public constant CHAIN_ID = 1;
    uint256 public disputedAt;

    function open(uint256 at) external {
        disputedAt = at;
    }

    function award(PackedTerms calldata, uint96, uint96, uint96, bytes32, bytes32) external view returns (uint256) {
        return disputedAt;
    }
}

/// @notice Panels of up to three: who decides is exactly who was registered, and no signature counts twice.
contract PanelProofs {
    uint256 private constant SEATS = 3;
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    YesEscrow private escrow;
    PanelTribunal private tribunal;

    function setUp() public {
        escrow = new YesEscrow();
        tribunal = new PanelTribunal(IEscrow(address(escrow)));
    }

    /// @dev Ascending, so that nobody sits twice, and nobody is the zero address that a bad signature recovers.
    function check_register_takesAscendingPanelsOnly(PanelRules memory panel, address[SEATS] memory list, uint8 count)
        external
    {
        for (uint256 n = 0; n <= SEATS; ++n) if (n == count) _register(panel, _first(list, n));
    }

    /// @dev Whatever is presented: as many different registered arbitrators signed as the threshold says.
    /// @custom:long
    function check_determine_needsThresholdOfTheRegistered(
        PanelRules memory panel,
        address[SEATS] memory list,
        Seat[SEATS] memory seats,
        Determination memory determination,
        uint8 count,
        uint40 disputedAt,
        uint40 time
    ) external {
        escrow.open(disputedAt);
        SVM.warp(time);
        for (uint256 n = 1; n <= SEATS; ++n) if (n == count) _determine(panel, _first(list, n), seats, determination);
    }

    /// @dev The filter of three bits leaves nobody out and takes nobody in.
    function check_accepts_refusesExactlyTheArbitratorsAndShortClocks(
        PanelRules memory panel,
        address[SEATS] memory list,
        PackedTerms memory packed,
        bool byEscrow
    ) external {
        bytes32 rules = tribunal.register(panel, _first(list, SEATS));
        packed.words[6] = rules;
        bool isSeated;
        for (uint256 i = 0; i < SEATS; ++i) {
            isSeated = isSeated || list[i] == _account(packed, 0) || list[i] == _account(packed, 1)
                || list[i] == _account(packed, 3);
        }
        uint256 inspection = uint32(uint256(packed.words[4]));
        uint256 backstop = uint32(uint256(packed.words[5]) >> 32);
        bool isLong = inspection >= panel.minInspection && backstop >= panel.minBackstop;
        if (byEscrow) SVM.prank(address(escrow));
        bool isAccepted = tribunal.accepts(packed) == ITribunal.accepts.selector;
        assert(isAccepted == (byEscrow && isLong && !isSeated));
    }

    function _register(PanelRules memory panel, address[] memory list) private {
        try tribunal.register(panel, list) returns (bytes32 rules) {
            assert(tribunal.isRegistered(rules) && rules == tribunal.rulesOf(panel, list));
            assert(panel.threshold != 0 && panel.threshold <= list.length);
            assert(panel.minBackstop >= uint256(panel.answerWindow) + 1 hours && panel.answerWindow >= 1 hours);
            for (uint256 i = 0; i < list.length; ++i) assert(list[i] > (i == 0 ? address(0) : list[i - 1]));
        } catch {}
    }

    function _determine(
        PanelRules memory panel,
        address[] memory list,
        Seat[SEATS] memory presented,
        Determination memory determination
    ) private {
        PackedTerms memory packed;
        packed.words[6] = tribunal.rulesOf(panel, list);
        Seat[] memory seats = new Seat[](list.length);
        for (uint256 i = 0; i < list.length; ++i) seats[i] = presented[i];
        try tribunal.determine(packed, determination, panel, seats, new bytes[](0)) {
            DealId id = DealId.wrap(keccak256(abi.encode(escrow.CHAIN_ID(), escrow, packed)));
            bytes32 digest = tribunal.digestOf(id, determination);
            uint256 signed;
            for (uint256 i = 0; i < list.length; ++i) {
                if (seats[i].vs == 0) continue;
                assert(_signerOf(digest, seats[i]) == list[i]);
                ++signed;
            }
            assert(signed >= panel.threshold);
            assert(determination.reasons != 0 && determination.evidence != 0);
            assert(block.timestamp < determination.deadline && determination.disputedAt == escrow.disputedAt());
            assert(block.timestamp >= uint256(determination.disputedAt) + panel.answerWindow);
        } catch {}
    }

    /// @dev EIP-2098, by the precompile and not by the library; zero for a high `s`.
    function _signerOf(bytes32 digest, Seat memory seat) private pure returns (address) {
        uint256 s = uint256(seat.vs) & (type(uint256).max >> 1);
        return s > HALF_ORDER ? address(0) : ecrecover(digest, uint8((uint256(seat.vs) >> 255) + 27), seat.r, bytes32(s));
    }

    function _account(PackedTerms memory packed, uint256 word) private pure returns (address) {
        return address(uint160(uint256(packed.words[word]) >> 96));
    }

    function _first(address[SEATS] memory list, uint256 count) private pure returns (address[] memory first) {
        first = new address[](count);
        for (uint256 i = 0; i < count; ++i) first[i] = list[i];
    }
}
