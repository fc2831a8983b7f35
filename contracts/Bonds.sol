// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.34;

import {Payments} from "./Payments.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {Consents} from "./libraries/Consents.sol";
import {Intents} from "./libraries/Intents.sol";
import {Bond} from "./types/Deal.sol";

/// @notice Sellers' bonds: one balance per seller and token, of which each covered deal reserves its part.
abstract contract Bonds is Payments {
    using Consents for bytes;

    /// @dev Longest time that a covered deal may stay undisputed, from funding to the end of its tail, when what anyone may
    /// call at its deadlines is called then.
    uint256 internal constant MAX_COVERED_EXPOSURE = 180 days;
    /// @dev From the request of a withdrawal to its opening: no shorter than any exposure that was open at the request.
    uint256 private constant BOND_DELAY = MAX_COVERED_EXPOSURE;
    /// @dev How long an opened withdrawal stays open, so that nobody keeps one open in reserve.
    uint256 private constant BOND_WINDOW = 30 days;

    mapping(address seller => mapping(address token => Bond)) private _bonds;

    /// @inheritdoc IEscrow
    function postBond(address seller, address token, uint256 amount) external payable nonReentrant {
        _addToBond(seller, token, amount);

        _receive(token, msg.sender, amount);
    }

    /// @inheritdoc IEscrow
    function postBondWithAuthorization(
        address seller,
        address token,
        uint256 amount,
        bytes32 salt,
        uint256 deadline,
        bytes calldata authorization
    ) external nonReentrant {
        bytes32 nonce = _hashTypedDataV4(Intents.hashPostBond(seller, token, amount, salt, deadline));
        _addToBond(seller, token, amount);

        _receiveAuthorized(token, seller, amount, deadline, nonce, authorization);
    }

    /// @inheritdoc IEscrow
    function requestBondWithdrawal(address seller, address token, bytes calldata consent) external nonReentrant {
        uint256 nonce = _useNonce(seller);
        if (consent.length == 0) {
            _requireCaller(seller);
        } else {
            bytes32 intent = Intents.hashRequestBondWithdrawal(seller, token, nonce, consent.deadline());
            _requireIntent(seller, intent, consent);
        }
        Bond storage bond = _bonds[seller][token];
        uint256 current = bond.unlockAt;
        require(current == 0 || block.timestamp >= current + BOND_WINDOW, BondWithdrawalRequestedAlready(current));
        uint256 unlockAt = block.timestamp + BOND_DELAY;

        bond.unlockAt = uint40(unlockAt);
        emit BondWithdrawalRequested(seller, token, unlockAt);
    }

    /// @inheritdoc IEscrow
    function withdrawBond(
        address seller,
        address token,
        uint256 amount,
        address to,
        bytes calldata consent
    ) external nonReentrant {
        uint256 nonce = _useNonce(seller);
        if (consent.length == 0) {
            _requireCaller(seller);
        } else {
            bytes32 intent = Intents.hashWithdrawBond(seller, token, amount, to, nonce, consent.deadline());
            _requireIntent(seller, intent, consent);
        }
        Bond memory bond = _bonds[seller][token];
        uint256 opensAt = bond.unlockAt;
        require(
            opensAt != 0 && block.timestamp >= opensAt && block.timestamp < opensAt + BOND_WINDOW,
            BondLocked(opensAt)
        );
        require(amount != 0, AmountZero());
        require(amount <= bond.balance - bond.reserved, AmountExceedsFreeBond(amount, bond.balance - bond.reserved));

        _bonds[seller][token].balance = bond.balance - uint96(amount);
        emit BondWithdrawn(seller, token, amount, to);

        _payOut(token, to, amount);
    }

    /// @inheritdoc IEscrow
    function bondOf(address seller, address token) external view nonReentrantView returns (Bond memory) {
        return _bonds[seller][token];
    }

    /// @dev Only after the seller's consent to these very terms was checked.
    function _reserve(address seller, address token, uint96 coverage) internal {
        Bond storage bond = _bonds[seller][token];
        uint96 available = bond.balance - bond.reserved;
        require(coverage <= available, CoverageExceedsBond(coverage, available));

        bond.reserved += coverage;
    }

    /// @dev Ends a deal's reservation; `compensation`, at most the coverage, leaves the bond.
    function _unreserve(address seller, address token, uint96 coverage, uint96 compensation) internal {
        if (coverage == 0) return;
        Bond storage bond = _bonds[seller][token];

        bond.reserved -= coverage;
        if (compensation != 0) bond.balance -= compensation;
    }

    function _addToBond(address seller, address token, uint256 amount) private {
        require(seller != address(0), AddressZero());
        require(amount != 0, AmountZero());
        Bond storage bond = _bonds[seller][token];

        bond.balance = _toUint96(bond.balance + amount);
        emit BondPosted(seller, token, amount);
    }

    function _toUint96(uint256 amount) internal pure returns (uint96) {
        require(amount <= type(uint96).max, AmountTooLarge(amount));
        return uint96(amount);
    }
}
