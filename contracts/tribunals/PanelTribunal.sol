// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {Determination, Extension, IPanelTribunal, PanelRules, Seat} from "../interfaces/IPanelTribunal.sol";
import {ITribunal} from "../interfaces/ITribunal.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {TermsCodec} from "../libraries/TermsCodec.sol";
import {DealId, PackedTerms} from "../types/Terms.sol";

/// @notice Registered panels; `IPanelTribunal` is its manual.
contract PanelTribunal is IPanelTribunal, EIP712("Holdfast Panel", "1") {
    using Signatures for address;
    using TermsCodec for PackedTerms;

    /// @dev What funding asks of a panel, in one slot.
    struct Floors {
        uint32 minInspection;
        uint32 minBackstop;
        /// Three bits for each arbitrator: an account with one of its bits clear is certainly not among them.
        uint128 filter;
    }

    bytes32 private constant DETERMINATION_TYPEHASH = keccak256(
        "Determination(bytes32 deal,uint40 disputedAt,uint96 toBuyer,uint96 toSeller,uint96 compensation,bytes32 reasons,bytes32 evidence,uint40 deadline)"
    );
    bytes32 private constant EXTENSION_TYPEHASH = keccak256(
        "Extension(bytes32 deal,uint40 disputedAt,uint40 until,bytes32 reasons,uint40 deadline)"
    );
    uint256 private constant MAX_ARBITRATORS = 64;
    /// @dev Shortest answer window, and shortest time that a panel has after it to decide. Seconds.
    uint256 private constant MIN_WINDOW = 1 hours;
    /// @dev Shortest inspection that a panel may accept. Seconds.
    uint256 private constant MIN_INSPECTION = 1 hours;

    /// @notice The escrow whose deals this tribunal decides.
    IEscrow public immutable ESCROW;
    uint256 private immutable ESCROW_CHAIN_ID;

    mapping(bytes32 rules => Floors) private _floors;
    mapping(bytes32 rules => mapping(address arbitrator => bool)) private _isArbitrator;

    constructor(IEscrow escrow) {
        ESCROW = escrow;
        ESCROW_CHAIN_ID = escrow.CHAIN_ID();
    }

    /// @inheritdoc IPanelTribunal
    function register(PanelRules calldata panel, address[] calldata arbitrators) external returns (bytes32 rules) {
        uint256 count = arbitrators.length;
        require(
            panel.threshold != 0 && panel.threshold <= count && count <= MAX_ARBITRATORS,
            ThresholdOutOfRange(panel.threshold, count)
        );
        require(
            panel.answerWindow >= MIN_WINDOW &&
                panel.minInspection >= MIN_INSPECTION &&
                panel.minBackstop >= panel.answerWindow + MIN_WINDOW,
            PanelClocksTooShort(panel.answerWindow, panel.minInspection, panel.minBackstop)
        );
        rules = _rulesOf(panel, arbitrators);
        if (isRegistered(rules)) return rules;

        uint128 filter;
        address last;
        for (uint256 seat = 0; seat < count; ++seat) {
            address arbitrator = arbitrators[seat];
            require(arbitrator > last, ArbitratorsNotAscending(arbitrator));
            last = arbitrator;
            filter |= _bitsOf(arbitrator);
            _isArbitrator[rules][arbitrator] = true;
        }
        _floors[rules] = Floors(panel.minInspection, panel.minBackstop, filter);
        emit PanelRegistered(rules, panel, arbitrators);
    }

    /// @inheritdoc ITribunal
    function accepts(PackedTerms calldata terms) external view returns (bytes4) {
        bytes32 rules = terms.rules();
        Floors memory floors = _floors[rules];
        bool isAccepted =
            msg.sender == address(ESCROW) &&
                floors.minBackstop != 0 &&
                terms.inspection() >= floors.minInspection &&
                terms.backstop() >= floors.minBackstop &&
                !_isSeated(rules, floors.filter, terms.buyer()) &&
                !_isSeated(rules, floors.filter, terms.seller()) &&
                !_isSeated(rules, floors.filter, terms.marketplace());
        return isAccepted ? ITribunal.accepts.selector : bytes4(0);
    }

    /// @inheritdoc IPanelTribunal
    function determine(
        PackedTerms calldata terms,
        Determination calldata determination,
        PanelRules calldata panel,
        Seat[] calldata seats,
        bytes[] calldata walletSignatures
    ) external {
        require(block.timestamp < determination.deadline, DeterminationExpired(determination.deadline));
        require(determination.reasons != 0 && determination.evidence != 0, DigestZero());
        DealId id = terms.idOf(ESCROW_CHAIN_ID, address(ESCROW));
        _requirePanel(terms.rules(), digestOf(id, determination), panel, seats, walletSignatures);

        uint256 disputedAt = ESCROW.award(
            terms,
            determination.toBuyer,
            determination.toSeller,
            determination.compensation,
            determination.reasons,
            determination.evidence
        );
        // The escrow's answer spares a second look at the deal; a revert undoes the award.
        require(disputedAt == determination.disputedAt, OtherDispute(determination.disputedAt, disputedAt));
        uint256 answerUntil = disputedAt + panel.answerWindow;
        require(block.timestamp >= answerUntil, AnswerWindowOpen(answerUntil));
    }

    /// @inheritdoc IPanelTribunal
    function extend(
        PackedTerms calldata terms,
        Extension calldata extension,
        PanelRules calldata panel,
        Seat[] calldata seats,
        bytes[] calldata walletSignatures
    ) external {
        require(block.timestamp < extension.deadline, DeterminationExpired(extension.deadline));
        require(extension.reasons != 0, DigestZero());
        DealId id = terms.idOf(ESCROW_CHAIN_ID, address(ESCROW));
        _requirePanel(terms.rules(), extensionDigestOf(id, extension), panel, seats, walletSignatures);

        uint256 disputedAt = ESCROW.extendBackstop(terms, extension.until);
        require(disputedAt == extension.disputedAt, OtherDispute(extension.disputedAt, disputedAt));
    }

    /// @inheritdoc IPanelTribunal
    function digestOf(DealId deal, Determination calldata determination) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(DETERMINATION_TYPEHASH, deal, determination)));
    }

    /// @inheritdoc IPanelTribunal
    function extensionDigestOf(DealId deal, Extension calldata extension) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(EXTENSION_TYPEHASH, deal, extension)));
    }

    /// @inheritdoc IPanelTribunal
    function rulesOf(PanelRules calldata panel, address[] calldata arbitrators) external pure returns (bytes32) {
        return _rulesOf(panel, arbitrators);
    }

    /// @inheritdoc IPanelTribunal
    function isRegistered(bytes32 rules) public view returns (bool) {
        return _floors[rules].minBackstop != 0;
    }

    /// @dev Funding made sure that the panel of the terms is registered, and that no party is an arbitrator of it.
    function _requirePanel(
        bytes32 rules,
        bytes32 digest,
        PanelRules calldata panel,
        Seat[] calldata seats,
        bytes[] calldata walletSignatures
    ) private view {
        address[] memory arbitrators = new address[](seats.length);
        uint256 signed;
        for (uint256 i = 0; i < seats.length; ++i) {
            (bytes32 r, bytes32 vs) = (seats[i].r, seats[i].vs);
            if (vs != 0) {
                arbitrators[i] = Signatures.recover(digest, r, vs);
                ++signed;
                continue;
            }
            address arbitrator = address(uint160(uint256(r)));
            arbitrators[i] = arbitrator;
            uint256 place = uint256(r) >> 160;
            if (place == 0) continue;
            require(place <= walletSignatures.length, Signatures.SignatureInvalid(arbitrator));
            arbitrator.requireSigned(digest, walletSignatures[place - 1]);
            ++signed;
        }

        bytes32 actual = _rulesOf(panel, arbitrators);
        require(actual == rules, PanelMismatch(rules, actual));
        require(signed >= panel.threshold, SignaturesMissing(signed, panel.threshold));
    }

    function _rulesOf(PanelRules calldata panel, address[] memory arbitrators) private pure returns (bytes32) {
        return keccak256(abi.encode(panel, arbitrators));
    }

    function _isSeated(bytes32 rules, uint128 filter, address account) private view returns (bool) {
        uint128 bits = _bitsOf(account);
        return filter & bits == bits && _isArbitrator[rules][account];
    }

    function _bitsOf(address account) private pure returns (uint128) {
        uint256 word = uint256(uint160(account));
        return uint128((1 << (word % 128)) | (1 << ((word >> 7) % 128)) | (1 << ((word >> 14) % 128)));
    }
}
